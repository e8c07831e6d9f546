"""The labels of a stack of drawings: a small CSV that says which digit each of them is."""

import csv
import re
from pathlib import Path

from model.network import DIGITS

HEADER = ["index", "label"]
WHOLE_NUMBER = re.compile(r"\s*[0-9]{1,9}\s*")
MAX_BYTES = 20_000_000  # a million labels take half of it


class LabelsError(ValueError):
    """A file that doesn't label each drawing; the message is one sentence that says why."""


def load_labels(path: Path, count: int) -> list[int]:
    """Load the labels of `count` drawings from a CSV: the header `index,label`, then a row for each, in any order.

    Returns:
        `count` labels, 0 to 9, in the order of the drawings.

    Raises:
        LabelsError: if the file is missing or not such a CSV, or if a drawing has no label, or two.
    """
    header, *rows = _rows(path) or [[]]
    if [name.strip() for name in header] != HEADER:
        raise LabelsError(f"The first line must be {','.join(HEADER)}.")
    labels: dict[int, int] = {}
    for line, row in enumerate(rows, start=2):
        if not row:
            continue
        if len(row) != len(HEADER):
            raise LabelsError(f"Line {line} must be an index and a label, with a comma between them.")
        index, label = (int(cell) if WHOLE_NUMBER.fullmatch(cell) else -1 for cell in row)
        if not 0 <= index < count:
            raise LabelsError(f"Line {line}: {row[0][:20]!r} is not the index of a drawing (0 to {count - 1:,}).")
        if not 0 <= label < DIGITS:
            raise LabelsError(f"Line {line}: the label must be a digit from 0 to 9, not {row[1][:20]!r}.")
        if index in labels:
            raise LabelsError(f"Line {line}: drawing {index:,} has a label already.")
        labels[index] = label
    if len(labels) < count:
        first = min(set(range(count)) - set(labels))
        raise LabelsError(f"{count - len(labels):,} of {count:,} drawings have no label; the first is {first:,}.")
    return [labels[index] for index in range(count)]


def _rows(path: Path) -> list[list[str]]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise LabelsError(f"The file has more than {MAX_BYTES / 1e6:g} MB.")
        text = path.read_text(encoding="utf-8-sig")  # spreadsheets put a byte order mark before the first line
        return list(csv.reader(text.splitlines()))
    except FileNotFoundError:
        raise LabelsError("There is no such file.") from None
    except OSError as error:
        raise LabelsError(f"The file can't be opened ({error.strerror}).") from None
    except (UnicodeDecodeError, csv.Error):
        raise LabelsError("The file is not CSV text.") from None
