"""A lecture hall: so many people drawing at once, and how long PyTorch's answer takes them.

    python -m tests.benchmarks.load [--people 1 30 100 300 600 900] [--proxy]

Each has a page of their own and draws a digit every 3 seconds; each pen-up is answered by PyTorch, and every answer
compared with the network's own. With --proxy, they ask two processes behind HAProxy, as deploy/haproxy.cfg has it, and
in one more round one of the two is killed and started again. Linux only.
"""

import argparse
import asyncio
import contextlib
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from model.paths import PRETRAINED
from tests.benchmarks.visitors import Tally, Use, Visitor
from tests.deploy.balancer import balanced
from tests.launching import Launch

COLUMNS = f"{'people':>7}{'pen-ups/s':>11}{'median':>10}{'95 %':>10}{'longest':>10}{'overtaken':>11}"
COLUMNS += f"{'to wait':>9}{'errors':>8}{'cores':>7}{'memory':>10}{'page':>10}"


def main() -> int:
    """Print a table; returns how many errors there were."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--people", type=int, nargs="+", default=[1, 30, 100, 300, 600, 900])
    parser.add_argument("--seconds", type=int, default=40, help="of drawing, each round")
    parser.add_argument("--proxy", action="store_true", help="two processes behind HAProxy")
    arguments = parser.parse_args()
    errors: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        with _proxied(Path(name)) if arguments.proxy else _alone(Path(name)) as (url, launches):
            print(COLUMNS, flush=True)
            for people in arguments.people:
                errors.update(asyncio.run(_round(url, launches, people, arguments.seconds)))
        if arguments.proxy:
            with balanced(Path(name)) as balancer:
                print("one of the two processes is killed and started again")
                errors.update(asyncio.run(_restarted(balancer, 100, arguments.seconds)))
    for error, count in errors.most_common(10):
        print(f"{count:7}  {error}")
    return errors.total()


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[tuple[str, list[Launch]]]:
    with Launch(folder / "log", "--checkpoint", PRETRAINED) as launch:
        launch.wait_until_serving()
        yield f"http://127.0.0.1:{launch.port}", [launch]


@contextlib.contextmanager
def _proxied(folder: Path) -> Iterator[tuple[str, list[Launch]]]:
    with balanced(folder) as balancer:
        yield balancer.url, [*balancer.replicas.values()]


async def _round(url: str, launches: list[Launch], people: int, seconds: float) -> list[str]:
    """Let people come, draw and go; prints a row, and returns what went wrong."""
    tally = Tally()
    crowd = [Visitor(url, number, tally) for number in range(people)]
    opened = [await visitor.come() for visitor in crowd]
    before, began = Use.of(*launches), time.perf_counter()
    await asyncio.gather(*(visitor.draw(began + seconds) for visitor in crowd))
    after, took = Use.of(*launches), time.perf_counter() - began
    await asyncio.gather(*(visitor.leave() for visitor in crowd))
    waited = sorted(tally.waited)
    times = [statistics.median(waited), waited[int(0.95 * (len(waited) - 1))], waited[-1]]
    print(
        f"{people:7}{len(waited) / took:11.1f}"
        + "".join(f"{1000 * seconds:7.0f} ms" for seconds in times)
        + f"{tally.overtaken:11}{tally.told_to_wait:9}{len(tally.errors):8}"
        + f"{(after.seconds - before.seconds) / took:7.2f}{after.memory:7.0f} MB"
        + f"{1000 * statistics.median(opened):7.0f} ms",
        flush=True,
    )
    return tally.errors


async def _restarted(balancer, people: int, seconds: float) -> list[str]:
    """The same, while one of two processes is killed and started again."""

    async def restart() -> None:
        await asyncio.sleep(seconds / 3)
        balancer.replicas["a"].kill()
        await asyncio.sleep(seconds / 6)
        balancer.start("a")

    restarting = asyncio.create_task(restart())
    errors = await _round(balancer.url, [balancer.replicas["b"]], people, seconds)
    await restarting
    return errors


if __name__ == "__main__":
    sys.exit(main() > 0)
