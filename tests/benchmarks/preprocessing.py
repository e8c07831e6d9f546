"""How fast a drawing is preprocessed, and how fast the command line classifies ten thousand.

python -m tests.benchmarks.preprocessing [--rounds 5]
"""

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch

from model import runtime
from model.data.pen import CANVAS_SIDE, draw
from model.paths import PRETRAINED, ROOT
from model.preprocessing import preprocess
from tests.benchmarks import harness

DRAWINGS = 10_000


def scribbles(count: int, side: int) -> torch.Tensor:
    """Drawings of four-point strokes, (count, side, side), uint8."""
    random = np.random.default_rng(0)
    points = random.uniform(0.1, 0.9, (count, 4, 2)) * side
    return torch.stack([draw([stroke.tolist()], width=side / 14, side=side) for stroke in points])


def classify(stack: Path) -> None:
    """`python -m model classify` of a stack of 10,000 drawings, its start included."""
    command = [sys.executable, "-m", "model", "classify", "--checkpoint", PRETRAINED, stack]
    lines = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.count(b"\n")
    if lines != DRAWINGS:
        raise RuntimeError(f"{lines} lines for {DRAWINGS} drawings.")


def main() -> None:
    """Measure, and print."""
    rounds = harness.parser(__doc__, rounds=5).parse_args().rounds
    runtime.configure()
    some = scribbles(500, 280).split(1)
    with tempfile.TemporaryDirectory() as folder:
        stack = Path(folder) / "drawings.npy"
        np.save(stack, 255 - scribbles(DRAWINGS, CANVAS_SIDE).numpy())
        measures = {
            "one drawing of 280 x 280, preprocessed": lambda: statistics.median(
                1e3 * harness.seconds(lambda ink=ink: preprocess(ink)) for ink in some
            ),
            f"{DRAWINGS:,} drawings of {CANVAS_SIDE} x {CANVAS_SIDE}, classified": lambda: (
                1e3 * harness.seconds(lambda: classify(stack))
            ),
        }
        harness.in_turns(measures, rounds, unit="ms")


if __name__ == "__main__":
    main()
