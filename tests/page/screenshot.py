"""Make the README's pictures with the tests' own browser: python -m tests.page.screenshot"""

from playwright.sync_api import Page, expect, sync_playwright

from tests.page.chromium import FLAGS, find_or_install
from tests.page.conftest import ROOT, Server
from tests.page.hand import PAD, draw, expect_torch

NINE_OR_FOUR = [  # its head is almost closed: a little more and it is a nine for sure, a little less and a four
    [
        [72, 26], [70, 26], [67, 26], [65, 26], [62, 26], [60, 27], [58, 28], [56, 30], [55, 32], [53, 34], [52,
        36], [51, 39], [50, 42], [50, 45], [49, 49], [50, 52], [50, 56], [51, 59], [52, 62], [54, 64], [56, 66],
        [59, 68], [62, 69], [65, 70], [68, 70], [71, 70], [74, 69], [76, 68], [79, 67], [82, 66], [84, 64], [86,
        62], [88, 59], [89, 57], [91, 54], [92, 51], [94, 48],
    ],
    [
        [96, 22], [96, 31], [95, 40], [95, 50], [94, 61], [93, 72], [92, 84], [91, 95], [89, 107], [88, 118],
    ],
]  # fmt: skip


VIEWS = ("sees", "inside", "replay", "learn")  # those whose pictures stand in the README


def main() -> None:
    """Draw something between a nine and a four, and take its picture; then some views of it."""
    server = Server()
    try:
        take(server)
    finally:
        server.stop()


def take(server: Server) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_or_install(playwright), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 810}, device_scale_factor=1.5)
        page.goto(server.url)
        page.get_by_label(PAD).wait_for()
        draw(page, NINE_OR_FOUR)
        expect_torch(page)
        page.screenshot(path=ROOT / "assets" / "screenshot.png")
        page.close()

        page = browser.new_page(viewport={"width": 1280, "height": 960})
        for view in VIEWS:
            page.goto(f"{server.url}?view={view}")
            page.get_by_label(PAD).wait_for()
            draw(page, NINE_OR_FOUR)
            expect_torch(page)
            if view == "learn":
                train_some(page)
            page.screenshot(path=ROOT / "docs" / f"{view}.png")
        browser.close()


def train_some(page: Page) -> None:
    """Three short trainings, for their curves; MNIST has to be there."""
    for number, (optimiser, rate) in enumerate((("adam", "0.001"), ("sgd", "0.01"), ("adam", "0.3")), start=1):
        page.get_by_label("Optimiser").select_option(optimiser)
        page.get_by_role("spinbutton", name="Learning rate").fill(rate)
        page.get_by_role("spinbutton", name="Epochs").fill("2")
        page.get_by_role("button", name="Train", exact=True).click()
        expect(page.locator(".learn-runs li")).to_have_count(number)
        expect(page.locator(".learn-runs li").last).to_contain_text("test accuracy", timeout=120_000)
        expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible(timeout=120_000)


if __name__ == "__main__":
    main()
