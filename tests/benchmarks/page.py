"""From pen to bars: this page beside others, all driven by the same mouse in one run.

    python -m tests.benchmarks.page [--rounds 3] [--other URL] [--default]

Prints medians and 95th percentiles in milliseconds:

- movement to bars: from the browser's dispatching a pen movement until the bars have changed, pen still down;
- pen-up to answer: from lifting the pen until the server's answer is on the page.

--other is the address of a running page of another version: the two take turns, and the ratios of their medians are
printed. --default measures a default gr.Sketchpad with a gr.Label, too. It draws nothing before its brush is chosen,
and answers only some time after the pen is up.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from model.data.pen import CANVAS_SIDE
from tests.launching import Launch
from tests.page.chromium import find_or_install
from tests.page.drawing import PAD, WRITTEN, draw
from tests.page.servers import Server

FLAGS = ["--no-sandbox", "--enable-unsafe-swiftshader"]  # gr.Sketchpad needs WebGL, in software where there is no GPU
# The time of each change of the bars is taken from the movement before it. Both versions' names are understood.
WATCH_MOVEMENTS = """() => {
  window.movements = [];
  let moved = null;
  addEventListener("pointermove", () => (moved = performance.now()), true);
  new MutationObserver(() => {
    if (moved !== null) movements.push(performance.now() - moved);
    moved = null;
  }).observe(document.querySelector("[aria-label='Probability of each digit']"), {
    subtree: true, attributes: true, attributeFilter: ["style", "aria-valuenow"],
  });
}"""
WATCH_ANSWERS = """() => {
  window.answers = [];
  let lifted = null;
  addEventListener("pointerup", () => (lifted = performance.now()), true);
  const find = (selector) => document.querySelector(selector);
  const isThere = () => find("[data-state=answered]") || find(".picture-foot")?.textContent.includes("✓");
  new MutationObserver(() => {
    if (lifted === null || !isThere()) return;
    answers.push(performance.now() - lifted);
    lifted = null;
  }).observe(document.body, { subtree: true, childList: true, characterData: true, attributeFilter: ["data-state"] });
}"""
ANSWERED = "[data-state=answered], .picture-foot :text('Verified by PyTorch')"
# Of gr.Label: the next time that it shows another number.
WATCH_LABEL = """() => {
  const label = document.querySelector("#label");
  const number = () => label.innerText.match(/\\((\\d+)\\)/)?.[1];
  const before = number();
  window.answered = null;
  addEventListener("pointerup", () => (window.lifted = performance.now()), { capture: true, once: true });
  new MutationObserver((_, observer) => {
    if (number() === before) return;
    window.answered = performance.now();
    observer.disconnect();
  }).observe(label, { subtree: true, childList: true, characterData: true });
}"""


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="times that each of ten digits is drawn")
    parser.add_argument("--other", metavar="URL", help="a running page of another version, to compare with")
    parser.add_argument("--default", action="store_true", help="compare with a default gr.Sketchpad, too")
    arguments = parser.parse_args()
    server = Server()
    addresses = {"this page": server.url} | ({"the other page": arguments.other} if arguments.other else {})
    print(f"{'':44}{'median':>10}{'95 %':>10}{'n':>7}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_or_install(playwright), args=FLAGS)
        times = time_pages(browser, addresses, arguments.rounds)
        for name, (movements, answers) in times.items():
            row(f"movement to bars, {name}", movements)
            row(f"pen-up to the server's answer, {name}", answers)
        if arguments.default:
            default = time_default(browser, arguments.rounds)
            row("pen-up to answer, gr.Sketchpad + gr.Label", default)
            ratio("pen-up to answer, gr.Sketchpad", default, times["this page"][1])
        browser.close()
    server.stop()
    if arguments.other:
        for what, ours, theirs in zip(("movement to bars", "pen-up to answer"), *times.values(), strict=True):
            ratio(f"{what}, the other page", theirs, ours)
    return 0


def row(name: str, times: list[float]) -> None:
    """Print one line of the table."""
    print(f"{name:44}{statistics.median(times):7.2f} ms{at95(times):7.2f} ms{len(times):7}", flush=True)


def ratio(name: str, times: list[float], ours: list[float]) -> None:
    """Print how many times as long something takes."""
    print(f"{name} / this page, ratio of medians: {statistics.median(times) / statistics.median(ours):.2f}")


def at95(times: list[float]) -> float:
    """The 95th percentile."""
    return sorted(times)[int(0.95 * len(times))]


def time_pages(browser: Browser, addresses: dict[str, str], rounds: int) -> dict[str, tuple[list[float], list[float]]]:
    """Milliseconds of each movement and of each answer, for each page; they take turns, round by round."""
    pages = {name: open_page(browser, address) for name, address in addresses.items()}
    for page in pages.values():
        page.evaluate(WATCH_ANSWERS)
    for _ in range(rounds):
        for page in pages.values():
            page.bring_to_front()
            for strokes in WRITTEN.values():
                draw(page, strokes)
                expect(page.locator(ANSWERED).first).to_be_visible()
                page.keyboard.press("Escape")
    times = {name: tuple(page.evaluate("[movements, answers]")) for name, page in pages.items()}
    for page in pages.values():
        page.close()
    return times


def open_page(browser: Browser, address: str) -> Page:
    """Open a page, draw once so that all code is warm, and watch its bars."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(address)
    expect(page.get_by_role("meter")).to_have_count(10)
    expect(page.get_by_label("Sample drawings").locator("button")).to_have_count(10)
    draw(page, WRITTEN[8])
    page.wait_for_timeout(1000)
    page.get_by_label(PAD).press("Escape")
    page.evaluate(WATCH_MOVEMENTS)
    return page


def time_default(browser: Browser, rounds: int) -> list[float]:
    """Milliseconds of each answer of the default page."""
    log = Path(tempfile.mkdtemp()) / "log"
    with Launch(log, command=("-m", "tests.benchmarks.default_page")) as launch:
        launch.wait_until_said("Running on")
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.goto(f"http://127.0.0.1:{launch.port}/")
        page.locator("canvas").first.wait_for()
        page.get_by_label("Brush").first.click()
        times = [time_one_default(page, strokes[0]) for _ in range(rounds) for strokes in WRITTEN.values()]
        page.close()
    return times


def time_one_default(page: Page, stroke: list) -> float:
    """Draw one more stroke in the square amid the canvas, and wait until the label shows its next answer."""
    box = page.locator("canvas").first.bounding_box()
    scale = 0.7 * box["height"] / CANVAS_SIDE
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    points = [(middle[0] + (x - CANVAS_SIDE / 2) * scale, middle[1] + (y - CANVAS_SIDE / 2) * scale) for x, y in stroke]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point)
    page.evaluate(WATCH_LABEL)
    page.mouse.up()
    page.wait_for_function("window.answered !== null")
    return page.evaluate("answered - lifted")


if __name__ == "__main__":
    sys.exit(main())
