"""The connected parts of a mask, and which of them make one digit."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from model.data.errors import ImageError
from model.data.filters import Gray, dilate

SEVERAL = "There are several digits in this picture; show one."

# As shares of the digit's longer side, height, area or weight:
NEAR = 0.22  # gap up to which a small part belongs to a digit: the top of a 5, the bar of a 7
SPECK_AREA = 0.015
SPECK_WEIGHT = 0.02
AS_TALL, AS_HEAVY = 0.5, 0.2  # height and weight from which another part is a digit of its own
TORN = 0.08  # gap up to which large parts belong together: a stroke that the pen or a removed line interrupted
ABOVE = 0.12  # gap, as a share of both together, up to which parts above each other do: an 8 of two circles
OVERLAP = 0.5  # share of the smaller one's side: digits beside each other overlap by less across, and by more down
CUT_OFF = 0.3  # weight of what touches the picture's edge, where the table and the next digit come into view

Mask = npt.NDArray[np.bool_]
Labels = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Part:
    """A connected part of a mask.

    Attributes:
        label: of its pixels.
        top, bottom, left, right: its bounding box in pixels; bottom and right are the first ones past it.
        area: in pixels.
        weight: the sum of its pixels' contrasts.
        is_cut_off: whether it touches the edge of the image.
    """

    label: int
    top: int
    bottom: int
    left: int
    right: int
    area: int
    weight: float
    is_cut_off: bool

    @property
    def height(self) -> int:
        """Of the bounding box."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """Of the bounding box."""
        return self.right - self.left

    @property
    def size(self) -> int:
        """The longer side of the bounding box."""
        return max(self.height, self.width)

    def gap(self, other: "Part") -> tuple[int, int]:
        """By how many pixels the boxes are apart, across and down; negative where they overlap."""
        across = max(self.left, other.left) - min(self.right, other.right)
        down = max(self.top, other.top) - min(self.bottom, other.bottom)
        return across, down

    def joined(self, other: "Part") -> "Part":
        """Both, as one."""
        return Part(
            self.label,
            min(self.top, other.top),
            max(self.bottom, other.bottom),
            min(self.left, other.left),
            max(self.right, other.right),
            self.area + other.area,
            self.weight + other.weight,
            self.is_cut_off or other.is_cut_off,
        )


def find_parts(mask: Mask, contrast: Gray) -> tuple[Labels, list[Part]]:
    """Label the connected parts of a mask: runs of pixels along the rows, joined where they touch, corners included.

    Args:
        mask: (H, W).
        contrast: (H, W), for the parts' weights.

    Returns:
        labels (H, W): 0 for the background, from 1 for the parts; and the parts.
    """
    height, width = mask.shape
    padded = np.zeros((height, width + 2), np.int8)
    padded[:, 1:-1] = mask
    steps = np.diff(padded.ravel())
    starts, ends = np.flatnonzero(steps == 1) + 1, np.flatnonzero(steps == -1) + 1  # (R,): of the runs, in order
    # The runs of the row above that a run touches are neighbors in this order.
    first = np.searchsorted(ends, starts - (width + 2), side="left")
    last = np.searchsorted(starts, ends - (width + 2), side="right")
    parents = list(range(len(starts)))
    for run, (low, high) in enumerate(zip(first.tolist(), last.tolist(), strict=True)):
        for above in range(low, high):
            _join(parents, run, above)
    roots = [_root(parents, run) for run in range(len(parents))]
    _, of_run = np.unique(np.array(roots, dtype=np.int64), return_inverse=True)
    labels = np.zeros(padded.size, np.int64)
    lengths = ends - starts
    inside = np.repeat(starts - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum())
    labels[inside] = np.repeat(of_run + 1, lengths)
    labels = labels.reshape(padded.shape)[:, 1:-1]

    count = int(of_run.max(initial=-1)) + 1
    top, left = np.full((2, count), max(height, width))
    bottom, right = np.zeros((2, count), np.int64)
    rows, columns = np.divmod(starts, width + 2)
    np.minimum.at(top, of_run, rows)
    np.maximum.at(bottom, of_run, rows + 1)
    np.minimum.at(left, of_run, columns - 1)
    np.maximum.at(right, of_run, columns - 1 + lengths)
    area = np.bincount(of_run, lengths, count).astype(np.int64)
    weight = np.bincount(labels.ravel(), contrast.ravel(), count + 1)[1:]
    is_cut_off = (top == 0) | (left == 0) | (bottom == height) | (right == width)
    values = (column.tolist() for column in (top, bottom, left, right, area, weight, is_cut_off))
    return labels, [Part(label, *part) for label, part in enumerate(zip(*values, strict=True), start=1)]


def _join(parents: list[int], run: int, other: int) -> None:
    run, other = _root(parents, run), _root(parents, other)
    parents[max(run, other)] = min(run, other)


def _root(parents: list[int], run: int) -> int:
    while parents[run] != run:
        parents[run] = run = parents[parents[run]]
    return run


def select_digit(labels: Labels, parts: Sequence[Part]) -> list[Part]:
    """The parts that make the digit of a picture: the weightiest one, and what belongs to it; none if there are none.

    Args:
        labels: (H, W), of the parts.
        parts: all that were found.

    Raises:
        ImageError: if there is another digit beside it.
    """
    if not parts:
        return []
    main = max(parts, key=lambda part: part.weight * (CUT_OFF if part.is_cut_off else 1))
    others = [
        part
        for part in parts
        if part is not main
        and not part.is_cut_off
        and part.area >= SPECK_AREA * main.area
        and part.weight >= SPECK_WEIGHT * main.weight
    ]
    digit, whole = [main], main
    while near := [part for part in others if _belongs(labels, part, digit, whole)]:
        digit += near
        others = [part for part in others if part not in near]
        for part in near:
            whole = whole.joined(part)
    if any(_is_as_large(part, whole) for part in others):
        raise ImageError(SEVERAL)
    return digit


def _belongs(labels: Labels, part: Part, digit: Sequence[Part], whole: Part) -> bool:
    """Whether a part is a stroke of the digit, whose parts together are the whole, not a digit of its own."""
    across, down = part.gap(whole)
    if not _is_as_large(part, whole):
        return max(across, down) <= NEAR * whole.size
    is_apart = -across < OVERLAP * min(part.width, whole.width)
    is_level = -down >= OVERLAP * min(part.height, whole.height)
    if not (is_apart and is_level):
        return max(across, down) <= ABOVE * whole.joined(part).size
    reach = round(TORN * whole.size)
    if max(across, down) > reach:
        return False
    is_digit = np.isin(labels, [other.label for other in digit])
    return bool((dilate(is_digit.astype(np.float32), reach)[labels == part.label] > 0).any())


def _is_as_large(part: Part, whole: Part) -> bool:
    """Whether a part may be a digit of its own: the top of a 5 may be as wide as the rest, but it is flat."""
    lower, higher = sorted((part.height, whole.height))
    return lower >= AS_TALL * higher and part.weight >= AS_HEAVY * whole.weight
