"""What a training costs the page that it runs in: python -m tests.benchmarks.while_training [--url URL] [--rounds 3]

In one run, by turns, at rest and while the baseline recipe is trained with Train open and a digit on the pad:

- frame to frame, the 95th percentile of which is to be 20 ms at most;
- from pen to bars, which is to take at most 1.2 times as long as at rest.

Then a whole training, from the click to its end. Without --url, the page is exported as a static site and served.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Locator, Page, expect, sync_playwright

from demo.export import export
from model import checkpoint
from model.paths import PRETRAINED
from model.pipeline import LoadedClassifier
from tests.benchmarks.page import WATCH_MOVEMENTS, at95, row
from tests.page.chromium import FLAGS, find_or_install
from tests.page.drawing import WRITTEN, draw
from tests.page.servers import FileServer

SECONDS = 2.0  # of frames, each time
WATCH_FRAMES = """milliseconds => new Promise((resolve) => {
  const [frames, began] = [[], performance.now()];
  let last = null;
  requestAnimationFrame(function next(now) {
    if (last !== null) frames.push(now - last);
    last = now;
    if (now - began < milliseconds) requestAnimationFrame(next);
    else resolve(frames);
  });
})"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", help="a running page")
    parser.add_argument("--rounds", type=int, default=3, help="times that all is measured, by turns")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        if not arguments.url:
            export(LoadedClassifier(checkpoint.load(PRETRAINED), "To be measured"), Path(folder))
        url = arguments.url or FileServer(Path(folder)).url
        browser = playwright.chromium.launch(executable_path=find_or_install(playwright), args=FLAGS)
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.goto(f"{url}?view=train")
        train(page).wait_for()
        page.evaluate(WATCH_MOVEMENTS)
        measure(page, arguments.rounds)
        browser.close()


def measure(page: Page, rounds: int) -> None:
    """Print all figures."""
    frames: tuple[list[float], list[float]] = [], []
    movements: tuple[list[float], list[float]] = [], []
    seconds = []
    draw(page, WRITTEN[3])
    for _ in range(rounds):
        for is_training in (0, 1):
            if is_training:
                began = time.perf_counter()
                train(page).click()
                expect(page.locator(".view.train").get_by_role("status")).to_contain_text("validation accuracy")
            frames[is_training].extend(page.evaluate(WATCH_FRAMES, 1000 * SECONDS))
            page.get_by_role("button", name="Clear").click()
            page.evaluate("() => void (movements = [])")
            draw(page, WRITTEN[3])
            movements[is_training].extend(page.evaluate("movements"))
        expect(train(page)).to_be_enabled(timeout=120_000)
        seconds.append(time.perf_counter() - began)
    for name, (rest, training) in (("frame to frame", frames), ("pen to bars", movements)):
        row(f"{name}, at rest", rest)
        row(f"{name}, while it trains", training)
        ratios = statistics.median(training) / statistics.median(rest), at95(training) / at95(rest)
        print(f"{'':44}{ratios[0]:7.2f} x {ratios[1]:7.2f} x")
    print(f"click to end, while drawing: {statistics.median(seconds):.1f} s")
    print(page.locator(".view.train").get_by_role("status").inner_text())


def train(page: Page) -> Locator:
    """The button that starts a training; there is none while one is under way."""
    return page.locator(".view.train").get_by_role("button", name="Train", exact=True)


if __name__ == "__main__":
    main()
