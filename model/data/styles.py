"""Handwriting that MNIST lacks: templates of digits in other styles, each written many times with natural variation.

MNIST was written by Americans: it has no crossed 7, no 1 with a foot, no 9 with a curled tail. Each template in
assets/data/styles.json is one way to write a digit, as a few points a stroke. To train on, it is written many times,
never twice the same, with pens of many widths, and preprocessed like any other drawing.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import torch
from torch import Tensor

from model.data.pen import draw_polylines
from model.paths import STYLES
from model.preprocessing import preprocess

CANVAS_SIDE = 42  # pixels: two for each of the 20 that a digit is resized to, and room for the pen around it
PEN_WIDTHS = (0.045, 0.20)  # thinnest and widest pen, as a share of the digit's longer side
STRAIGHT = 4  # one in so many joins the points by straight lines, as haste and a mouse do

# How handwriting varies, as standard deviations:
SLANT, SLANTS = 0.12, 0.24  # to the right: the mean, and the deviation from it: tangent of the angle
ROTATION = 0.12  # radians
WIDTH, HEIGHT = 0.22, 0.12  # natural logarithm of the factor
STROKE_SCALE, STROKE_SHIFT = 0.08, 2.5  # of each stroke for itself: logarithm of the factor, and hundredths
POINT_SHIFT = 2.5  # of each point for itself, in hundredths
WAVE, SWING = 0.03, 4.0  # of a slow bending: radians a hundredth (one to several digits a wave), and hundredths
TREMOR = 0.7  # of a few writers, in hundredths


@dataclass(frozen=True)
class Style:
    """A template: one way to write a digit, a letter or a symbol.

    Attributes:
        name: what people call it.
        label: the digit, 0 to 9; None for what is not a digit.
        strokes: each a sequence of points (x, y), x to the right, y down, in hundredths of a digit's usual height.
            The pen runs through them in a smooth curve; at a point given twice in a row it turns a corner.
        kind: the group that it is measured in, where a file has groups.
    """

    name: str
    label: int | None
    strokes: tuple[tuple[tuple[float, float], ...], ...]
    kind: str | None = None

    def curves(self, detail: int = 4) -> list[list[tuple[float, float]]]:
        """The strokes as polylines, with `detail` lines from each point to the next: to draw it without variation."""
        curves = [catmull_rom_matrix(stroke, detail) @ torch.tensor(stroke).float() for stroke in self.strokes]
        return [[(x, y) for x, y in curve.tolist()] for curve in curves]


def load_styles(path: Path = STYLES) -> list[Style]:
    """All templates of a file, in its order."""
    return [
        Style(
            name=entry["name"],
            label=entry.get("label"),
            strokes=tuple(tuple((float(x), float(y)) for x, y in stroke) for stroke in entry["strokes"]),
            kind=entry.get("kind"),
        )
        for entry in json.loads(path.read_text(encoding="utf-8"))
    ]


def write_styles(styles: Sequence[Style], count: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Write `count` digits in the given styles, each style as often as any other.

    Returns:
        As `write_each`; the same seed gives the same images.
    """
    return write_each(styles, style_counts(styles, count), torch.Generator().manual_seed(seed))


def style_counts(styles: Sequence[Style], count: int) -> list[int]:
    """How often to write each of the styles for `count` images: as often as any other.

    So a digit that people write in many ways is written more often: it is the one that is misread most.
    """
    ends = [round(count * number / len(styles)) for number in range(len(styles) + 1)]
    return [end - start for start, end in pairwise(ends)]


