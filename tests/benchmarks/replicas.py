"""One replica and two behind HAProxy: pen-ups a second, their cost, and what a restart costs the visitors.

    python -m tests.benchmarks.replicas [--people 100 300 600] [--seconds 60]

The crowd, HAProxy and the replicas share this machine's cores, so the rate says little about two machines;
the processor time of a pen-up does. In the last round one visitor trains on one replica, and the other one is restarted
amid the crowd. Linux only.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.benchmarks.visitors import Tally, Use, Visitor
from tests.deploy.balancer import Balancer, balanced

COLUMNS = f"{'replicas':>9}{'people':>8}{'pen-ups/s':>11}{'median':>10}{'95 %':>10}{'longest':>10}{'errors':>8}"
COLUMNS += f"{'ms a pen-up':>13}{'cores':>7}"


def main() -> int:
    """Print a table; returns how many errors there were."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--people", type=int, nargs="+", default=[100, 300, 600])
    parser.add_argument("--seconds", type=int, default=60, help="of drawing, each round")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, balanced(Path(name)) as balancer:
        print(COLUMNS, flush=True)
        errors = 0
        for people in arguments.people:
            for replicas in (1, 2):
                balancer.ask(f"set server replicas/b state {'ready' if replicas == 2 else 'maint'}")
                errors += asyncio.run(_round(balancer, people, arguments.seconds, replicas))
        print("\na training on one replica, and the other one restarted")
        return errors + asyncio.run(
            _round(balancer, min(arguments.people), max(arguments.seconds, 30), 2, restart=True)
        )


async def _round(balancer: Balancer, people: int, seconds: float, replicas: int, restart: bool = False) -> int:
    tally = Tally()
    crowd = [Visitor(balancer.url, number, tally) for number in range(people)]
    for visitor in crowd:
        await visitor.come()
    learner = Visitor(balancer.url, people, Tally())
    await learner.come()
    ticket = await learner.start_training(epochs=50) if restart else ""
    launches = [balancer.replicas[name] for name in ("a", "b")[:replicas]]
    before, began = sum(Use.of(launch).seconds for launch in launches), time.perf_counter()
    drawing = asyncio.gather(*(visitor.draw(began + seconds) for visitor in crowd))
    if restart:
        await asyncio.to_thread(_restart, balancer, "b" if learner.cookie("replica") == "a" else "a")
        state = (await learner.follow(ticket))["state"]
        assert state == "running", f"the training is {state}"
    await drawing
    took, answers = time.perf_counter() - began, sorted(tally.waited)
    used = 0.0 if restart else sum(Use.of(launch).seconds for launch in launches) - before
    if restart:
        await learner.stop_training(ticket)
    for visitor in [*crowd, learner]:
        await visitor.leave()
    times = statistics.median(answers), answers[int(0.95 * (len(answers) - 1))], answers[-1]
    cost = "" if restart else f"{1000 * used / len(answers):13.1f}{used / took:7.2f}"
    milliseconds = "".join(f"{1000 * one:7.0f} ms" for one in times)
    print(f"{replicas:9}{people:8}{len(answers) / took:11.1f}{milliseconds}{len(tally.errors):8}{cost}", flush=True)
    for error, count in Counter(tally.errors).most_common(5):
        print(f"{count:13}  {error}", flush=True)
    return len(tally.errors)


def _restart(balancer: Balancer, name: str) -> None:
    balancer.replicas[name].kill()
    balancer.start(name)
    balancer.replicas[name].wait_until_said("is open at")
    balancer.wait_until_ready(name)


if __name__ == "__main__":
    sys.exit(main() > 0)
