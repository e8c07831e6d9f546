"""How fast a drawing is preprocessed, and how fast the command line classifies ten thousand.

python -m tests.benchmarks.preprocessing [--rounds 5]
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

from model import runtime
from model.data.pen import CANVAS_SIDE, draw
from model.paths import PRETRAINED, ROOT
from model.preprocessing import preprocess

DRAWINGS = 10_000
MAX_MILLISECONDS, MAX_SECONDS = 0.3, 15.0


def scribbles(count: int, side: int) -> torch.Tensor:
    """Drawings of four-point strokes, (count, side, side), uint8."""
    random = np.random.default_rng(0)
    points = random.uniform(0.1, 0.9, (count, 4, 2)) * side
    return torch.stack([draw([stroke.tolist()], width=side / 14, side=side) for stroke in points])


def preprocessing_milliseconds() -> float:
    """The median over 500 drawings of 280 x 280, one at a time."""
    times = []
    for ink in scribbles(500, 280).split(1):
        began = time.perf_counter()
        preprocess(ink)
        times.append(time.perf_counter() - began)
    return 1e3 * statistics.median(times)


def classification_seconds(stack: Path) -> float:
    """`python -m model classify` of a stack of 10,000 drawings, its start included."""
    command = [sys.executable, "-m", "model", "classify", "--checkpoint", PRETRAINED, stack]
    began = time.perf_counter()
    lines = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.count(b"\n")
    seconds = time.perf_counter() - began
    if lines != DRAWINGS:
        raise RuntimeError(f"{lines} lines for {DRAWINGS} drawings.")
    return seconds


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    runtime.configure()
    one = statistics.median(preprocessing_milliseconds() for _ in range(rounds))
    print(f"one drawing of 280 x 280, preprocessed: {one:.3f} ms (at most {MAX_MILLISECONDS} is wanted)", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        stack = Path(folder) / "drawings.npy"
        np.save(stack, 255 - scribbles(DRAWINGS, CANVAS_SIDE).numpy())
        all_of_them = statistics.median(classification_seconds(stack) for _ in range(rounds))
    size = f"{DRAWINGS:,} drawings of {CANVAS_SIDE} x {CANVAS_SIDE}"
    print(f"{size}, classified: {all_of_them:.1f} s (under {MAX_SECONDS:g} is wanted)")


if __name__ == "__main__":
    main()