def write_each(styles: Sequence[Style], counts: Sequence[int], generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Write each style as often as its count says.

    Returns:
        Preprocessed images (N, 28, 28), uint8, and their labels (N,), int64, in the order of the styles.
    """
    images = [preprocess(write_ink(style, count, generator)) for style, count in zip(styles, counts, strict=True)]
    labels = torch.tensor([style.label for style in styles])
    return torch.cat(images), labels.repeat_interleave(torch.tensor(counts))


def write_evenly(styles: Sequence[Style], count: int, generator: torch.Generator) -> Tensor:
    """Write about `count` images, each style as often as any other: (N, 28, 28), uint8."""
    each = -(-count // len(styles))
    return torch.cat([preprocess(write_ink(style, each, generator)) for style in styles])


def write_ink(style: Style, count: int, generator: torch.Generator) -> Tensor:
    """One style written `count` times: ink (count, 42, 42), uint8."""
    straight = count // STRAIGHT
    parts = ((1, straight), (2, count - straight))
    return torch.cat([draw_filling(vary(style, detail, part, generator), generator) for detail, part in parts])


def draw_filling(strokes: Sequence[Tensor], generator: torch.Generator) -> Tensor:
    """Draw strokes (N, Q, 2) of any size on canvases that they fill, each with its own pen: ink (N, 42, 42), uint8."""
    points = torch.cat(list(strokes), dim=1)
    low, high = points.amin(dim=1, keepdim=True), points.amax(dim=1, keepdim=True)
    extent = (high - low).amax(dim=2, keepdim=True)  # (N, 1, 1)
    thinnest, widest = PEN_WIDTHS
    pen = thinnest * (widest / thinnest) ** torch.rand(len(points), 1, 1, generator=generator)  # shares of the extent
    scale = (CANVAS_SIDE - 2) / (extent * (1 + pen))
    widths = pen * extent * scale
    placed = [(stroke - low) * scale + (1 + widths / 2) for stroke in strokes]
    return draw_polylines(placed, widths.flatten(), CANVAS_SIDE)


def vary(style: Style, detail: int, count: int, generator: torch.Generator) -> list[Tensor]:
    """The strokes of a style as `count` writers would write them: each (count, Q, 2), in hundredths."""

    def normal(*shape: int) -> Tensor:
        return torch.randn(count, *shape, generator=generator)

    template = torch.tensor([point for stroke in style.strokes for point in stroke])
    middle = (template.amin(dim=0) + template.amax(dim=0)) / 2
    affine = random_affine(normal(4))  # (N, 2, 2)
    waves, phases, swings = WAVE * normal(3, 2), 3 * normal(3), SWING * normal(3, 2)
    tremor = TREMOR * normal(1, 1).square().clamp(max=5)

    strokes = []
    for stroke in style.strokes:
        points = torch.tensor(stroke) - middle  # (P, 2)
        # Each stroke is scaled and shifted for itself, and so is each of its points; the two of a corner stay together.
        scale, shift = (STROKE_SCALE * normal(1, 2)).exp(), STROKE_SHIFT * normal(1, 2)
        point_shift = POINT_SHIFT * normal(len(points), 2)
        for corner in _corners(stroke):
            point_shift[:, corner] = point_shift[:, corner - 1]
        center = points.mean(dim=0)
        points = (points - center) * scale + center + shift + point_shift  # (N, P, 2)
        # A slow wave moves neighboring points alike: what was smooth stays smooth, what touched still touches.
        points = points + torch.sin(points @ waves.transpose(1, 2) + phases[:, None]) @ swings
        points = catmull_rom_matrix(stroke, detail) @ points  # (N, Q, 2)
        strokes.append((points + tremor * normal(points.shape[1], 2)) @ affine)
    return strokes


def random_affine(normal: Tensor) -> Tensor:
    """Matrices (N, 2, 2), to multiply points by, that scale, slant and rotate: from standard normal numbers (N, 4)."""
    width, height, slant, angle = normal.unbind(dim=1)
    width, height, slant = (WIDTH * width).exp(), (HEIGHT * height).exp(), SLANT + SLANTS * slant
    cos, sin = (ROTATION * angle).cos(), (ROTATION * angle).sin()
    # What is higher up (y is down) leans to the right.
    rows = [width * cos, width * sin, -height * (slant * cos + sin), height * (cos - slant * sin)]
    return torch.stack(rows, dim=1).view(-1, 2, 2)


def catmull_rom_matrix(stroke: Sequence[tuple[float, float]], detail: int) -> Tensor:
    """The matrix (Q, P), float32, that takes a stroke's P points to Q points of the smooth curve through them.

    It is a Catmull-Rom spline (E. Catmull and R. Rom, 1974); at a corner one ends and the next begins.
    """
    neighbors = []
    for start, end in pairwise([0, *_corners(stroke), len(stroke)]):
        neighbors += [
            [min(max(index + step, start), end - 1) for step in (-1, 0, 1, 2)] for index in range(start, end - 1)
        ]
    unit = torch.eye(len(stroke))
    points = unit[torch.tensor(neighbors, dtype=torch.long).view(-1, 4).T]  # (4, L, P)
    before, here, there, after = points[:, :, None]  # (L, 1, P)
    t = (torch.arange(detail) / detail)[:, None]
    rows = (
        here
        + t / 2 * (there - before)
        + t**2 / 2 * (2 * before - 5 * here + 4 * there - after)
        + t**3 / 2 * (after - before + 3 * (here - there))
    )  # (L, detail, P)
    return torch.cat([rows.flatten(0, 1), unit[-1:]])


def _corners(stroke: Sequence[tuple[float, float]]) -> list[int]:
    """The points that are the same as the one before them."""
    return [index for index in range(1, len(stroke)) if stroke[index] == stroke[index - 1]]
