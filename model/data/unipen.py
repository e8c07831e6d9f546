"""Digits as people wrote them on a tablet: pen strokes in the UNIPEN format.

E. Alpaydin and F. Alimoglu, "Pen-Based Recognition of Handwritten Digits" (UCI, 1998), in the original, unnormalized
version: 7,494 digits by 30 writers. They are only measured on, never trained on.
"""

import gzip
import re
from dataclasses import dataclass, field
from pathlib import Path

from model.data.pen import Stroke

WRITER = re.compile(r"\.COMMENT\s+\d\s+(\d+)\s+\d+")  # the digit, the writer, and which of the writer's digits it is


@dataclass
class WrittenDigit:
    """One written digit.

    Attributes:
        label: 0 to 9.
        strokes: points (x, y) in the tablet's units, x to the right, y down.
        writer: 1 to 30; 0 if the file doesn't say.
    """

    label: int
    strokes: list[Stroke] = field(default_factory=list)
    writer: int = 0


def load_written_digits(path: Path) -> list[WrittenDigit]:
    """All digits of a UNIPEN file, plain or .gz.

    Raises:
        OSError: if it can't be read.
        ValueError: if it holds something else.
    """
    digits: list[WrittenDigit] = []
    points: list[tuple[float, float]] | None = None  # of the stroke being read; None while the pen is up
    with gzip.open(path, "rt", errors="replace") if path.suffix == ".gz" else path.open(errors="replace") as file:
        for line in map(str.strip, file):
            if line.startswith(".SEGMENT DIGIT"):
                digits.append(WrittenDigit(int(line.split('"')[1])))
                points = None
            elif digits and (comment := WRITER.fullmatch(line)):
                digits[-1].writer = int(comment[1])
            elif line == ".PEN_DOWN" and digits:
                points = []
            elif line.startswith((".PEN_DOWN", ".PEN_UP")):
                points = None
            elif points is not None and line and not line.startswith("."):
                x, y = line.split()[:2]
                if not points:
                    digits[-1].strokes.append(points)  # a stroke without points is none
                points.append((float(x), -float(y)))  # a tablet's y points up
    return digits
