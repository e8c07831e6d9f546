"""Whether the views keep up with the pen: python -m tests.benchmarks.views [--rounds 3] [--other URL]

For each view, for none and for all at once, while the mouse draws ten digits: the time from a pen movement to changed
bars, what painting takes, and the time between two frames. --other is the address of a running page of another
version, whose views are measured after this one's.
"""

import argparse
import statistics
import sys

from playwright.sync_api import Browser, sync_playwright

from demo.site import VIEWS
from tests.benchmarks.page import FLAGS, at95, open_page
from tests.page.chromium import find_or_install
from tests.page.drawing import WRITTEN, draw
from tests.page.servers import Server

FRAME = 1000 / 30  # milliseconds: no frame should take longer
WATCH_FRAMES = """() => {
  window.frames = [];
  window.paints = [];
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


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="times that each of ten digits is drawn")
    parser.add_argument("--other", metavar="URL", help="a running page of another version")
    arguments = parser.parse_args()
    server = Server()
    print(f"{'':14}{'movement to bars':>22}{'painting':>22}{'frame to frame':>22}{'over 33 ms':>12}{'n':>8}")
    print(f"{'view':14}" + f"{'median':>12}{'95 %':>10}" * 3)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_or_install(playwright), args=FLAGS)
        for url in filter(None, (server.url, arguments.other)):
            print(url)
            for name in ("none", *VIEWS, "all"):
                movements, paints, frames = measure(browser, f"{url}?view={name}", arguments.rounds)
                columns = "".join(
                    f"{statistics.median(times):9.1f} ms{at95(times):7.1f} ms" for times in (movements, paints, frames)
                )
                slow = sum(frame > FRAME + 1 for frame in frames) / len(frames)
                print(f"{name:14}{columns}{slow:11.1%} {len(movements):7}", flush=True)
        browser.close()
    server.stop()
    return 0


def measure(browser: Browser, url: str, rounds: int) -> tuple[list[float], list[float], list[float]]:
    """Milliseconds of each movement, paint and frame, while digits are drawn with a view open."""
    page = open_page(browser, url)
    page.evaluate(WATCH_FRAMES)
    for _ in range(rounds):
        for strokes in WRITTEN.values():
            page.keyboard.press("Escape")
            draw(page, strokes)
    times = page.evaluate("[movements, paints.length ? paints : [0], frames]")
    page.close()
    return times


if __name__ == "__main__":
    sys.exit(main())
