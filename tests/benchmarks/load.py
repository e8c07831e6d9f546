"""A lecture hall: so many people drawing at once, and how long PyTorch's answer takes them.

    python -m tests.benchmarks.load [--people 1 10 30 100 200 300] [--data DIR] [--plot FILE]

Each has a page of their own and draws a digit every 3 seconds; each pen-up is answered by
PyTorch, and every answer compared with the network's own. In one more round, a visitor trains. While
the largest crowd draws, a browser draws among them: its bars must not wait for the server. Linux only.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright

from model.paths import PRETRAINED
from tests.benchmarks.page import row, time_pages
from tests.benchmarks.plots import Panel, plot
from tests.benchmarks.visitors import DIGIT_EVERY, Tally, Use, Visitor
from tests.launching import Launch
from tests.page.chromium import FLAGS, find_or_install

MEDIAN, MOST = 0.1, 0.5  # seconds: a crowd that is served well
COLUMNS = f"{'people':>7}{'pen-ups/s':>11}{'median':>10}{'95 %':>10}{'longest':>10}{'overtaken':>11}"
COLUMNS += f"{'to wait':>9}{'errors':>8}{'processor':>11}{'memory':>16}{'page':>10}"


@dataclass(frozen=True)
class Round:
    """What came of one crowd; seconds, cores and MB."""

    people: int
    tally: Tally
    rate: float
    cores: float
    memory: tuple[float, float]
    page: float

    @property
    def median(self) -> float:
        return statistics.median(self.tally.waited)

    def share(self, share: float) -> float:
        return sorted(self.tally.waited)[int(share * (len(self.tally.waited) - 1))]

    def __str__(self) -> str:
        tally, ms = self.tally, "{:7.0f} ms".format
        times = "".join(ms(1000 * seconds) for seconds in (self.median, self.share(0.95), self.share(1)))
        return (
            f"{self.people:7}{self.rate:11.1f}{times}{tally.overtaken:11}{tally.told_to_wait:9}{len(tally.errors):8}"
            f"{self.cores:10.0%} {self.memory[0]:6.0f} to {self.memory[1]:.0f} MB{ms(1000 * self.page)}"
        )


def main() -> int:
    """Print a table; returns how many errors there were."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--people", type=int, nargs="+", default=[1, 10, 30, 100, 200, 300])
    parser.add_argument("--seconds", type=int, default=120, help="of drawing, each round")
    parser.add_argument("--data", default=os.environ.get("DIGITS_DATA"), help="folder with MNIST, for the training")
    parser.add_argument("--plot", type=Path, help="SVG file to draw the growth into")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        flags = ["--checkpoint", PRETRAINED, *(["--data", arguments.data] if arguments.data else [])]
        with Launch(Path(name) / "log", *flags) as launch:
            launch.wait_until_serving()
            print(COLUMNS, flush=True)
            rounds = [_show(asyncio.run(_round(launch, people, arguments.seconds))) for people in arguments.people]
            if arguments.data:
                people = next((each.people for each in reversed(rounds) if each.people <= 100), 1)
                print("\nwhile somebody trains")
                rounds_training = [_show(asyncio.run(_round(launch, people, arguments.seconds, trains=True)))]
            else:
                rounds_training = []
            bars = asyncio.run(_with_a_browser(launch, max(arguments.people)))
        print(f"\n{'a browser amid ' + str(max(arguments.people)) + ' people':44}{'median':>10}{'95 %':>10}{'n':>7}")
        row("movement to bars", bars[0])
        row("pen-up to PyTorch's answer", bars[1])
    served = [each.people for each in rounds if each.median <= MEDIAN and each.share(0.95) <= MOST]
    print(f"\nserved well (median {1000 * MEDIAN:.0f} ms, 95 % {1000 * MOST:.0f} ms): {max(served, default=0)} people")
    if arguments.plot:
        _plot(rounds, arguments.plot)
    return sum(len(each.tally.errors) for each in rounds + rounds_training)


def _show(one: Round) -> Round:
    print(one, flush=True)
    for error, count in Counter(one.tally.errors).most_common(10):
        print(f"{count:13}  {error}", flush=True)
    return one


async def _round(launch: Launch, people: int, seconds: float, trains: bool = False) -> Round:
    """Let people come, draw and go."""
    tally = Tally()
    crowd, opened = await _gather(launch, people, tally)
    learner = asyncio.create_task(_learn(launch)) if trains else None
    before, began = Use.of(launch), time.perf_counter()
    await asyncio.gather(*(visitor.draw(began + seconds) for visitor in crowd))
    after, took = Use.of(launch), time.perf_counter() - began
    if learner:
        assert not learner.done(), "the training was over too soon"
        learner.cancel()
        await asyncio.gather(learner, return_exceptions=True)
    await asyncio.gather(*(visitor.leave() for visitor in crowd))
    cores = (after.seconds - before.seconds) / took
    memory = before.memory, after.memory
    return Round(people, tally, len(tally.waited) / took, cores, memory, statistics.median(opened))


async def _gather(launch: Launch, people: int, tally: Tally) -> tuple[list[Visitor], list[float]]:
    """Visitors with open pages, who came one after the other; and how long each page took."""
    crowd = [Visitor(f"http://127.0.0.1:{launch.port}", number, tally) for number in range(people)]
    return crowd, [await visitor.come() for visitor in crowd]


async def _learn(launch: Launch) -> None:
    """Train for as long as a visitor may, and follow it as the page does."""
    learner = Visitor(f"http://127.0.0.1:{launch.port}", 0, Tally())
    await learner.come()
    ticket = await learner.start_training(epochs=50)
    while (await learner.follow(ticket))["state"] in ("queued", "running"):
        pass
    await learner.leave()


async def _with_a_browser(launch: Launch, people: int) -> tuple[list[float], list[float]]:
    """Draw in a browser while a crowd draws, too."""
    crowd, _ = await _gather(launch, people, Tally())
    drawing = asyncio.gather(*(visitor.draw(time.perf_counter() + 3600) for visitor in crowd))
    times = await asyncio.to_thread(_browse, f"http://127.0.0.1:{launch.port}/")
    drawing.cancel()
    await asyncio.gather(drawing, return_exceptions=True)
    await asyncio.gather(*(visitor.leave() for visitor in crowd))
    return times


def _browse(url: str) -> tuple[list[float], list[float]]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_or_install(playwright), args=FLAGS)
        return time_pages(browser, {"page": url}, rounds=2)["page"]


def _plot(rounds: list[Round], path: Path) -> None:
    people = [each.people for each in rounds]
    times = {name: [1000 * each.share(share) for each in rounds] for name, share in (("95 %", 0.95), ("median", 0.5))}
    title = f"From pen-up to PyTorch's answer, ms; a digit every {DIGIT_EVERY:.0f} s from everybody"
    cores = {"": [each.cores for each in rounds]}
    plot(
        path,
        [
            Panel(title, "people drawing", people, times, powers=True),
            Panel("Processor cores in use by the server", "people drawing", people, cores),
        ],
    )


if __name__ == "__main__":
    sys.exit(main() > 0)
