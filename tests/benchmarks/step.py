"""What one training step takes, part by part: the textbook's, autograd's on one flat vector, and this project's.

    python -m tests.benchmarks.step [--steps 3000]

The baseline recipe's step: 32 digits, 784-64-64-10, Adam, one thread. The three take turns, a hundred steps each.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterator

import torch
from torch import Tensor
from torch.nn import functional as F

from model import runtime
from model.network import MLP
from model.training.loop import Adam, Backpropagation, CrossEntropy
from tests.benchmarks.training import BATCH, flat_parameter

TURN = 100  # steps
Times = Iterator[tuple[float, ...]]  # before the step, and after its forward pass, its backward pass, its optimizer


def by_autograd(network: MLP, optimizer: torch.optim.Optimizer, inputs: Tensor, labels: Tensor) -> Times:
    """Steps with `loss.backward()` and an optimizer of PyTorch's."""
    while True:
        began = time.perf_counter()
        logits = network(inputs)
        forward = time.perf_counter()
        optimizer.zero_grad(set_to_none=len(optimizer.param_groups[0]["params"]) > 1)
        F.cross_entropy(logits, labels).backward()
        backward = time.perf_counter()
        optimizer.step()
        yield began, forward, backward, time.perf_counter()


class TimedLoss(CrossEntropy):
    """Notes when the forward pass has ended, which is when its gradient is asked for."""

    forward_ended = 0.0

    def gradient(self, logits: Tensor, targets: Tensor) -> Tensor:
        self.forward_ended = time.perf_counter()
        return super().gradient(logits, targets)


def written_out(network: MLP, inputs: Tensor, labels: Tensor) -> Times:
    """Steps with model/training/loop.py."""
    loss = TimedLoss()
    backpropagation = Backpropagation(network.layers(), loss)
    optimizer = Adam(backpropagation.parameters, backpropagation.gradient)
    targets = loss.targets(labels)
    while True:
        began = time.perf_counter()
        with torch.inference_mode():
            backpropagation(inputs, targets)
            backward = time.perf_counter()
            optimizer.step(1e-3)
        yield began, loss.forward_ended, backward, time.perf_counter()


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=3_000)
    arguments = parser.parse_args()

    runtime.configure()
    inputs, labels = torch.randn(BATCH, 784), torch.randint(10, (BATCH,))
    textbook, flat = MLP(), MLP()
    fused = torch.optim.Adam([flat_parameter(flat)], lr=1e-3, fused=True)
    rows: dict[str, Times] = {
        "textbook": by_autograd(textbook, torch.optim.Adam(textbook.parameters(), lr=1e-3), inputs, labels),
        "autograd, flat fused Adam": by_autograd(flat, fused, inputs, labels),
        "written out": written_out(MLP(), inputs, labels),
    }
    taken: dict[str, list[tuple[float, ...]]] = {row: [next(times)] for row, times in rows.items()}
    for _ in range(arguments.steps // TURN):
        for row, times in rows.items():
            taken[row] += [next(times) for _ in range(TURN)]

    parts: list[tuple[str, Callable[[tuple[float, ...]], float]]] = [
        ("forward", lambda at: at[1] - at[0]),
        ("loss, backward", lambda at: at[2] - at[1]),
        ("optimizer", lambda at: at[3] - at[2]),
        ("step", lambda at: at[3] - at[0]),
    ]
    print(f"{'microseconds, medians':<28}" + "".join(f"{name:>16}" for name, _ in parts))
    for row, steps in taken.items():
        print(f"{row:<28}" + "".join(f"{statistics.median(map(part, steps)) * 1e6:16.0f}" for _, part in parts))


if __name__ == "__main__":
    main()
