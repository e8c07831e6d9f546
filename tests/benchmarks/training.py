"""How fast training is: our loop beside the textbook's, in one run, with one thread each.

    python -m tests.benchmarks.training --data DIR [--rounds 3] [--batches 1875]

The textbook's loop is `torchvision.datasets.MNIST` with `ToTensor` and `Normalize`, a `DataLoader` in batches of 32,
and `torch.optim.Adam`. Ours is that of the chapter's recipe. They take turns, so that a busy machine slows down both.
Each round is one epoch of the textbook's between two of ours; `--batches` measures a share of the textbook's, which
then stands for the whole.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections import deque
from dataclasses import replace
from pathlib import Path

import torch
from torch.nn import functional as F
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

from model.guard import train_guard
from model.mnist import CONTENTS, Digits, load_mnist
from model.network import MEAN, MLP, STD
from model.recipe import RECIPES, Recipe
from model.styles import write_all_styles
from model.training import train

BATCHES = 1_875  # of 32 in an epoch of 60,000
ASKED = 5.0  # times as fast


def textbook_epoch(folder: Path, batches: int) -> float:
    """Seconds that the textbook's loop takes for an epoch, from some of its batches."""
    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((MEAN,), (STD,))])
    loader = DataLoader(datasets.MNIST(folder, transform=transform), batch_size=32, shuffle=True)
    network = MLP()
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
    began = time.perf_counter()
    for step, (images, labels) in enumerate(loader, 1):
        optimiser.zero_grad()
        F.cross_entropy(network(images), labels).backward()
        optimiser.step()
        if step == batches:
            break
    return (time.perf_counter() - began) * BATCHES / batches


def our_epoch(digits: Digits) -> float:
    """Seconds that our loop takes for an epoch; like the textbook's, without measuring on the test digits."""
    digits = replace(digits, test_images=digits.test_images[:1], test_labels=digits.test_labels[:1])
    began = time.perf_counter()
    for _ in train(MLP(), digits, Recipe(epochs=1)):
        pass
    return time.perf_counter() - began


def whole_trainings(digits: Digits, rounds: int) -> tuple[float, float, float]:
    """Median seconds of the chapter's training, the drawing recipe's with its styles, and the guard's, in turns."""
    chapter, drawing, guard = [], [], []
    for _ in range(rounds):
        began = time.perf_counter()
        deque(train(MLP(), digits, RECIPES["chapter"]), maxlen=0)
        chapter.append(time.perf_counter() - began)
        write_all_styles.cache_clear()  # each training writes its own
        began = time.perf_counter()
        network = MLP()
        deque(train(network, digits, RECIPES["drawing"]), maxlen=0)
        drawing.append(time.perf_counter() - began)
        began = time.perf_counter()
        train_guard(network, digits)
        guard.append(time.perf_counter() - began)
    return statistics.median(chapter), statistics.median(drawing), statistics.median(guard)


def as_torchvision_has_it(digits: Digits, folder: Path) -> None:
    """Write MNIST's plain files to where torchvision looks for them, without a download."""
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    arrays = (digits.train_images, digits.train_labels, digits.test_images, digits.test_labels)
    for name, array in zip(CONTENTS, arrays, strict=True):
        header = [0x800 + array.dim(), *array.shape]
        numbers = b"".join(number.to_bytes(4, "big") for number in header)
        (raw / name).write_bytes(numbers + array.byte().numpy().tobytes())


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("DIGITS_DATA"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batches", type=int, default=BATCHES, help="of the textbook's epoch (default: all 1,875)")
    arguments = parser.parse_args()
    batches = min(arguments.batches, BATCHES)

    torch.set_num_threads(1)
    digits = load_mnist(arguments.data)
    textbook, ours = [], []
    print("round   textbook        ours       ratio", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        as_torchvision_has_it(digits, Path(folder))
        textbook_epoch(Path(folder), 20)  # what torch imports at the first step is counted for neither
        for number in range(1, arguments.rounds + 1):
            before = our_epoch(digits)
            textbook.append(textbook_epoch(Path(folder), batches))
            ours.append((before + our_epoch(digits)) / 2)
            print(f"{number:5}  {textbook[-1]:7.2f} s  {ours[-1]:8.2f} s  {textbook[-1] / ours[-1]:8.1f} x", flush=True)
    slow, fast = statistics.median(textbook), statistics.median(ours)
    print(f"median {slow:7.2f} s  {fast:8.2f} s  {slow / fast:8.1f} x   (at least {ASKED:g} x is asked)")
    if batches < BATCHES:
        print(f"The textbook's epoch is reckoned from {batches:,} of its {BATCHES:,} batches.")
    chapter, drawing, guard = whole_trainings(digits, arguments.rounds)
    print(f"whole trainings: chapter {chapter:.1f} s, drawing {drawing:.1f} s: {drawing / chapter:.2f} x", end="")
    print(f"; and its guard {guard:.1f} s: {(drawing + guard) / chapter:.2f} x")


if __name__ == "__main__":
    main()
