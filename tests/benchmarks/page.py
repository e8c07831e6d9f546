"""From pen to bars: our page beside a default gr.Sketchpad with a gr.Label, both driven by the same mouse in one run.

    python -m tests.benchmarks.page [--rounds 3]

Prints medians and 95th percentiles in milliseconds:

- movement to bars: from the browser's handing over a pen movement until the bars have changed, pen still down;
- pen-up to answer: from lifting the pen until Python's answer stands on the page.

A default gr.Sketchpad draws nothing before its brush is chosen, and answers only some time after the pen is up.
"""

import argparse
import statistics
import sys

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.page.chromium import find_or_install
from tests.page.conftest import Server
from tests.page.hand import PAD, PAPER, STROKES, draw

FLAGS = ["--no-sandbox", "--enable-unsafe-swiftshader"]  # gr.Sketchpad needs WebGL, in software where there is no GPU


class DefaultServer(Server):
    """The page to compare with."""

    command = ("-m", "tests.benchmarks.default_page")
    said_when_open = "Running on"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="times that each of ten digits is drawn")
    rounds = parser.parse_args().rounds
    ours, default = Server(), DefaultServer()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_or_install(playwright), args=FLAGS)
        movements, answers = time_ours(browser, ours.url, rounds)
        default_answers = time_default(browser, default.url, rounds)
        browser.close()
    ours.stop()
    default.stop()
    print(f"{'':44}{'median':>10}{'95 %':>10}{'n':>7}")
    row("movement to bars, this page", movements)
    row("pen-up to torch's answer, this page", answers)
    row("pen-up to answer, gr.Sketchpad + gr.Label", default_answers)
    print(f"pen-up, ratio of medians: {statistics.median(default_answers) / statistics.median(answers):.0f}")


def row(name: str, times: list[float]) -> None:
    print(f"{name:44}{statistics.median(times):7.1f} ms{sorted(times)[int(0.95 * len(times))]:7.1f} ms{len(times):7}")


def time_ours(browser: Browser, url: str, rounds: int) -> tuple[list[float], list[float]]:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(url)
    page.get_by_label(PAD).wait_for()
    page.evaluate(
        """() => {
          window.movements = [];
          window.answers = [];
          let moved = null;
          let lifted = null;
          addEventListener("pointermove", () => (moved = performance.now()), true);
          addEventListener("pointerup", () => (lifted = performance.now()), true);
          new MutationObserver(() => {
            if (moved !== null) movements.push(performance.now() - moved);
            moved = null;
          }).observe(document.querySelector(".bars"), { subtree: true, attributes: true, attributeFilter: ["style"] });
          new MutationObserver(() => {
            if (lifted === null || document.querySelector(".torch").dataset.state !== "answered") return;
            answers.push(performance.now() - lifted);
            lifted = null;
          }).observe(document.querySelector(".torch"), { childList: true });
        }"""
    )
    for _ in range(rounds):
        for strokes in STROKES.values():
            draw(page, strokes)
            expect(page.locator(".torch")).to_contain_text("agrees")
            page.keyboard.press("Escape")
    times = page.evaluate("[movements, answers]")
    page.close()
    return times


def time_default(browser: Browser, url: str, rounds: int) -> list[float]:
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.goto(url)
    page.locator("canvas").first.wait_for()
    page.get_by_label("Brush").first.click()
    times = [time_one_default(page, strokes[0]) for _ in range(rounds) for strokes in STROKES.values()]
    page.close()
    return times


def time_one_default(page: Page, stroke: list) -> float:
    """Draw one more stroke in the square of paper amid the canvas, and wait until the label shows its next answer."""
    box = page.locator("canvas").first.bounding_box()
    scale = 0.7 * box["height"] / PAPER
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    points = [(middle[0] + (x - PAPER / 2) * scale, middle[1] + (y - PAPER / 2) * scale) for x, y in stroke]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point)
    page.evaluate(
        """() => {
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
    )
    page.mouse.up()
    page.wait_for_function("window.answered !== null")
    return page.evaluate("answered - lifted")


if __name__ == "__main__":
    sys.exit(main())
