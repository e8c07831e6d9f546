"""Make the README's pictures in a real browser: python -m docs.make_pictures [NAME ...]"""

import io
import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from demo.launch import serve
from model import checkpoint, runtime
from model.paths import PRETRAINED, ROOT
from model.pipeline import LoadedClassifier
from tests.page.chromium import FLAGS, find_or_install
from tests.page.conftest import wait_until_ready
from tests.page.drawing import expect_answer, expect_verified

Drawing = list[list[tuple[float, float]]]

CANVAS_SIDE = 140
FOUR_OR_NINE: Drawing = [  # a four whose top is almost closed
    [
        (67, 26), (65, 26), (62, 26), (60, 27), (58, 28), (56, 30), (55, 32), (53, 34), (52, 36),
        (51, 39), (50, 42), (50, 45), (49, 49), (50, 52), (50, 56), (51, 59), (52, 62), (54, 64), (56, 66), (59, 68),
        (62, 69), (65, 70), (68, 70), (71, 70), (74, 69), (76, 68), (79, 67), (82, 66), (84, 64), (86, 62), (88, 59),
        (89, 57), (91, 54), (92, 51), (94, 48),
    ],
    [(96, 22), (96, 31), (95, 40), (95, 50), (94, 61), (93, 72), (92, 84), (91, 95), (89, 107), (88, 118)],
]  # fmt: skip
CLOSING: Drawing = [
    [(67, 26), (70, 26), (74, 25), (78, 24), (82, 23), (86, 22), (90, 22), (94, 22)]
]  # the stroke that makes it a nine

FRAME = 60  # milliseconds
PAUSE = 1_500  # milliseconds after each answer
COLORS = 40  # of the animation's palette
MOST_BYTES = 1_500_000


def main() -> int:
    """Make the pictures that are named, or all of them."""
    runtime.configure()
    names = sys.argv[1:] or list(PICTURES)
    classifier = checkpoint.load(PRETRAINED)
    page, url, _ = serve(
        LoadedClassifier(classifier, f"Trained on {classifier.trained_on}"), prevent_thread_lock=True, quiet=True
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_or_install(playwright), args=FLAGS)
        for name in names:
            tab = browser.new_page(viewport={"width": 1366, "height": 860})
            path = ROOT / "docs" / name
            PICTURES[name](tab, url, path)
            print(f"{path}: {path.stat().st_size / 1000:,.0f} kB")
            tab.close()
        browser.close()
    page.close()
    return 0


def animate(page: Page, url: str, path: Path) -> None:
    """A four becomes a nine, with a frame for each movement of the pen."""
    page.set_viewport_size({"width": 1180, "height": 768})
    open_page(page, url)
    box = page.locator(".drawing-area").bounding_box()
    assert box
    clip = {"x": box["x"] - 16, "y": box["y"] - 16, "width": box["width"] + 32, "height": box["height"] + 32}
    frames: list[Image.Image] = []
    times: list[int] = []

    def take(milliseconds: int = FRAME) -> None:
        shot = page.screenshot(clip=clip)
        frames.append(Image.open(io.BytesIO(shot)).convert("RGB"))
        times.append(milliseconds)

    take(PAUSE // 2)
    for drawing, digit in ((FOUR_OR_NINE, 4), (CLOSING, 9)):  # as README says
        draw(page, drawing, take)
        expect_answer(page, digit)
        expect_verified(page)
        page.mouse.move(0, 0)
        take(PAUSE)
    samples = frames[::8] + frames[-1:]
    sheet = Image.new("RGB", (frames[0].width, frames[0].height * len(samples)))
    for number, frame in enumerate(samples):
        sheet.paste(frame, (0, number * frame.height))
    palette = sheet.quantize(COLORS)
    images = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    images[0].save(path, save_all=True, append_images=images[1:], duration=times, loop=0, optimize=True)
    assert path.stat().st_size <= MOST_BYTES


def view(name: str) -> Callable[[Page, str, Path], None]:
    """Makes the picture of a view with a drawing."""

    def take(page: Page, url: str, path: Path) -> None:
        open_page(page, f"{url}?view={name}")
        draw(page, FOUR_OR_NINE)
        expect_verified(page)
        if name == "train":
            train_three_times(page)
        page.mouse.move(0, 0)
        page.screenshot(path=path)

    return take


PICTURES = {"drawing.gif": animate} | {f"{name}.png": view(name) for name in ("input", "neurons", "replay", "train")}


def open_page(page: Page, url: str) -> None:
    """Open the page and wait until all of it is there: a view that arrives moves the pad."""
    page.goto(url)
    wait_until_ready(page)


def draw(page: Page, drawing: Drawing, after_each: Callable[[], None] = lambda: None) -> None:
    """Draw with the mouse, and call back after each movement."""
    box = page.get_by_label("Draw a digit").bounding_box()
    assert box
    for stroke in drawing:
        for number, (x, y) in enumerate(stroke):
            page.mouse.move(box["x"] + x / CANVAS_SIDE * box["width"], box["y"] + y / CANVAS_SIDE * box["height"])
            if number == 0:
                page.mouse.down()
            after_each()
        page.mouse.up()


def train_three_times(page: Page) -> None:
    """Three short training runs, of which one does not converge, for their curves."""
    for optimizer, rate in (("sgd", "0.1"), ("adam", "0.1"), ("adam", "0.001")):
        page.get_by_label("Optimizer", exact=True).select_option(optimizer)
        for label, value in (("Learning rate", rate), ("Epochs", "1")):
            page.get_by_label(label, exact=True).fill(value)
            page.get_by_label(label, exact=True).press("Tab")
        page.get_by_role("button", name="Train", exact=True).click()
        expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible(timeout=120_000)
        expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible(timeout=120_000)


if __name__ == "__main__":
    sys.exit(main())
