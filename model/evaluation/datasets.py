"""The images that classifiers are measured on: digits, and what is not a digit."""

import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from model.data.canvas import place_images, place_strokes
from model.data.pen import Stroke
from model.data.styles import load_styles, write_evenly
from model.data.unipen import WrittenDigit
from model.evaluation.preprocessing_baselines import BASELINES
from model.paths import UNSEEN
from model.preprocessing import preprocess

EXACT = "as MNIST was made"
TITLES = {
    "mnist": "MNIST test set",
    "canvas": "MNIST through the canvas",
    "pen_strokes": "pen strokes of 30 writers",
}
LIKE_DIGITS = frozenset("OoDIilSsZzgqbB")  # letters that are written as digits are
NEGATIVES_OF_A_KIND = 1_000
SEED = 0  # of sizes, places, pens and variations
BATCH = 500  # drawings at once

Ways = dict[str, Callable[[Tensor], Tensor]]  # of preprocessing


@dataclass(frozen=True)
class DataSet:
    """Digits to measure on: labels (N,), and images (N, 28, 28), uint8, by the preprocessing that made them."""

    labels: Tensor
    by_preprocessing: dict[str, Tensor]

    @property
    def images(self) -> Tensor:
        """The images of the exact preprocessing."""
        return self.by_preprocessing[EXACT]


def collect_digits(
    images: Tensor, labels: Tensor, written: Sequence[WrittenDigit] = (), baselines: bool = True
) -> dict[str, DataSet]:
    """The data sets of digits, by their keys in TITLES.

    Args:
        images, labels: MNIST's test digits (N, 28, 28), uint8, and (N,), int64: measured as they are, and placed on the
            canvas at random, then preprocessed.
        written: digits as pen strokes, each drawn on the canvas at random, then preprocessed.
        baselines: whether to preprocess in the common ways, too.
    """
    ways: Ways = {EXACT: preprocess, **(BASELINES if baselines else {})}
    generator = torch.Generator().manual_seed(SEED)
    placed = (place_images(batch, generator) for batch in images.split(BATCH))
    data_sets = {"mnist": DataSet(labels, {EXACT: images}), "canvas": DataSet(labels, _preprocessed(placed, ways))}
    if written:
        drawn = _draw([digit.strokes for digit in written], generator)
        written_labels = torch.tensor([digit.label for digit in written])
        data_sets["pen_strokes"] = DataSet(written_labels, _preprocessed(drawn, ways))
    return data_sets


def _draw(drawings: Sequence[Sequence[Stroke]], generator: torch.Generator) -> Iterator[Tensor]:
    for start in range(0, len(drawings), BATCH):
        yield torch.stack([place_strokes(strokes, generator) for strokes in drawings[start : start + BATCH]])


def _preprocessed(canvases: Iterable[Tensor], ways: Ways) -> dict[str, Tensor]:
    batches = [{name: way(ink) for name, way in ways.items()} for ink in canvases]
    return {name: torch.cat([batch[name] for batch in batches]) for name in ways}


def load_letters(path: Path) -> list[list[Stroke]]:
    """The strokes of all letters of a file that do not look like digits.

    Raises:
        OSError: if it can't be read.
        ValueError, KeyError: if it holds something else.
    """
    with gzip.open(path, "rt") as file:
        letters = json.load(file)
    return [
        [[(x, y) for x, y in stroke] for stroke in letter["strokes"] if stroke]
        for letter in letters
        if letter["label"] not in LIKE_DIGITS
    ]


def collect_negatives(letters: Sequence[Sequence[Stroke]] = ()) -> dict[str, Tensor]:
    """Images (N, 28, 28), uint8, of what is not a digit, by kind: unseen shapes, and letters."""
    generator = torch.Generator().manual_seed(SEED)
    shapes = load_styles(UNSEEN)
    images = {
        kind: write_evenly([shape for shape in shapes if shape.kind == kind], NEGATIVES_OF_A_KIND, generator)
        for kind in dict.fromkeys(shape.kind for shape in shapes if shape.kind)
    }
    if letters:
        images["letters"] = torch.cat([preprocess(ink) for ink in _draw(letters, generator)])
    return images
