"""Digits at random places on the page's canvas, as visitors draw them: from pen strokes, and from MNIST's images."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from model.data.pen import CANVAS_SIDE, Stroke, draw
from model.data.strokes import PENDIGITS, load_drawings
from model.preprocessing import SIDE

# The smallest and the largest, as shares of the canvas:
SIZES = (0.35, 0.85)
PEN_WIDTHS = (0.05, 0.09)
FACTORS = (2.0, 5.0)  # by which images are enlarged

BATCH = 16  # images at once: small enough for the processor's cache


class WrittenDigit(NamedTuple):
    """A digit as pen strokes, of any scale, and who wrote it."""

    label: int
    strokes: list[Stroke]
    writer: int


def written_digits(source: int = PENDIGITS) -> list[WrittenDigit]:
    """The digits of a source's validation writers, on whose writing nothing is trained."""
    drawings = load_drawings()
    some = drawings[drawings.is_validation & drawings.are_digits & (drawings.sources == source)]
    return list(map(WrittenDigit, some.digits.tolist(), some.polylines(), some.writers.tolist()))


def place_strokes(strokes: Sequence[Stroke], generator: torch.Generator) -> Tensor:
    """Draw strokes of any scale in a random size, at a random place, with a random pen: ink (140, 140), uint8."""
    size, pen, right, down = torch.rand(4, generator=generator, dtype=torch.float64).tolist()
    size = CANVAS_SIDE * (SIZES[0] + size * (SIZES[1] - SIZES[0]))
    pen = CANVAS_SIDE * (PEN_WIDTHS[0] + pen * (PEN_WIDTHS[1] - PEN_WIDTHS[0]))
    xs, ys = zip(*(point for stroke in strokes for point in stroke), strict=True)
    x0, width = min(xs), max(xs) - min(xs)
    y0, height = min(ys), max(ys) - min(ys)
    scale = size / max(width, height, 1e-9)
    left = pen / 2 + right * (CANVAS_SIDE - pen - width * scale)
    top = pen / 2 + down * (CANVAS_SIDE - pen - height * scale)
    return draw([[((x - x0) * scale + left, (y - y0) * scale + top) for x, y in stroke] for stroke in strokes], pen)


def place_images(images: Tensor, generator: torch.Generator) -> Tensor:
    """Enlarge images (N, 28, 28), uint8, by random factors and put them at random places: ink (N, 140, 140), uint8."""
    factor, *place = torch.rand(3, len(images), generator=generator)
    factor = FACTORS[0] + (FACTORS[1] - FACTORS[0]) * factor
    # On the scale of -1 to 1, which pixel of the canvas shows which of the image.
    zoom = CANVAS_SIDE / (SIDE * factor)  # (N,)
    right, down = ((2 * share - 1) * (zoom - 1) for share in place)
    zero = torch.zeros(len(images))
    theta = torch.stack([zoom, zero, right, zero, zoom, down], dim=1).view(-1, 2, 3)
    batches = zip(images[:, None].float().split(BATCH), theta.split(BATCH), strict=True)
    return torch.cat([_transform(*batch) for batch in batches])


def _transform(images: Tensor, theta: Tensor) -> Tensor:
    grid = F.affine_grid(theta, [len(images), 1, CANVAS_SIDE, CANVAS_SIDE], align_corners=False)
    return F.grid_sample(images, grid, align_corners=False)[:, 0].round().byte()
