"""Drawings that people made with a pen, as strokes: digits beside MNIST's to train on, and letters and symbols, which
are none.

MNIST was written by Americans: it has no crossed 7, no 1 with a foot, no 9 with a curled tail. assets/data/strokes.npz
holds what hundreds of people wrote on tablets, and templates of shapes that these people lack. A part of the people is
held out for validation: nothing is trained on what they wrote. assets/data/strokes.md describes the file.

To train on, a drawing is drawn many times, never twice the same, with pens of many widths, and preprocessed like any
other drawing.
"""

from dataclasses import dataclass
from functools import cache
from threading import Event

import numpy as np
import torch
from torch import Tensor

from model.data.pen import Stroke, draw_lines
from model.paths import STROKES
from model.preprocessing import BOX, SIDE, preprocess

UNIPEN, PENDIGITS, TEMPLATES = range(3)  # sources
# Symbols and letters that may well be written as digits are. They are neither trained on nor measured.
LIKE_DIGITS = frozenset("|/\\()[]{}!.,'\"`OoDIilSsZzgqbB")

# Of each digit, drawings of the file that are well legible, and written in different ways.
SAMPLES = (
    (4376, 2859, 5806),
    (6339, 3904, 1531),
    (2276, 6030, 4853),
    (3905, 6319, 2182),
    (3507, 5736, 6466),
    (2220, 4811, 6548),
    (5217, 3081, 2728),
    (6498, 2737, 5419),
    (2053, 4061, 4558),
    (2461, 6791, 4904),
)

DIGIT_WEIGHT, SHAPE_WEIGHT = 10, 30  # times as often as a person's drawing, a template of a digit or of none is drawn
PEN_WIDTHS = (0.05, 0.20)  # thinnest and widest pen, as a share of the drawing's longer side
BATCH = 512  # drawings at once

# How a drawing varies, as standard deviations; lengths are shares of its longer side:
SLANT, ROTATION = 0.24, 0.12  # tangent of an angle, and radians
WIDTH, HEIGHT = 0.22, 0.12  # natural logarithm of the factor
STROKE_SCALE, STROKE_SHIFT = 0.08, 0.035  # of each stroke for itself: logarithm of the factor, and length
WAVE, SWING = 3.0, 0.05  # of a slow bending: radians along the longer side, and length


@dataclass(frozen=True)
class Drawings:
    """Drawings of up to L points.

    Attributes:
        labels: (N,), the Unicode code point of what was written; 0 for a template of what is no character.
        sources: (N,), UNIPEN, PENDIGITS or TEMPLATES.
        writers: (N,), numbers, which mean something within a source.
        is_validation: (N,), bool: held out of every training.
        sizes: (N,), how many points a drawing has.
        points: (N, L, 2), uint8: x to the right, y down, 255 for the longer side; the last one fills up the row.
        strokes: (N, L), uint8: which of the drawing's strokes a point belongs to.
    """

    labels: Tensor
    sources: Tensor
    writers: Tensor
    is_validation: Tensor
    sizes: Tensor
    points: Tensor
    strokes: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, which: Tensor) -> "Drawings":
        return Drawings(**{name: values[which] for name, values in vars(self).items()})

    @property
    def digits(self) -> Tensor:
        """(N,), int64: 0 to 9, and something else for what is no digit."""
        return self.labels - ord("0")

    @property
    def are_digits(self) -> Tensor:
        """(N,), bool."""
        return (self.digits >= 0) & (self.digits <= 9)

    @property
    def like_digits(self) -> Tensor:
        """(N,), bool: whether the character may well be written as a digit is."""
        return torch.isin(self.labels, torch.tensor([ord(character) for character in LIKE_DIGITS]))

    def polylines(self) -> list[list[Stroke]]:
        """Each drawing's strokes, as sequences of points (x, y) on the scale of 0 to 255."""
        drawings = zip(self.points.tolist(), self.strokes.tolist(), self.sizes.tolist(), strict=True)
        return [
            [
                [(x, y) for (x, y), stroke in zip(points[:size], strokes, strict=False) if stroke == number]
                for number in range(strokes[-1] + 1)
            ]
            for points, strokes, size in drawings
        ]


@cache
def load_drawings() -> Drawings:
    """All drawings that ship."""
    with np.load(STROKES) as file:
        array = {name: torch.from_numpy(file[name].astype(np.int64)) for name in file.files if name != "steps"}
        points = torch.from_numpy(np.cumsum(file["steps"], axis=0, dtype=np.uint8))  # each step is modulo 256
    drawing = torch.arange(len(array["labels"])).repeat_interleave(array["stroke_counts"])  # of each stroke
    sizes = torch.zeros_like(array["labels"]).index_add(0, drawing, array["stroke_sizes"])
    first_stroke = array["stroke_counts"].cumsum(0) - array["stroke_counts"]
    stroke = torch.arange(len(drawing)) - first_stroke[drawing]  # in its drawing
    stroke = stroke.repeat_interleave(array["stroke_sizes"]).byte()  # of each point
    columns = torch.arange(int(sizes.max())).minimum(sizes[:, None] - 1)
    places = (sizes.cumsum(0) - sizes)[:, None] + columns  # (N, L)
    return Drawings(
        labels=array["labels"],
        sources=array["sources"],
        writers=array["writers"],
        is_validation=array["is_validation"].bool(),
        sizes=sizes,
        points=points[places],
        strokes=stroke[places],
    )


