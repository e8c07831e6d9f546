"""How well networks read, measured side by side on the same drawings."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from model.classifier import Classifier
from model.framing import SIDE, frame
from model.mnist import Digits
from model.network import normalise
from model.pen import PAPER
from model.unipen import Writing, draw_somewhere
from model.usual import USUAL

EXACT = "as MNIST was made"
FRAMINGS: dict[str, Callable[[Tensor], Tensor]] = {EXACT: frame, **USUAL}
SETS = {
    "mnist": "MNIST test set",
    "canvas": "MNIST through the canvas",
    "pen_strokes": "pen strokes of 30 writers",
}
SEED = 0  # of the sizes, places and pens of the drawings
AT_ONCE = 500  # drawings


@dataclass(frozen=True)
class Drawings:
    """Digits to measure on: labels (N,), and pictures (N, 28, 28), uint8, by the framing that made them."""

    labels: Tensor
    pictures: dict[str, Tensor]


def collect(digits: Digits, writings: Sequence[Writing] | None = None) -> dict[str, Drawings]:
    """What to measure on.

    Returns:
        mnist: the 10,000 test digits as they are.
        canvas: the same, enlarged by chance and put somewhere on the page's paper, then framed by every framing.
        pen_strokes: where there are writings, each drawn on the same paper with a pen, in a size and at a place of
            its own, then framed by every framing.
    """
    generator = torch.Generator().manual_seed(SEED)
    papers = (enlarge(images, generator) for images in digits.test_images.split(AT_ONCE))
    drawings = {
        "mnist": Drawings(digits.test_labels, {EXACT: digits.test_images}),
        "canvas": Drawings(digits.test_labels, _framed(papers)),
    }
    if writings:
        labels = torch.tensor([writing.label for writing in writings])
        papers = (
            torch.stack([draw_somewhere(writing.strokes, generator) for writing in writings[start : start + AT_ONCE]])
            for start in range(0, len(writings), AT_ONCE)
        )
        drawings["pen_strokes"] = Drawings(labels, _framed(papers))
    return drawings


def evaluate(classifier: Classifier, drawings: dict[str, Drawings]) -> dict[str, Any]:
    """Measure a classifier.

    Returns:
        recipe: how it was trained, in words.
        test_accuracy: share of MNIST's test digits read correctly, 0 to 1.
        and for each of the drawings: `accuracy`, the share read correctly; the same `per_digit`, 0 to 9; `confusion`,
        ten rows (the digit) of ten counts (what it was read as); `framings`, the accuracy by each framing; and
        `calibration_error`, by how much the probability of the answer misses the share of right answers, on average.
    """
    measured = {name: _measure(classifier, some) for name, some in drawings.items()}
    return {
        "recipe": f"{classifier.recipe.name}: {classifier.recipe}",
        "test_accuracy": measured["mnist"]["accuracy"],
        **measured,
    }


def misread(classifier: Classifier, drawings: Drawings) -> tuple[Tensor, Tensor, Tensor]:
    """What a classifier misreads: the pictures (M, 28, 28), their labels (M,), and what they were read as (M,)."""
    pictures = drawings.pictures[EXACT]
    answers = _probabilities(classifier, pictures).argmax(dim=1)
    wrong = answers != drawings.labels
    return pictures[wrong], drawings.labels[wrong], answers[wrong]


@dataclass(frozen=True)
class Mistakes:
    """What a classifier gets most wrong, the worst first.

    Attributes:
        pictures: (K, 28, 28), uint8.
        labels, answers: (K,), the digit that it is, and the one that it was read as.
        probabilities: (K, 10), of each digit.
    """

    pictures: Tensor
    labels: Tensor
    answers: Tensor
    probabilities: Tensor


def most_wrong(classifier: Classifier, pictures: Tensor, labels: Tensor, count: int = 24) -> Mistakes:
    """Of pictures (N, 28, 28), uint8, the `count` with the highest cross-entropy, the highest first."""
    logits = _logits(classifier, pictures)
    # By the logits: a probability of the right digit that is rounded to 0 would make all of these the same.
    worst = F.cross_entropy(logits, labels, reduction="none").argsort(descending=True, stable=True)[:count]
    return Mistakes(pictures[worst], labels[worst], logits[worst].argmax(dim=1), F.softmax(logits[worst], dim=1))


def confusion(classifier: Classifier, pictures: Tensor, labels: Tensor) -> Tensor:
    """What is taken for what: (10, 10) counts, a row for each digit, a column for each answer."""
    return _confusion(_logits(classifier, pictures).argmax(dim=1), labels)


def enlarge(images: Tensor, generator: torch.Generator) -> Tensor:
    """Put pictures (N, 28, 28), uint8, enlarged 2 to 5 times, somewhere on paper: ink (N, PAPER, PAPER), uint8."""
    factor, *place = torch.rand(3, len(images), generator=generator)
    factor = 2 + 3 * factor
    # On the scale of -1 to 1, which paper pixel shows which of the picture.
    zoom = PAPER / (SIDE * factor)  # (N,)
    right, down = ((2 * share - 1) * (zoom - 1) for share in place)
    zero = torch.zeros(len(images))
    theta = torch.stack([zoom, zero, right, zero, zoom, down], dim=1).view(-1, 2, 3)
    grid = F.affine_grid(theta, [len(images), 1, PAPER, PAPER], align_corners=False)
    return F.grid_sample(images[:, None].float(), grid, align_corners=False)[:, 0].round().byte()


def _framed(papers: Iterable[Tensor]) -> dict[str, Tensor]:
    parts = [{name: framing(ink) for name, framing in FRAMINGS.items()} for ink in papers]
    return {name: torch.cat([part[name] for part in parts]) for name in FRAMINGS}


def table(results: Sequence[dict[str, Any]]) -> str:
    """Results side by side, for people: shares in percent, then by digit, then what is taken for what."""
    names = [result["recipe"].split(":")[0] for result in results]
    lines = [_row("read correctly, %", names)]
    for key, title in SETS.items():
        if key not in results[0]:
            lines.append(f"{title}: skipped, as they are not on this machine")
            continue
        lines.append(_row(title, [result[key]["accuracy"] for result in results]))
        if len(results[0][key]["framings"]) > 1:
            lines += [
                _row(f"    {name}", [result[key]["framings"][name] for result in results])
                for name in FRAMINGS
                if name != EXACT
            ]
    lines += ["", _row("calibration error", names)]
    lines += [
        _row(title, [result[key]["calibration_error"] for result in results])
        for key, title in SETS.items()
        if key in results[0]
    ]
    guarded = [result for result in results if result.get("guard")]
    if guarded:
        lines += ["", _row("called not a digit", [result["recipe"].split(":")[0] for result in guarded])]
        lines.append(_row("digits", [result["guard"]["digits"] for result in guarded]))
        for kind in guarded[0]["guard"]["others"]:
            lines.append(_row(kind, [result["guard"]["others"][kind]["refused"] for result in guarded]))
            lines.append(_row("    AUROC", [f"{result['guard']['others'][kind]['auroc']:.3f}" for result in guarded]))
    for key, title in SETS.items():
        if key in results[0]:
            lines += ["", _row(f"{title}, by digit", names)]
            lines += [
                _row(f"    {digit}", [result[key]["per_digit"][digit] for result in results]) for digit in range(10)
            ]
            for name, result in zip(names, results, strict=True):
                lines += ["", f"{title}, {name}: a row for each digit, a column for each answer"]
                lines += ["    " + "".join(f"{count:6}" for count in row) for row in result[key]["confusion"]]
    return "\n".join(lines)


def _row(title: str, cells: Sequence[str | float]) -> str:
    return f"{title:<36}" + "".join(f"  {cell if isinstance(cell, str) else f'{cell:.2%}':>18}" for cell in cells)


def _measure(classifier: Classifier, drawings: Drawings) -> dict[str, Any]:
    probabilities = {name: _probabilities(classifier, pictures) for name, pictures in drawings.pictures.items()}
    answers = {name: rows.argmax(dim=1) for name, rows in probabilities.items()}
    counts = _confusion(answers[EXACT], drawings.labels)
    right = counts.diagonal()
    return {
        "accuracy": right.sum().item() / len(drawings.labels),
        "per_digit": (right / counts.sum(dim=1).clamp(min=1)).tolist(),
        "confusion": counts.tolist(),
        "calibration_error": calibration_error(probabilities[EXACT], drawings.labels),
        "framings": {name: (answer == drawings.labels).sum().item() / len(answer) for name, answer in answers.items()},
    }


def _confusion(answers: Tensor, labels: Tensor) -> Tensor:
    """How often each digit (rows) was read as each (columns): (10, 10), int64."""
    return torch.bincount(10 * labels + answers, minlength=100).view(10, 10)


def _logits(classifier: Classifier, pictures: Tensor) -> Tensor:
    with torch.inference_mode():
        return classifier.network(normalise(pictures, classifier.mean, classifier.std))


def _probabilities(classifier: Classifier, pictures: Tensor) -> Tensor:
    """The probability of each digit: (N, 10)."""
    return F.softmax(_logits(classifier, pictures), dim=1)


def calibration_error(probabilities: Tensor, labels: Tensor, bins: int = 15) -> float:
    """Expected calibration error of the likeliest answers, in bins of equal width (C. Guo et al., ICML 2017)."""
    confidence, answers = probabilities.max(dim=1)
    place = (confidence * bins).long().clamp(max=bins - 1)
    surplus = confidence - (answers == labels).float()
    return (torch.zeros(bins).index_add(0, place, surplus).abs().sum() / len(labels)).item()
