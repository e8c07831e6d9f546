"""Make assets/data/strokes.npz of its sources: python -m model.data.collect_strokes DIR

DIR, which is not in the repository, holds unipen-digits.json.gz, unipen-letters.json.gz, unipen-symbols.json.gz and
pendigits-train.unipen.gz, as assets/data/strokes.md describes them. The templates are taken over from the file that
there is.
"""

import argparse
import gzip
import json
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from model.data.pen import Stroke
from model.data.strokes import PENDIGITS, TEMPLATES, UNIPEN, load_drawings
from model.paths import STROKES

TOLERANCE = 0.0075  # of a drawing's longer side: points that lie nearer to the line through the others are left out
FIRST_VALIDATION_WRITER = 25  # of the pendigits' 30
DIGIT = re.compile(r'\.SEGMENT DIGIT .*"(\d)"')
WRITER = re.compile(r"\.COMMENT\s+\d\s+(\d+)\s+\d+")  # the digit, the writer, and which of the writer's digits it is

Points = npt.NDArray[np.float64]  # (N, 2)
Strokes = list[npt.NDArray[np.uint8]]  # each (N, 2), on a scale of 255 for the drawing's longer side
Entry = tuple[int, int, int, bool, Strokes]  # label, source, writer, is it for validation, strokes


def pendigits(path: Path) -> list[Entry]:
    """All digits of a gzipped file in the UNIPEN format, in which y points up.

    Raises:
        OSError: if it can't be read.
    """
    written: list[tuple[int, int, list[Stroke]]] = []  # labels, writers, strokes
    label = 0
    strokes: list[Stroke] = []
    points: list[tuple[float, float]] | None = None  # of the stroke being read; None while the pen is up
    with gzip.open(path, "rt", errors="replace") as file:
        for line in map(str.strip, file):
            if digit := DIGIT.match(line):
                label, strokes, points = ord(digit[1]), [], None
            elif writer := WRITER.fullmatch(line):
                written.append((label, int(writer[1]), strokes))
            elif line == ".PEN_DOWN":
                points = []
            elif line == ".PEN_UP":
                points = None
            elif points is not None and line and not line.startswith("."):
                x, y = map(float, line.split()[:2])
                if not points:
                    strokes.append(points)  # a stroke without points is none
                points.append((x, -y))
    return [
        (label, PENDIGITS, writer, writer >= FIRST_VALIDATION_WRITER, on_scale(strokes))
        for label, writer, strokes in written
    ]


def unipen(path: Path) -> list[Entry]:
    """All drawings of a gzipped JSON file.

    Raises:
        OSError: if it can't be read.
    """
    with gzip.open(path, "rt") as file:
        entries = json.load(file)
    return [
        (ord(entry["label"]), UNIPEN, entry["writer"], entry["split"] == "validation", on_scale(entry["strokes"]))
        for entry in entries
    ]


def templates() -> list[Entry]:
    """Those of the file that there is."""
    drawings = load_drawings()
    drawings = drawings[drawings.sources == TEMPLATES]
    columns = (drawings.labels, drawings.writers, drawings.is_validation)
    rows = zip(*(column.tolist() for column in columns), drawings.polylines(), strict=True)
    return [
        (label, TEMPLATES, number, held_out, [np.array(stroke, np.uint8) for stroke in strokes])
        for label, number, held_out, strokes in rows
    ]


def on_scale(strokes: Sequence[Stroke]) -> Strokes:
    """Strokes of any size with fewer points, on the file's scale."""
    arrays = [np.array(stroke, np.float64) for stroke in strokes if len(stroke)]
    points = np.concatenate(arrays)
    low = points.min(axis=0)
    extent = max((points.max(axis=0) - low).max(), 1e-9)
    return [np.round(255 * simplified((array - low) / extent, TOLERANCE)).astype(np.uint8) for array in arrays]


def simplified(points: Points, tolerance: float) -> Points:
    """A line (N, 2) without the points that matter little.

    D. H. Douglas and T. K. Peucker, "Algorithms for the Reduction of the Number of Points", 1973.
    """
    if len(points) < 3:
        return points
    start, end = points[0], points[-1]
    offsets, direction = points - start, end - start
    length2 = direction @ direction
    along = np.clip(offsets @ direction / length2, 0, 1) if length2 > 0 else np.zeros(len(points))
    distances = np.hypot(*(offsets - along[:, None] * direction).T)
    farthest = int(distances.argmax())
    if distances[farthest] <= tolerance:
        return points[[0, -1]]
    before, after = points[: farthest + 1], points[farthest:]
    return np.concatenate([simplified(before, tolerance)[:-1], simplified(after, tolerance)])


def save(entries: Sequence[Entry], path: Path) -> None:
    """Write the file."""
    labels, sources, writers, held_out, drawings = zip(*entries, strict=True)
    points = np.concatenate([stroke for strokes in drawings for stroke in strokes])
    np.savez_compressed(
        path,
        labels=np.array(labels, np.uint16),
        sources=np.array(sources, np.uint8),
        writers=np.array(writers, np.uint16),
        is_validation=np.array(held_out, np.bool_),
        stroke_counts=np.array([len(strokes) for strokes in drawings], np.uint8),
        stroke_sizes=np.array([len(stroke) for strokes in drawings for stroke in strokes], np.uint8),
        steps=np.diff(points, axis=0, prepend=np.zeros((1, 2), np.uint8)),  # modulo 256, which compresses better
    )


def main() -> None:
    """Make the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the folder of the four files")
    folder = parser.parse_args().folder
    people = [entry for name in ("digits", "letters", "symbols") for entry in unipen(folder / f"unipen-{name}.json.gz")]
    save([*people, *pendigits(folder / "pendigits-train.unipen.gz"), *templates()], STROKES)
    print(STROKES)


if __name__ == "__main__":
    main()
