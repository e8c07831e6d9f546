"""What benchmarks share: work that takes turns, so that a busy machine slows all of it down alike, and its medians."""

import argparse
import statistics
import time
from collections.abc import Callable, Mapping


def parser(description: str | None, rounds: int) -> argparse.ArgumentParser:
    """A benchmark's command line, with --rounds, the number of turns of each piece of work."""
    made = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--rounds", type=int, default=rounds, help="turns of each (default: %(default)s)")
    return made


def seconds(work: Callable[[], object]) -> float:
    """The time that some work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def in_turns(measures: Mapping[str, Callable[[], float]], rounds: int, unit: str = "s") -> dict[str, float]:
    """Take each measure once a round; prints them, and the medians beside the first one's, and returns the medians."""
    figures: dict[str, list[float]] = {name: [] for name in measures}
    for number in range(1, rounds + 1):
        for name, measure in measures.items():
            figures[name].append(measure())
            print(f"round {number}  {name:<48}{figures[name][-1]:10.3f} {unit}", flush=True)
    medians = {name: statistics.median(taken) for name, taken in figures.items()}
    first = next(iter(medians.values()))
    print(f"\n{'medians':<57}{unit:>10}{'first / it':>14}")
    for name, median in medians.items():
        print(f"{name:<57}{median:10.3f}{first / median:14.2f}")
    return medians
