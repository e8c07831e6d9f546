"""Make the README's pictures with the tests' own browser: python -m tests.page.screenshot"""

from playwright.sync_api import sync_playwright

from tests.page.chromium import FLAGS, find_or_install
from tests.page.conftest import ROOT, Server
from tests.page.hand import PAD, draw, expect_torch

NINE_OR_FOUR = [
    [[52, 28], [47, 44], [46, 58], [54, 68], [70, 70], [86, 64], [92, 52], [93, 36]],
    [[95, 27], [94, 46], [92, 68], [90, 90], [88, 116]],
]


def main() -> None:
    """Draw something between a nine and a four, and take its picture."""
    server = Server()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_or_install(playwright), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 760}, device_scale_factor=1.5)
        page.goto(server.url)
        page.get_by_label(PAD).wait_for()
        draw(page, NINE_OR_FOUR)
        expect_torch(page)
        page.screenshot(path=ROOT / "assets" / "screenshot.png")
        browser.close()
    server.stop()


if __name__ == "__main__":
    main()
