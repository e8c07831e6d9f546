"""How fast a drawing is framed, and how fast the command line reads ten thousand.

python -m tests.benchmarks.framing [--rounds 5]
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from model.framing import frame
from model.pen import PAPER, draw

ROOT = Path(__file__).parents[2]
DRAWINGS = 10_000
FRAMING_ASKED, READING_ASKED = 0.3, 15.0  # milliseconds, seconds


def scribbles(count: int, side: int) -> torch.Tensor:
    """Drawings of four-point strokes, (count, side, side), uint8."""
    random = np.random.default_rng(0)
    points = random.uniform(0.1, 0.9, (count, 4, 2)) * side
    return torch.stack([draw([stroke.tolist()], pen=side / 14, side=side) for stroke in points])


def framing_milliseconds() -> float:
    """The median over 500 drawings of 280 x 280, one at a time."""
    times = []
    for ink in scribbles(500, 280).split(1):
        began = time.perf_counter()
        frame(ink)
        times.append(time.perf_counter() - began)
    return 1e3 * statistics.median(times)


def reading_seconds(stack: Path) -> float:
    """`python -m model classify` of a stack of 10,000 drawings, its start included."""
    command = [sys.executable, "-m", "model", "classify", "--checkpoint", ROOT / "assets" / "pretrained.pt", stack]
    began = time.perf_counter()
    lines = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.count(b"\n")
    seconds = time.perf_counter() - began
    if lines != DRAWINGS:
        raise RuntimeError(f"{lines} lines came of {DRAWINGS} drawings.")
    return seconds


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds

    torch.set_num_threads(1)
    framing = statistics.median(framing_milliseconds() for _ in range(rounds))
    print(f"framing one drawing of 280 x 280: {framing:.3f} ms (at most {FRAMING_ASKED} is asked)", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        stack = Path(folder) / "drawings.npy"
        np.save(stack, 255 - scribbles(DRAWINGS, PAPER).numpy())
        reading = statistics.median(reading_seconds(stack) for _ in range(rounds))
    print(f"reading {DRAWINGS:,} drawings of {PAPER} x {PAPER}: {reading:.1f} s (under {READING_ASKED:g} is asked)")


if __name__ == "__main__":
    main()
