"""The labels of a stack of drawings: a small CSV that says what each of them is."""

import csv
from pathlib import Path

from model.network import DIGITS

HEADER = ["index", "label"]
LARGEST_FILE = 20_000_000  # bytes; a million labels take half of it


class LabelsError(ValueError):
    """A file that doesn't say what each drawing is; the message is one sentence that says why."""


def load_labels(path: Path, count: int) -> list[int]:
    """Read the labels of `count` drawings from a CSV: the header `index,label`, then a row for each, in any order.

    Returns:
        `count` labels, 0 to 9, in the order of the drawings.

    Raises:
        LabelsError: where the file is missing or no such CSV, and where a drawing has no label, or two.
    """
    header, *rows = _rows(path) or [[]]
    if [name.strip() for name in header] != HEADER:
        raise LabelsError(f"The first line must be {','.join(HEADER)}.")
    labels: list[int | None] = [None] * count
    for line, row in enumerate(rows, start=2):
        if not row:
            continue
        if len(row) != len(HEADER):
            raise LabelsError(f"Line {line} must be an index and a label, with a comma between them.")
        index, label = (_whole(cell) for cell in row)
        if index is None or index >= count:
            raise LabelsError(f"Line {line}: {row[0][:20]!r} is no drawing's index: there are {count:,}, from 0 on.")
        if label is None or label >= DIGITS:
            raise LabelsError(f"Line {line}: the label must be a digit from 0 to 9, not {row[1][:20]!r}.")
        if labels[index] is not None:
            raise LabelsError(f"Line {line}: drawing {index:,} has a label already.")
        labels[index] = label
    if None in labels:
        missing = labels.count(None)
        raise LabelsError(f"{missing:,} of {count:,} drawings have no label; the first is {labels.index(None):,}.")
    return labels


def _rows(path: Path) -> list[list[str]]:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise LabelsError(f"The file has more than {LARGEST_FILE / 1e6:g} MB.")
        text = path.read_text(encoding="utf-8-sig")  # spreadsheets put a mark before the first line
        return list(csv.reader(text.splitlines()))
    except FileNotFoundError:
        raise LabelsError("There is no such file.") from None
    except OSError as error:
        raise LabelsError(f"The file can't be opened ({error.strerror}).") from None
    except (UnicodeDecodeError, csv.Error):
        raise LabelsError("The file is no CSV text.") from None


def _whole(cell: str) -> int | None:
    """A whole number as people write it, up to nine places; None for anything else."""
    cell = cell.strip()
    return int(cell) if cell.isascii() and cell.isdecimal() and len(cell) < 10 else None
