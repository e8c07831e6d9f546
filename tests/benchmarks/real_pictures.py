"""What is read in pictures that other people took, scanned and drew, and in photographs made from pen strokes.

    python -m tests.benchmarks.real_pictures [--checkpoint FILE] [--sheets DIR]

For each kind of picture, and over the kind's repositories: how many are read rightly, of these how many are called a
digit, and how many are read wrongly and called a digit. --sheets writes a contact sheet of the misread ones of each
kind: the picture above its ink above the network's image, with the label, what was read, and the verdict.
"""

import argparse
import csv
import io
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw

from model import checkpoint
from model.classifier import DIGIT, Classifier
from model.data.images import ImageError, load_image
from model.paths import PRETRAINED, ROOT
from model.preprocessing import preprocess
from tests.benchmarks.canvas import written_digits
from tests.benchmarks.photographs import take_photographs

PER_WRITER = 50  # photographs of each kind
SIDE, COLUMNS, CAPTION = 112, 12, 12  # pixels of a picture on a sheet; pictures in a row; pixels below them


@dataclass(frozen=True)
class Reading:
    """What was read in one picture.

    Attributes:
        repository: that it is from.
        name: of its file.
        label: the digit, or "" for a page of several.
        digit, verdict: what was predicted; a sentence in place of the verdict, if the picture was refused.
        source: the picture, or its path.
        ink: (H, W), uint8.
    """

    repository: str
    name: str
    label: str
    digit: str
    verdict: str
    source: Path | bytes
    ink: torch.Tensor

    @property
    def is_right(self) -> bool:
        """Whether the digit is the label."""
        return self.digit == self.label

    @property
    def is_digit(self) -> bool:
        """Whether it was called a digit."""
        return self.verdict == DIGIT


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", type=Path, default=PRETRAINED)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--sheets", type=Path, metavar="DIR", help="where to write the contact sheets")
    arguments = parser.parse_args()
    classifier = checkpoint.load(arguments.checkpoint)
    print("%, over pictures (over repositories)     n            right    right, digit    wrong, digit")
    for kind, pictures in collect(arguments.shared):
        readings = [read(classifier, *picture) for picture in pictures]
        is_several = not readings[0].label
        shares = (
            average(readings, lambda reading: reading.is_right),
            average(readings, lambda reading: reading.is_right and reading.is_digit),
            average(readings, lambda reading: reading.is_digit and not reading.is_right),
        )
        print(
            f"{kind:36}{len(readings):6}" + "".join(f"{one:8.1f} ({other:5.1f})" for one, other in shares), flush=True
        )
        if arguments.sheets:
            arguments.sheets.mkdir(parents=True, exist_ok=True)
            misread = [reading for reading in readings if not (reading.is_right and reading.is_digit)]
            sheet(readings if is_several else misread).save(arguments.sheets / f"{kind}.png")
    return 0


def collect(shared: Path) -> Iterator[tuple[str, list[tuple[str, str, Path | bytes]]]]:
    """Pictures by kind: the label, the name, and the picture."""
    folder = shared / "data" / "real-digits"
    kinds = defaultdict(list)
    with (folder / "labels.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            kinds[row["kind"]].append(
                (row["label"] if row["kind"] != "several" else "", row["file"], folder / row["file"])
            )
    yield from kinds.items()
    for kind, taken in take_photographs(written_digits(), PER_WRITER):
        yield f"made, {kind}", [(str(label), f"made-{place}", content) for place, (label, content) in enumerate(taken)]


def read(classifier: Classifier, label: str, name: str, source: Path | bytes) -> Reading:
    """Read one picture."""
    try:
        ink = load_image(source)
        (prediction,) = classifier.predict(ink)
        digit, verdict = str(prediction.digit), prediction.verdict
    except ImageError as error:
        ink, digit, verdict = torch.zeros(1, 1, 1, dtype=torch.uint8), "-", str(error)
    return Reading(name.split("-")[0], name, label, digit, verdict, source, ink[0])


def average(readings: Sequence[Reading], is_counted: Callable[[Reading], bool]) -> tuple[float, float]:
    """The share in percent of the pictures that count, and its mean over repositories."""
    groups = defaultdict(list)
    for reading in readings:
        groups[reading.repository].append(is_counted(reading))
    shares = [np.mean(group) for group in groups.values()]
    return 100 * np.mean([is_counted(reading) for reading in readings]), 100 * np.mean(shares)


def sheet(readings: Sequence[Reading]) -> Image.Image:
    """Pictures above their ink and the network's image, captioned."""
    height = 3 * SIDE + 2 * CAPTION + 6
    rows = -(-max(len(readings), 1) // COLUMNS)
    whole = Image.new("RGB", (COLUMNS * (SIDE + 4), rows * height), (120, 160, 200))
    pen = ImageDraw.Draw(whole)
    for place, reading in enumerate(readings):
        left, top = place % COLUMNS * (SIDE + 4), place // COLUMNS * height
        source = reading.source if isinstance(reading.source, Path) else io.BytesIO(reading.source)
        inks = reading.ink, preprocess(reading.ink[None])[0]
        shown = [Image.open(source).convert("RGBA"), *(Image.fromarray(255 - ink.numpy()) for ink in inks)]
        for row, image in enumerate(shown):
            scale = SIDE / max(image.size)
            small = image.resize([max(round(scale * side), 1) for side in image.size], Image.Resampling.BOX)
            whole.paste(small, (left, top + row * (SIDE + 1)), small if small.mode == "RGBA" else None)
        pen.text((left, top + 3 * SIDE + 2), reading.name[:18], fill=0)
        caption = f"{reading.label}: {reading.digit} {reading.verdict}"[:19]
        pen.text((left, top + 3 * SIDE + 2 + CAPTION), caption, fill=0)
    return whole


if __name__ == "__main__":
    sys.exit(main())
