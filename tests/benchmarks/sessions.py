"""Whether the server's memory stays flat: python -m tests.benchmarks.sessions --data DIR

Visitors come and go in a real browser: each opens the page, draws a digit, sees torch agree, and leaves; every
tenth starts a training and leaves in the middle of it. Some come before anything is measured, as what is loaded once
is no leak. Linux only: it reads /proc.
"""

import argparse
import statistics
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from demo.views import VIEWS
from tests.page.chromium import FLAGS, find_or_install
from tests.page.conftest import Server
from tests.page.hand import PAD, STROKES, draw, expect_torch

EVERY = 20  # sessions between two samples
TRAINS = 10  # one in so many trains


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True, help="folder with MNIST")
    parser.add_argument("--sessions", type=int, default=200)
    parser.add_argument("--before", type=int, default=40, help="sessions before the first sample")
    arguments = parser.parse_args()
    server = Server(DIGITS_DATA=str(Path(arguments.data).absolute()))
    samples = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_or_install(playwright), args=FLAGS)
        print(f"{'sessions':>10}{'memory':>12}{'threads':>10}{'open files':>12}")
        for number in range(arguments.before + arguments.sessions + 1):
            done = number - arguments.before
            if done >= 0 and done % EVERY == 0:
                samples.append((done, *resources(server.process.pid)))
                print("{:10}{:9.1f} MB{:10}{:12}".format(*samples[-1]), flush=True)
            visit(browser, server.url, number)
        browser.close()
    server.stop()
    slope = statistics.linear_regression([sample[0] for sample in samples], [sample[1] for sample in samples]).slope
    print(f"memory grows by {1000 * slope:.0f} kB a session")


def visit(browser: Browser, url: str, number: int) -> None:
    """One visitor, from opening the page to closing it."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{url}?view={VIEWS[number % len(VIEWS)].NAME}")
    page.get_by_label(PAD).wait_for()
    draw(page, STROKES[number % 10])
    expect_torch(page)
    if number % TRAINS == 0:
        page.get_by_role("tab", name="Watch it learn").click()
        page.get_by_role("button", name="Train", exact=True).click()
        expect(page.locator(".learn-now")).to_contain_text("epoch", timeout=60_000)
    context.close()


def resources(process: int) -> tuple[float, int, int]:
    """A process's resident memory in MB, its threads and its open files."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
    files = len(list(Path(f"/proc/{process}/fd").iterdir()))
    return int(status["VmRSS"].split()[0]) / 1024, int(status["Threads"]), files


if __name__ == "__main__":
    main()