def samples() -> list[Drawings]:
    """Three drawings of each digit, 0 to 9, to show."""
    drawings = load_drawings()
    return [drawings[torch.tensor(positions)] for positions in SAMPLES]


def training_digits(count: int, generator: torch.Generator, cancelled: Event | None = None) -> tuple[Tensor, Tensor]:
    """Images (count, 28, 28), uint8, of the training digits, by people and of templates; and labels (count,), int64."""
    drawings = load_drawings()
    chosen = _at_random(drawings[~drawings.is_validation & drawings.are_digits], count, generator)
    return draw(chosen, generator, cancelled=cancelled), chosen.digits


def training_negatives(count: int, generator: torch.Generator, cancelled: Event | None = None) -> Tensor:
    """Images (count, 28, 28), uint8, of what is no digit, to train on: letters, symbols and templates."""
    drawings = load_drawings()
    negatives = drawings[~drawings.is_validation & ~drawings.are_digits & ~drawings.like_digits]
    return draw(_at_random(negatives, count, generator), generator, cancelled=cancelled)


def _at_random(drawings: Drawings, count: int, generator: torch.Generator) -> Drawings:
    """That many of the drawings, each as likely as any other, but for the templates."""
    template_weights = torch.where(drawings.are_digits, DIGIT_WEIGHT, SHAPE_WEIGHT)
    weights = torch.where(drawings.sources == TEMPLATES, template_weights, 1.0)
    return drawings[weights.multinomial(count, replacement=True, generator=generator)]


def draw(drawings: Drawings, generator: torch.Generator, varied: bool = True, cancelled: Event | None = None) -> Tensor:
    """Draw each drawing with a random pen, and as others would write it: images (N, 28, 28), uint8.

    Raises:
        InterruptedError: soon after `cancelled` is set, which another thread may do.
    """
    images = torch.empty(len(drawings), SIDE, SIDE, dtype=torch.uint8)
    for part in drawings.sizes.argsort(stable=True).split(BATCH):  # those of a batch have about as many points
        if cancelled and cancelled.is_set():
            raise InterruptedError
        some = drawings[part]
        longest = int(some.sizes.max())
        points, strokes = some.points[:, :longest] / 255, some.strokes[:, :longest].long()
        points = vary(points, strokes, generator) if varied else points
        images[part] = preprocess(_draw(points, strokes, generator))
    return images


def vary(points: Tensor, strokes: Tensor, generator: torch.Generator) -> Tensor:
    """Drawings as others would write them.

    Args:
        points: (N, L, 2).
        strokes: (N, L), int64, which stroke each point belongs to.
    """

    def normal(*shape: int) -> Tensor:
        return torch.randn(len(points), *shape, generator=generator)

    # Each stroke is scaled and shifted for itself.
    count = int(strokes.max()) + 1
    stroke = strokes[:, :, None].expand(-1, -1, 2)
    centers = torch.zeros(len(points), count, 2).scatter_reduce(1, stroke, points, "mean", include_self=False)
    scales, shifts = (STROKE_SCALE * normal(count, 2)).exp(), STROKE_SHIFT * normal(count, 2)
    points = (points - centers.gather(1, stroke)) * scales.gather(1, stroke) + (centers + shifts).gather(1, stroke)
    # A slow wave moves neighboring points alike: what touched still touches.
    points = points + torch.sin(points @ (WAVE * normal(2, 3)) + 3 * normal(1, 3)) @ (SWING * normal(3, 2))
    width, height, slant, angle = normal(4).unbind(dim=1)
    width, height, slant = (WIDTH * width).exp(), (HEIGHT * height).exp(), SLANT * slant
    cos, sin = (ROTATION * angle).cos(), (ROTATION * angle).sin()
    # What is higher up (y is down) leans to the right.
    rows = [width * cos, width * sin, -height * (slant * cos + sin), height * (cos - slant * sin)]
    return points @ torch.stack(rows, dim=1).view(-1, 2, 2)


def _draw(points: Tensor, strokes: Tensor, generator: torch.Generator) -> Tensor:
    """Draw points (N, L, 2) on canvases that they fill, each with its own pen: ink (N, 20, 20), uint8.

    The canvas is the box that preprocessing resizes to, so it has nothing to resize.
    """
    low, high = points.amin(dim=1, keepdim=True), points.amax(dim=1, keepdim=True)
    extent = (high - low).amax(dim=2, keepdim=True).clamp(min=1e-6)  # (N, 1, 1)
    thinnest, widest = PEN_WIDTHS
    pen = thinnest * (widest / thinnest) ** torch.rand(len(points), 1, 1, generator=generator)  # shares of the extent
    scale = BOX / (extent * (1 + pen))
    starts = (points - (low + high) / 2) * scale + BOX / 2
    continues = (strokes[:, 1:] == strokes[:, :-1])[:, :, None]
    ends = torch.cat([torch.where(continues, starts[:, 1:], starts[:, :-1]), starts[:, -1:]], dim=1)
    return draw_lines(starts, ends, (pen * extent * scale).flatten(), BOX)
