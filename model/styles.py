"""Handwriting that MNIST lacks: styles of digits as templates, each written anew by a hand that varies.

MNIST was written by Americans: there is no crossed 7 in it, no 1 with a foot, no 9 with a curled tail. Each style in
assets/styles.json is one way to write a digit, as a few points a stroke. To train on, it is written many times, never
twice the same, with pens of many widths, and framed like any other drawing.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import torch
from torch import Tensor

from model.framing import frame
from model.pen import draw_polylines

STYLES = Path(__file__).parent.parent / "assets" / "styles.json"
PAPER = 42  # pixels: two for each of the 20 that a digit is framed in, and what the pen needs around it
PENS = (0.045, 0.20)  # thinnest and widest pen, as a share of the digit's longer side

# How a hand varies, as standard deviations:
LEAN, LEANS = 0.12, 0.24  # to the right, on average, and from hand to hand: tangent of the angle
TURN = 0.12  # radians
WIDE, HIGH = 0.22, 0.12  # natural logarithm of the factor
SIZE, PLACE = 0.08, 2.5  # of each stroke for itself: logarithm of the factor, and hundredths
ASIDE = 2.5  # of each point for itself, in hundredths
WAVE, SWING = 0.03, 4.0  # of the slow bending: radians a hundredth (one to several digits a wave), and hundredths
SHAKE = 0.7  # of a few hands, in hundredths


@dataclass(frozen=True)
class Style:
    """One way to write a digit.

    Attributes:
        name: what people call it.
        label: the digit, 0 to 9; None for what is no digit.
        strokes: each a sequence of points (x, y), x to the right, y down, in hundredths of the digit's usual height.
            The pen runs through them in a smooth curve; at a point given twice in a row it turns a corner.
    """

    name: str
    label: int | None
    strokes: tuple[tuple[tuple[float, float], ...], ...]

    def curves(self, detail: int = 4) -> list[list[tuple[float, float]]]:
        """The strokes as polylines of `detail` lines from each point to the next: what to draw it by, unvaried."""
        return [
            [(x, y) for x, y in (smooth(stroke, detail) @ torch.tensor(stroke, dtype=torch.float32)).tolist()]
            for stroke in self.strokes
        ]


def load_styles(path: Path = STYLES) -> list[Style]:
    """All styles of a file, in its order."""
    return [
        Style(
            style["name"],
            style.get("label"),
            tuple(tuple((float(x), float(y)) for x, y in stroke) for stroke in style["strokes"]),
        )
        for style in json.loads(path.read_text(encoding="utf-8"))
    ]


def write_styles(styles: Sequence[Style], count: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Write digits in the given styles, each digit as often as any other, and within a digit each style.

    Args:
        styles: to write in; every one of the labels 0 to 9 needs at least one.
        count: of the pictures.
        seed: the same seed gives the same pictures.

    Returns:
        Framed pictures (count, 28, 28), uint8, and their labels (count,), int64, in the order of the styles.
    """
    generator = torch.Generator().manual_seed(seed)
    labels = torch.tensor([style.label for style in styles])
    share = 1 / (torch.bincount(labels)[labels] * len(labels.unique()))  # (S,)
    ends = (share.cumsum(0) * count).round().long().tolist()
    counts = [end - start for start, end in pairwise([0, *ends])]
    pictures = [frame(write(style, part, generator)) for style, part in zip(styles, counts, strict=True)]
    return torch.cat(pictures), labels.repeat_interleave(torch.tensor(counts))


@lru_cache(maxsize=1)
def write_all_styles(count: int, seed: int) -> tuple[Tensor, Tensor]:
    """`write_styles` in all of our styles. Network and guard are shown the same pictures: they are written once."""
    return write_styles(load_styles(), count, seed)


def write(style: Style, count: int, generator: torch.Generator) -> Tensor:
    """One style written `count` times: ink (count, PAPER, PAPER), uint8."""
    hasty = count // 4  # hands that join the points by straight lines, as haste and a mouse do
    parts = [
        draw_filling(vary(style, detail, part, generator), generator)
        for detail, part in ((1, hasty), (2, count - hasty))
        if part
    ]
    return torch.cat(parts) if parts else torch.empty(0, PAPER, PAPER, dtype=torch.uint8)


