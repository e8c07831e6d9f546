"""How well classifiers predict drawings, photographs and what is no digit: python -m tests.benchmarks.recognition

Beyond what `python -m model evaluate` measures: MNIST placed on the canvas at random, pen strokes by other ways of
preprocessing, photographs made from pen strokes, and the rejection of what is no digit, by kind.
"""

import argparse
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from model import checkpoint, runtime
from model.classifier import Classifier
from model.data.mnist import load_mnist
from model.data.pen import Stroke
from model.evaluation.drawings import validation_negatives
from model.evaluation.report import evaluate, table
from model.paths import PRETRAINED
from model.preprocessing import SIDE, preprocess
from tests.benchmarks.canvas import place_images, place_strokes, written_digits
from tests.benchmarks.photographs import image_of, take_photographs

SEED = 0  # of sizes, places, pens and variations
BATCH = 500  # drawings at once


def resize_canvas(ink: Tensor) -> Tensor:
    """The whole canvas (N, H, W), resized: (N, 28, 28), uint8."""
    resized = F.interpolate(ink[:, None].float(), size=(SIDE, SIDE), mode="bilinear", antialias=True)
    return resized[:, 0].round().clamp(0, 255).byte()


def crop(drawing: Tensor, factor: float = 1.0, margin: float = 0.0) -> Tensor:
    """The bounding box of a drawing's ink (H, W), made square and larger, centered: (1, 28, 28), uint8."""
    rows, columns = (drawing.amax(dim=axis).nonzero()[:, 0].tolist() for axis in (1, 0))
    if not rows:
        return torch.zeros(1, SIDE, SIDE, dtype=torch.uint8)
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    height, width = bottom - top, right - left
    side = round(max(height, width) * factor + margin)
    square = torch.zeros(side, side, dtype=torch.uint8)
    down, across = (side - height) // 2, (side - width) // 2
    square[down : down + height, across : across + width] = drawing[top:bottom, left:right]
    return resize_canvas(square[None])


# Common ways from a canvas to 28 x 28, as demos of this kind have them.
BASELINES: dict[str, Callable[[Tensor], Tensor]] = {
    "bounding box x 1.2": lambda ink: torch.cat([crop(drawing, factor=1.2) for drawing in ink]),
    "bounding box + 20 px": lambda ink: torch.cat([crop(drawing, margin=20 / 280 * len(drawing)) for drawing in ink]),
    "whole canvas, resized": resize_canvas,
}


def draw_placed(drawings: Sequence[Sequence[Stroke]], generator: torch.Generator) -> Iterator[Tensor]:
    """Drawings on the canvas at random, (BATCH, 140, 140), uint8, at once."""
    for start in range(0, len(drawings), BATCH):
        yield torch.stack([place_strokes(strokes, generator) for strokes in drawings[start : start + BATCH]])


def preprocessed(canvases: Iterable[Tensor], way: Callable[[Tensor], Tensor] = preprocess) -> Tensor:
    """Canvases to images (N, 28, 28), uint8."""
    return torch.cat([way(ink) for ink in canvases])


def collect_digits(data: Path | None) -> dict[str, tuple[Tensor, Tensor]]:
    """The data sets of digits by title: images (N, 28, 28), uint8, and labels (N,)."""
    generator = torch.Generator().manual_seed(SEED)
    mnist = load_mnist(data)
    images, labels = mnist.test_images, mnist.test_labels
    placed = preprocessed(place_images(batch, generator) for batch in images.split(BATCH))
    digits = {"MNIST test set": (images, labels), "MNIST through the canvas": (placed, labels)}
    written = written_digits()
    labels = torch.tensor([digit.label for digit in written])
    drawn = list(draw_placed([digit.strokes for digit in written], generator))
    for title, way in {"as MNIST was made": preprocess, **BASELINES}.items():
        digits[f"pen strokes, {title}"] = preprocessed(drawn, way), labels
    for kind, taken in take_photographs(written):
        photographed = torch.tensor([label for label, _ in taken])
        digits[f"photographs, {kind}"] = torch.cat([image_of(content) for _, content in taken]), photographed
    return digits


def auroc(classifier: Classifier, digits: Tensor, negatives: Tensor) -> float:
    """How often the detector's logit is higher for a digit than for a negative; ties count half.

    The Mann-Whitney U statistic divided by N M (J. A. Hanley and B. J. McNeil, Radiology 143, 1982).
    """
    ranked, others = (classifier.detector.logits(images) for images in (digits, negatives))
    ranked = ranked.sort().values
    below = torch.searchsorted(ranked, others, right=False) + torch.searchsorted(ranked, others, right=True)
    return 1 - (below / 2 / len(ranked)).mean().item()


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoints", nargs="*", type=Path, default=[PRETRAINED])
    parser.add_argument("--data", type=Path)
    arguments = parser.parse_args()
    runtime.configure()
    classifiers = [checkpoint.load(path) for path in arguments.checkpoints]
    digits, negatives = collect_digits(arguments.data), validation_negatives()
    print(table([evaluate(classifier, digits, negatives) for classifier in classifiers]))
    strokes, _ = digits["pen strokes, as MNIST was made"]
    for kind, images in negatives.items():
        figures = [auroc(classifier, strokes, images) for classifier in classifiers if classifier.detector]
        print(f"AUROC of pen strokes and {kind:<20}" + "".join(f"{figure:8.3f}" for figure in figures))


if __name__ == "__main__":
    main()
