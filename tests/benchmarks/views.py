"""Whether the views keep up with the pen: python -m tests.benchmarks.views

For each view, for none and for all at once, while the mouse draws ten digits: the time from a pen movement to changed
bars, what painting takes, and the time between two frames.
"""

import argparse
import statistics

from playwright.sync_api import Browser, sync_playwright

from demo.views import VIEWS
from tests.benchmarks.page import FLAGS, PAD, STROKES, Server, draw, find_or_install

FRAME = 1000 / 30  # milliseconds: no frame should take longer
WATCH = """() => {
  window.movements = [];
  window.frames = [];
  window.paints = [];
  let moved = null;
  addEventListener("pointermove", () => (moved = performance.now()), true);
  new MutationObserver(() => {
    if (moved !== null) movements.push(performance.now() - moved);
    moved = null;
  }).observe(document.querySelector(".bars"), { subtree: true, attributes: true, attributeFilter: ["style"] });
  const ask = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (paint) => ask((now) => {
    const began = performance.now();
    paint(now);
    paints.push(performance.now() - began);
  });
  let last = performance.now();
  const tick = (now) => {
    frames.push(now - last);
    last = now;
    ask(tick);
  };
  ask(tick);
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="times that each of ten digits is drawn")
    rounds = parser.parse_args().rounds
    server = Server()
    print(f"{'':12}{'movement to bars':>22}{'painting':>22}{'frame to frame':>22}{'over 33 ms':>12}{'n':>8}")
    print(f"{'view':12}" + f"{'median':>12}{'95 %':>10}" * 3)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_or_install(playwright), args=FLAGS)
        for name in ("none", *(view.NAME for view in VIEWS), "all"):
            movements, paints, frames = measure(browser, f"{server.url}?view={name}", rounds)
            columns = "".join(
                f"{statistics.median(times):9.1f} ms{at95(times):7.1f} ms" for times in (movements, paints, frames)
            )
            slow = sum(frame > FRAME + 1 for frame in frames) / len(frames)
            print(f"{name:12}{columns}{slow:11.1%} {len(movements):7}", flush=True)
        browser.close()
    server.stop()


def at95(times: list[float]) -> float:
    return sorted(times)[int(0.95 * len(times))]


def measure(browser: Browser, url: str, rounds: int) -> tuple[list[float], list[float], list[float]]:
    """Milliseconds of each movement, paint and frame, while digits are drawn with a view open."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(url)
    page.get_by_label(PAD).wait_for()
    draw(page, STROKES[8])  # once before, so that all code is warm
    page.evaluate(WATCH)
    for _ in range(rounds):
        for strokes in STROKES.values():
            page.keyboard.press("Escape")
            draw(page, strokes)
    times = page.evaluate("[movements, paints.length ? paints : [0], frames]")
    page.close()
    return times


if __name__ == "__main__":
    main()
