"""Whether digits are read from paper at the camera's pace.

    python -m tests.benchmarks.camera [--seconds 8] [--other URL]

A fake camera shows digits on squared paper, 30 frames a second. For no view, for the neurons, and for all views at
once: how many frames are read each second, the time from a frame's arrival to its ink, bars and overlay, and the
processor time that a frame takes the page's thread, painting included, which depends less on what else the machine
does. --other is the address of a running page of another version, which takes turns with this one.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from tests.benchmarks.page import FLAGS, at95
from tests.page.chromium import find_or_install
from tests.page.fake_camera import fake_camera
from tests.page.servers import Server

VIEWS = ("none", "neurons", "all")
WARM = 2  # seconds until the code is compiled
WATCH_READINGS = """{
  window.readings = []; // when each began, and how long it took
  let isRead = false;
  const { getImageData } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.getImageData = function (...part) {
    isRead = true;
    return getImageData.apply(this, part);
  };
  const video = HTMLVideoElement.prototype;
  for (const [owner, name] of [[window, "requestAnimationFrame"], [video, "requestVideoFrameCallback"]]) {
    const ask = owner[name];
    owner[name] = function (callback) {
      return ask.call(this, (...frame) => {
        isRead = false;
        const began = performance.now();
        callback(...frame);
        if (isRead) readings.push([began, performance.now() - began]);
      });
    };
  }
}"""


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=8, help="for which each page and view is watched")
    parser.add_argument("--other", metavar="URL", help="a running page of another version")
    arguments = parser.parse_args()
    server = Server()
    print(f"{'view':10}{'a second':>10}{'median':>12}{'95 %':>12}{'processor':>12}")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        flags = [*FLAGS, *fake_camera(Path(folder))]
        browser = playwright.chromium.launch(executable_path=find_or_install(playwright), args=flags)
        for view in VIEWS:
            for url in filter(None, (server.url, arguments.other)):
                rate, times, processor = measure(browser, f"{url}?view={view}", arguments.seconds)
                columns = "".join(f"{time:9.1f} ms" for time in (statistics.median(times), at95(times), processor))
                print(f"{view:10}{rate:10.1f}{columns}  {url}", flush=True)
        browser.close()
    server.stop()
    return 0


def measure(browser: Browser, url: str, seconds: float) -> tuple[float, list[float], float]:
    """Frames that are read each second, milliseconds of each, and milliseconds of processor time for each."""
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.add_init_script(WATCH_READINGS)
    page.goto(url)
    page.get_by_role("button", name="Camera").click()
    expect(page.locator(".picture-digit")).to_have_text("7", timeout=20_000)
    page.wait_for_timeout(1000 * WARM)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def processor_seconds() -> float:
        metrics = {metric["name"]: metric["value"] for metric in session.send("Performance.getMetrics")["metrics"]}
        return metrics["TaskDuration"]

    before = processor_seconds()
    page.evaluate("readings.length = 0")
    page.wait_for_timeout(1000 * seconds)
    readings = page.evaluate("readings")
    used = processor_seconds() - before
    page.close()
    elapsed = (readings[-1][0] - readings[0][0]) / 1000
    return (len(readings) - 1) / elapsed, [time for _, time in readings], 1000 * used / len(readings)


if __name__ == "__main__":
    sys.exit(main())
