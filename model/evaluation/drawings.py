"""Images of what the validation writers drew, to measure on: nothing is trained on anything they wrote."""

import torch
from torch import Tensor

from model.data.strokes import PENDIGITS, TEMPLATES, UNIPEN, Drawings, draw, load_drawings

TIMES = 2  # that each drawing is drawn, with different pens
SEED = 0


def validation_digits() -> dict[str, tuple[Tensor, Tensor]]:
    """By title, images (N, 28, 28), uint8, of digits, and their labels (N,)."""
    drawings = load_drawings()
    digits = drawings[drawings.is_validation & drawings.are_digits]
    sources = {"UNIPEN": digits[digits.sources == UNIPEN], "pendigits": digits[digits.sources == PENDIGITS]}
    return {
        f"pen strokes, {name}, {len(some.writers.unique())} other writers": (_images(some), some.digits.repeat(TIMES))
        for name, some in sources.items()
    }


def validation_negatives() -> dict[str, Tensor]:
    """By title, images (N, 28, 28), uint8, of what is no digit."""
    drawings = load_drawings()
    negatives = drawings[drawings.is_validation & ~drawings.are_digits & ~drawings.like_digits]
    are_letters = torch.tensor([chr(label).isalpha() for label in negatives.labels.tolist()])
    are_shapes = negatives.sources == TEMPLATES
    return {
        "letters by other writers": _images(negatives[are_letters]),
        "symbols by other writers": _images(negatives[~are_letters & ~are_shapes]),
        "shapes that are never trained on": _images(negatives[are_shapes], varied=True, times=100),
    }


def _images(drawings: Drawings, varied: bool = False, times: int = TIMES) -> Tensor:
    every = torch.arange(len(drawings)).repeat(times)
    return draw(drawings[every], torch.Generator().manual_seed(SEED), varied)
