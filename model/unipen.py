"""Digits as people wrote them on a tablet: pen strokes in the UNIPEN format.

E. Alpaydin and F. Alimoglu, "Pen-Based Recognition of Handwritten Digits" (UCI, 1998), in the original, unnormalised
version: 7,494 digits by 30 writers. They only ever measure; nothing is trained on them.
"""

import gzip
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from model.pen import PAPER, Stroke, draw

WRITTEN = Path("data/pen-strokes/pendigits-train.unipen.gz")  # in the folder of shared data

WHO = re.compile(r"\.COMMENT\s+\d\s+(\d+)\s+\d+")  # the digit, who wrote it, and which of theirs it is

# How large and with what pen a visitor may draw, as shares of the paper.
SIZES = (0.35, 0.85)
PENS = (0.05, 0.09)


@dataclass(frozen=True)
class Writing:
    """One written digit.

    Attributes:
        label: 0 to 9.
        strokes: points (x, y) in the tablet's units, x to the right, y down.
        writer: who wrote it, 1 to 30; 0 where the file doesn't say.
    """

    label: int
    strokes: list[Stroke]
    writer: int = 0


def load_writings(path: Path) -> list[Writing]:
    """All digits of a UNIPEN file, plain or .gz.

    Raises:
        OSError: where it can't be read.
        ValueError: where it holds something else.
    """
    writings: list[Writing] = []
    pen_is_down = False
    with gzip.open(path, "rt", errors="replace") if path.suffix == ".gz" else path.open(errors="replace") as file:
        for line in map(str.strip, file):
            if line.startswith(".SEGMENT DIGIT"):
                writings.append(Writing(int(line.split('"')[1]), []))
            elif writings and (comment := WHO.fullmatch(line)):
                writings[-1] = replace(writings[-1], writer=int(comment[1]))
            elif line.startswith((".PEN_DOWN", ".PEN_UP")):
                pen_is_down = line == ".PEN_DOWN"
                if pen_is_down and writings:
                    writings[-1].strokes.append([])
            elif pen_is_down and writings and line and not line.startswith("."):
                x, y = line.split()[:2]
                writings[-1].strokes[-1].append((float(x), -float(y)))  # a tablet's y points up
    return [replace(writing, strokes=[stroke for stroke in writing.strokes if stroke]) for writing in writings]


def draw_somewhere(strokes: Sequence[Stroke], generator: torch.Generator) -> Tensor:
    """Draw strokes of any size as a visitor might: somewhere on the paper, with some pen: ink (PAPER, PAPER), uint8."""
    size, pen, right, down = torch.rand(4, generator=generator, dtype=torch.float64).tolist()
    size = PAPER * (SIZES[0] + size * (SIZES[1] - SIZES[0]))
    pen = PAPER * (PENS[0] + pen * (PENS[1] - PENS[0]))
    xs, ys = zip(*(point for stroke in strokes for point in stroke), strict=True)
    x0, width = min(xs), max(xs) - min(xs)
    y0, height = min(ys), max(ys) - min(ys)
    scale = size / max(width, height, 1e-9)
    left = pen / 2 + right * (PAPER - pen - width * scale)
    top = pen / 2 + down * (PAPER - pen - height * scale)
    return draw([[((x - x0) * scale + left, (y - y0) * scale + top) for x, y in stroke] for stroke in strokes], pen)
