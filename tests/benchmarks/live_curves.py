"""Training in the page: how often its curves move, and what it costs those who draw meanwhile.

    python -m tests.benchmarks.live_curves [--rounds 3]

In one run: pen-up to the server's answer while nobody trains, then while a visitor does; and how often that visitor's
loss curve is drawn.
"""

import argparse
import statistics

from playwright.sync_api import Page, expect, sync_playwright

from tests.benchmarks.page import row, time_pages
from tests.page.chromium import FLAGS, find_or_install
from tests.page.servers import Server

# Counts the drawings of the loss curve, from the first one on.
COUNT = """() => {
  window.drawn = [];
  const curve = document.querySelector(".train-loss");
  new MutationObserver(() => drawn.push(performance.now())).observe(curve, { childList: true });
}"""


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="times that each of ten digits is drawn")
    arguments = parser.parse_args()
    server = Server()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_or_install(playwright), args=FLAGS)
            _, idle = time_pages(browser, {"page": server.url}, arguments.rounds)["page"]
            trainer = browser.new_page()
            train(trainer, server.url)
            alone = trainer.evaluate("new Promise(done => setTimeout(() => done(drawn.length), 5000))") / 5
            _, busy = time_pages(browser, {"page": server.url}, arguments.rounds)["page"]
            expect(trainer.locator(".train-state")).to_contain_text("Training")  # still
            gaps = trainer.evaluate("drawn.slice(1).map((at, i) => at - drawn[i])")
            browser.close()
    finally:
        server.stop()
    print(f"{'':44}{'median':>10}{'95 %':>10}{'n':>7}")
    row("pen-up to the server's answer, nobody trains", idle)
    row("pen-up to the server's answer, somebody does", busy)
    row("between two drawings of the loss curve", gaps)
    print(f"curves drawn, while nobody draws: {alone:.1f} Hz; over all: {1000 / statistics.mean(gaps):.1f} Hz")


def train(page: Page, url: str) -> None:
    """Start the longest training that the baseline recipe can have, and wait until it reports."""
    page.goto(f"{url}?view=train")
    page.locator("[name=epochs]").fill("50")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.locator(".train-now")).to_contain_text(" left", timeout=60_000)
    page.evaluate(COUNT)


if __name__ == "__main__":
    main()
