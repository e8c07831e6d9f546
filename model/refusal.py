"""How well the guard tells digits from anything else, measured."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from model.classifier import Classifier
from model.framing import frame
from model.guard import write_all
from model.network import normalise
from model.pen import Stroke
from model.styles import STYLES, load_styles
from model.unipen import draw_somewhere

LETTERS = Path("data/pen-strokes/letters.json.gz")  # in the folder of shared data
UNSEEN = STYLES.with_name("unseen.json")  # what the guard was never shown
LIKE_DIGITS = frozenset("OoDIilSsZzgqbB")  # letters that are written as digits are
SEED = 0


def load_letters(path: Path) -> list[list[Stroke]]:
    """The strokes of all letters of a file that look like no digit.

    Raises:
        OSError: where it can't be read.
        ValueError, KeyError: where it holds something else.
    """
    with gzip.open(path, "rt") as file:
        letters = json.load(file)
    return [
        [[(x, y) for x, y in stroke] for stroke in letter["strokes"] if stroke]
        for letter in letters
        if letter["label"] not in LIKE_DIGITS
    ]


def collect_others(letters: Sequence[Sequence[Stroke]] | None = None, count: int = 1_000) -> dict[str, Tensor]:
    """Framed pictures (N, 28, 28), uint8, of what is no digit: shapes the guard was not shown, and written letters."""
    generator = torch.Generator().manual_seed(SEED)
    shapes = load_styles(UNSEEN)
    kinds = dict.fromkeys(shape.name.replace(",", " ").split()[0] for shape in shapes)
    pictures = {
        kind: write_all([shape for shape in shapes if shape.name.startswith(kind)], count, generator) for kind in kinds
    }
    if letters:
        pictures["letters"] = torch.cat([frame(draw_somewhere(strokes, generator)[None]) for strokes in letters])
    return pictures


def evaluate_guard(classifier: Classifier, digits: Tensor, others: dict[str, Tensor]) -> dict[str, Any] | None:
    """Measure a classifier's guard.

    Args:
        classifier: with or without a guard.
        digits: pictures (N, 28, 28), uint8, that should pass.
        others: the same by kind, that should not.

    Returns:
        digits: share of the digits that is called no digit; lower is better.
        others: by kind, the share called no digit, `refused`, and how well the guard's logit ranks them below the
            digits, `auroc`; higher is better. None for a classifier without a guard.
    """
    if classifier.guard is None:
        return None
    guard, mean, std = classifier.guard, classifier.mean, classifier.std
    of_digits = guard.logits(normalise(digits, mean, std)).sort().values
    result: dict[str, Any] = {"digits": (of_digits < guard.threshold).float().mean().item(), "others": {}}
    for kind, pictures in others.items():
        logits = guard.logits(normalise(pictures, mean, std))
        below = torch.searchsorted(of_digits, logits, right=False) + torch.searchsorted(of_digits, logits, right=True)
        result["others"][kind] = {
            "refused": (logits < guard.threshold).float().mean().item(),
            "auroc": 1 - (below / 2 / len(of_digits)).mean().item(),
        }
    return result
