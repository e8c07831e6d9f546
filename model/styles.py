"""Handwriting that MNIST lacks: styles of digits as templates, each written anew by a hand that varies.

MNIST was written by Americans: there is no crossed 7 in it, no 1 with a foot, no 9 with a curled tail. Each style in
assets/styles.json is one way to write a digit, as a few points a stroke. To train on, it is written many times, never
twice the same, with pens of many widths, and framed like any other drawing.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from model.framing import frame
from model.pen import draw_polylines

STYLES = Path(__file__).parent.parent / "assets" / "styles.json"
PAPER = 42  # pixels: two for each of the 20 that a digit is framed in, and what the pen needs around it
PENS = (0.045, 0.20)  # thinnest and widest pen, as a share of the digit's longer side


@dataclass(frozen=True)
class Style:
    """One way to write a digit.

    Attributes:
        name: what people call it.
        label: the digit, 0 to 9.
        strokes: each a sequence of points (x, y), x to the right, y down, in hundredths of the digit's usual height.
            The pen runs through them in a smooth curve; at a point given twice in a row it turns a corner.
    """

    name: str
    label: int
    strokes: tuple[tuple[tuple[float, float], ...], ...]

    def curves(self, detail: int = 4) -> list[list[tuple[float, float]]]:
        """The strokes as polylines of `detail` lines from each point to the next: what to draw it by, unvaried."""
        return [
            [(x, y) for x, y in (_smooth(stroke, detail) @ torch.tensor(stroke, dtype=torch.float64)).tolist()]
            for stroke in self.strokes
        ]


def load_styles(path: Path = STYLES) -> list[Style]:
    """All styles, in the order of the file."""
    return [
        Style(
            style["name"],
            style["label"],
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
    pictures = [
        frame(_write(style, end - start, generator))
        for style, start, end in zip(styles, [0, *ends], ends, strict=False)
    ]
    return torch.cat(pictures), labels.repeat_interleave(torch.tensor([len(part) for part in pictures]))


def _write(style: Style, count: int, generator: torch.Generator) -> Tensor:
    """One style written `count` times: ink (count, PAPER, PAPER), uint8."""
    drawn = []
    for detail, part in _details(count):
        strokes = _vary(style, detail, part, generator)
        points = torch.cat(strokes, dim=1)  # (N, Q, 2)
        low, high = points.amin(dim=1, keepdim=True), points.amax(dim=1, keepdim=True)
        extent = (high - low).amax(dim=2, keepdim=True).clamp(min=1)  # (N, 1, 1)
        pen = PENS[0] * (PENS[1] / PENS[0]) ** _uniform(part, generator=generator)  # (N,)
        scale = (PAPER - 2) / (extent * (1 + pen[:, None, None]))
        margin = pen[:, None, None] * extent * scale / 2 + 1
        strokes = [(stroke - low) * scale + margin for stroke in strokes]
        drawn.append(draw_polylines(strokes, pen * (extent * scale)[:, 0, 0], PAPER))
    return torch.cat(drawn)


def _details(count: int) -> list[tuple[int, int]]:
    """How many of `count` digits are written in how many lines from point to point: a mouse or haste leaves one."""
    hasty = count // 4
    return [(detail, part) for detail, part in ((1, hasty), (2, count - hasty)) if part]


def _vary(style: Style, detail: int, count: int, generator: torch.Generator) -> list[Tensor]:
    """The strokes of `count` digits (count, Q, 2), as a hand varies them: in hundredths, around the middle."""

    def normal(*shape: int) -> Tensor:
        return torch.randn(count, *shape, generator=generator)

    everything = torch.tensor([point for stroke in style.strokes for point in stroke])
    middle = (everything.amin(0) + everything.amax(0)) / 2
    # A slow field over the paper bends near points alike, so curves stay curves and what touches goes on touching.
    waves = normal(3, 2) * 0.03  # radians a hundredth: wavelengths of one to several digits
    phases, strengths = normal(3) * 3, normal(3, 2) * WARP
    lean, turn = 0.12 + 0.24 * normal(), 0.12 * normal()
    wide, high = (AXIS * normal()).exp(), (0.12 * normal()).exp()
    shake = SHAKE * normal().abs() ** 2
    cos, sin = turn.cos(), turn.sin()
    # widen, lean to the right (y is down), turn
    affine = torch.stack([wide * cos, wide * sin, -lean * high * cos - high * sin, -lean * high * sin + high * cos], 1)
    affine = affine.view(count, 2, 2)

    strokes = []
    for stroke in style.strokes:
        points = torch.tensor(stroke) - middle  # (P, 2)
        centre = points.mean(0)
        corner = _same_as_before(points)
        apart = POINT * normal(len(points), 2)
        for index in corner:
            apart[:, index] = apart[:, index - 1]
        own = (STROKE_SIZE * normal(1, 2)).exp()  # a crossbar is now longer, now shorter
        points = (points - centre) * own + centre + apart + STROKE_PLACE * normal(1, 2)
        points = points + torch.sin(points @ waves.transpose(1, 2) + phases[:, None]) @ strengths
        points = _smooth(stroke, detail).float() @ points
        points = points + shake[:, None, None] * normal(points.shape[1], 2)
        strokes.append(points @ affine)
    return strokes


WARP, POINT, STROKE_SIZE, STROKE_PLACE, SHAKE, AXIS = 4.0, 2.5, 0.08, 2.5, 0.7, 0.22


def _same_as_before(points: Tensor) -> list[int]:
    return [index for index in range(1, len(points)) if torch.equal(points[index], points[index - 1])]


def _smooth(stroke: Sequence[tuple[float, float]], detail: int) -> Tensor:
    """The matrix (Q, P) that takes a stroke's P points to Q on the Catmull-Rom curve through them.

    At a point given twice one curve ends and the next begins.
    """
    count = len(stroke)
    starts = [0, *(index for index in range(1, count) if stroke[index] == stroke[index - 1]), count]
    rows, one = [], torch.eye(count, dtype=torch.float64)
    for start, end in zip(starts, starts[1:], strict=False):
        for index in range(start, end - 1):
            before, here, there, after = (one[min(max(index + k, start), end - 1)] for k in (-1, 0, 1, 2))
            for step in range(detail):
                t = step / detail
                rows.append(
                    here
                    + t / 2 * (there - before)
                    + t * t * (before - 2.5 * here + 2 * there - after / 2)
                    + t**3 / 2 * (after - before + 3 * (here - there))
                )
        rows.append(one[end - 1])
    return torch.stack(rows)


def _uniform(*shape: int, generator: torch.Generator) -> Tensor:
    return torch.rand(*shape, generator=generator)