def draw_filling(strokes: list[Tensor], generator: torch.Generator) -> Tensor:
    """Strokes (N, Q, 2) of any size as ink (N, PAPER, PAPER), uint8: as large as the paper, each with a pen its own."""
    points = torch.cat(strokes, dim=1)
    low, high = points.amin(dim=1, keepdim=True), points.amax(dim=1, keepdim=True)
    extent = (high - low).amax(dim=2, keepdim=True)  # (N, 1, 1)
    thinnest, widest = PENS
    pen = thinnest * (widest / thinnest) ** torch.rand(len(points), 1, 1, generator=generator)  # shares of the extent
    scale = (PAPER - 2) / (extent * (1 + pen))
    margin = 1 + pen * extent * scale / 2
    return draw_polylines(
        [(stroke - low) * scale + margin for stroke in strokes], (pen * extent * scale).flatten(), PAPER
    )


def vary(style: Style, detail: int, count: int, generator: torch.Generator) -> list[Tensor]:
    """The strokes of a style as `count` hands would write them: each (count, Q, 2), in hundredths."""

    def normal(*shape: int) -> Tensor:
        return torch.randn(count, *shape, generator=generator)

    points = torch.tensor([point for stroke in style.strokes for point in stroke])
    middle = (points.amin(dim=0) + points.amax(dim=0)) / 2
    form = forms(normal(4))  # (N, 2, 2)
    waves, phases, swings = WAVE * normal(3, 2), 3 * normal(3), SWING * normal(3, 2)
    shake = SHAKE * normal(1, 1).square().clamp(max=5)

    strokes = []
    for stroke in style.strokes:
        points = torch.tensor(stroke) - middle  # (P, 2)
        # Each stroke has a size and a place of its own, and each of its points; the two of a corner stay together.
        size, place, aside = (SIZE * normal(1, 2)).exp(), PLACE * normal(1, 2), ASIDE * normal(len(points), 2)
        for corner in _corners(stroke):
            aside[:, corner] = aside[:, corner - 1]
        centre = points.mean(dim=0)
        points = (points - centre) * size + centre + place + aside  # (N, P, 2)
        # A slow wave through the paper moves near points alike: what was smooth stays smooth, what touched still does.
        points = points + torch.sin(points @ waves.transpose(1, 2) + phases[:, None]) @ swings
        points = smooth(stroke, detail) @ points  # (N, Q, 2)
        strokes.append((points + shake * normal(points.shape[1], 2)) @ form)
    return strokes


def forms(normal: Tensor) -> Tensor:
    """The matrices (N, 2, 2), to multiply points by, that widen or narrow, lean and turn a digit: from (N, 4)."""
    wide, high, lean, turn = normal.unbind(dim=1)
    wide, high, lean, turn = (WIDE * wide).exp(), (HIGH * high).exp(), LEAN + LEANS * lean, TURN * turn
    cos, sin = turn.cos(), turn.sin()
    # What is higher up (y is down) leans to the right.
    rows = [wide * cos, wide * sin, -high * (lean * cos + sin), high * (cos - lean * sin)]
    return torch.stack(rows, dim=1).view(-1, 2, 2)


def _corners(stroke: Sequence[tuple[float, float]]) -> list[int]:
    """Where a point is the same as the one before it."""
    return [index for index in range(1, len(stroke)) if stroke[index] == stroke[index - 1]]


def smooth(stroke: Sequence[tuple[float, float]], detail: int) -> Tensor:
    """The matrix (Q, P), float32, that takes a stroke's P points to Q points of the curve through them.

    It is a Catmull-Rom curve; at a corner one ends and the next begins.
    """
    near, ends = [], [0, *_corners(stroke), len(stroke)]
    for start, end in pairwise(ends):
        near += [[min(max(index + step, start), end - 1) for step in (-1, 0, 1, 2)] for index in range(start, end - 1)]
    unit = torch.eye(len(stroke))
    points = unit[torch.tensor(near, dtype=torch.long).view(-1, 4).T]  # (4, L, P)
    before, here, there, after = points[:, :, None]  # (L, 1, P)
    t = (torch.arange(detail) / detail)[:, None]
    rows = (
        here
        + t / 2 * (there - before)
        + t**2 / 2 * (2 * before - 5 * here + 4 * there - after)
        + t**3 / 2 * (after - before + 3 * (here - there))
    )  # (L, detail, P)
    return torch.cat([rows.flatten(0, 1), unit[-1:]])
