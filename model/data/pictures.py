"""The ink of the digit in a picture: a drawing, a screenshot, a scan or a photograph, in any light.

All pictures go the same way. The background's brightness is estimated around each pixel, and what is darker than paper,
or lighter than a board, is compared with it: ink in the shade is ink. A threshold makes strokes of it. Of their
connected parts, those that make the digit are kept, and thickened to the strokes of MNIST's digits.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

from model.data.errors import ImageError

SEVERAL = "There are several digits in this picture; show one."

SIDE = 280  # pixels: the longer side of a picture in its working size
SOFTENING = 1  # radius in pixels of the smoothing, by which thin lines fade more than strokes do
OPAQUE_RANGE = 0.25  # of tones, 0 to 1: what is opaque in a transparent picture has more of it, or is one ink
COLORED = 2  # times the spread of the gray tones: a color channel with more is taken instead

# The background is estimated from the means of squares of COARSE pixels, which are free of noise. In such squares:
COARSE = 4
CLOSING = 6  # radius of the closing's window: wider than strokes
NEIGHBORHOOD = 12  # radius of the window in which paper or board is the lighter or darker part

# Brightness and contrast, 0 to 1:
DARKEST_PAPER = 16 / 255  # on darker paper, noise would look like ink
DARKEST_CHALK = 0.05
LOWEST_CONTRAST = 0.07  # of ink
EDGE = 0.45  # of the darkest ink: where a stroke ends; the lines of ruled paper are fainter
CLEAR_CONTRAST = 0.3  # of ink; fainter marks may be shadows and creases
SIGNAL_TO_NOISE = 1.0, 2.0  # of clear and of faint strokes, whose contrast is even and stands out of the background's

STROKE = 0.09  # of the digit's longer side: most pens write thinner than MNIST's, so strokes are thickened to this
SMALLEST = 0.04 * SIDE  # pixels: a digit's longer side
MOST_PARTS = 40  # the heaviest ones; others are specks

# As shares of the digit's longer side, height or weight:
NEAR = 0.22  # gap up to which a small part belongs to a digit: the top of a 5, the bar of a 7
SPECK = 0.02  # weight of parts that are left out
AS_TALL, AS_HEAVY = 0.5, 0.2  # height and weight from which another part is a digit of its own
TORN = 0.08  # gap up to which large parts belong together: a stroke that the pen interrupted
ABOVE = 0.12  # gap, as a share of both together, up to which parts above each other do: an 8 of two circles
OVERLAP = 0.5  # share of the smaller one's side: digits beside each other overlap by less across, and by more down
STRIP = 0.4  # shorter side of what is thin: at the picture's edge, it is no digit
CUT_OFF = 0.1  # weight of what touches the picture's edge: frames, the table beside the paper, the next digit

Gray = npt.NDArray[np.floating[Any]]
Pixels = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]


def find_ink(pixels: Pixels) -> Tensor:
    """Find the digit in a picture.

    Args:
        pixels: (H, W, 4), red, green, blue and opacity, in the working size: the longer side is SIDE.

    Returns:
        (1, H, W), uint8: 0 is background, 255 ink. If nothing is found, there is no ink.

    Raises:
        ImageError: if there are several digits.
    """
    contrast = _smooth(_contrast(_tones(pixels)), SOFTENING)
    digit = _strokes(contrast)
    places = np.argwhere(digit)
    size = np.ptp(places, axis=0).max() + 1 if len(places) else 0
    if size < SMALLEST:
        digit[:] = False
    steps = np.count_nonzero(digit[1:] != digit[:-1]) + np.count_nonzero(digit[:, 1:] != digit[:, :-1])
    # On average over all directions, pi / 4 of a staircase is the outline; half of it is the length of the strokes.
    width = 2 * np.count_nonzero(digit) / max(0.8 * steps, 1)
    thick = _thickened(digit.astype(np.float32), math.floor((STROKE * size - width) / 2 + 0.5))
    return torch.from_numpy(255 * thick.astype(np.uint8))[None]


def _tones(pixels: Pixels) -> Gray:
    """The tones, 0 to 1, of a picture (H, W, 4): its gray ones, or those of a color channel that tells much more."""
    colors = pixels[..., :3].astype(np.float32) / 255
    opacity = pixels[..., 3:].astype(np.float32) / max(int(pixels[..., 3].max()), 1)
    if opacity.min() < 1:
        opaque = colors[opacity[..., 0] >= 0.5]
        if not opaque.size or np.ptp(opaque @ LUMA) < OPAQUE_RANGE:
            return 1 - opacity[..., 0]  # ink on nothing, or a stencil
        colors = colors * opacity + np.median(opaque, axis=0) * (1 - opacity)
    gray = colors @ LUMA
    widest = colors[..., colors.std(axis=(0, 1)).argmax()]
    return widest if widest.std() > COLORED * gray.std() else gray


LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601


def _contrast(tones: Gray) -> Gray:
    """How much darker than the paper around it, or how much lighter than the board, each pixel (H, W) is: 0 to 1.

    The background is what a morphological closing leaves (J. Serra, 1982): all that is narrower than its window goes.
    """
    height, width = tones.shape
    coarse = _shrunk(tones)
    if not _is_light_on_dark(coarse):
        paper = _grown(_smooth(_close(coarse), CLOSING // 2), height, width)
        return np.clip(1 - np.maximum(tones, DARKEST_PAPER) / np.maximum(paper, DARKEST_PAPER), 0, 1)
    board = _grown(-_smooth(_close(-coarse), CLOSING // 2), height, width)
    chalk = _grown(_smooth(_close(coarse), 2 * CLOSING), height, width)  # as light as it gets around here
    return np.clip((tones - board) / np.maximum(chalk, DARKEST_CHALK), 0, 1)


def _is_light_on_dark(coarse: Gray) -> bool:
    """Whether, where contrasts are high, most of the surroundings are dark: then the lighter part is the writing."""
    tones = np.log(np.maximum(coarse, np.float32(0.02)))
    lightest, darkest = _dilate(tones, NEIGHBORHOOD), -_dilate(-tones, NEIGHBORHOOD)
    span = lightest - darkest
    weight = np.maximum(span - 0.25 * span.max(), 0)
    place = (tones - darkest) / np.maximum(span, 1e-3)  # 0 for the darkest, 1 for the lightest of the neighborhood
    return bool((place * weight).sum() < 0.5 * weight.sum())


def _strokes(contrast: Gray) -> Mask:
    """The digit's strokes, not yet thickened: (H, W); empty if what looks like ink is only noise, shadows and lines."""
    marks = contrast[contrast > LOWEST_CONTRAST / 2]
    darkest = float(np.quantile(marks, 0.99)) if marks.size else 0.0
    is_ink = contrast > EDGE * darkest
    ink, rest = contrast[is_ink], contrast[~is_ink]
    noise = float(np.quantile(rest, 0.95)) if rest.size else 1.0
    least = SIGNAL_TO_NOISE[darkest < CLEAR_CONTRAST]
    if darkest < LOWEST_CONTRAST or np.median(ink) * ink.mean() < least * darkest * noise:
        return np.zeros_like(is_ink)
    labels, parts = _find_parts(is_ink, contrast)
    return np.isin(labels, [part.label for part in _select(labels, parts)])


@dataclass(frozen=True)
class Part:
    """A connected part of a mask: its label, its bounding box, its weight, which is the sum of its contrasts, and how
    many of the picture's edges it touches."""

    label: int
    top: int
    left: int
    bottom: int  # and right: the first pixels past it
    right: int
    weight: float
    edges: int

    @property
    def height(self) -> int:
        """Of the box, in pixels."""
        return self.bottom - self.top

    @property
    def size(self) -> int:
        """The longer side of the box."""
        return max(self.height, self.right - self.left)

    @property
    def thickness(self) -> int:
        """The shorter side of the box."""
        return min(self.height, self.right - self.left)

    def gap(self, other: "Part") -> tuple[int, int]:
        """By how many pixels the boxes are apart, across and down; negative where they overlap."""
        across = max(self.left, other.left) - min(self.right, other.right)
        return across, max(self.top, other.top) - min(self.bottom, other.bottom)

    def joined(self, other: "Part") -> "Part":
        """Both, as one."""
        top, left = min(self.top, other.top), min(self.left, other.left)
        bottom, right = max(self.bottom, other.bottom), max(self.right, other.right)
        return Part(self.label, top, left, bottom, right, self.weight + other.weight, self.edges)


def _find_parts(mask: Mask, contrast: Gray) -> tuple[npt.NDArray[np.int64], list[Part]]:
    """Label the connected parts (H, W) of a mask, corners included, from 1; and the heaviest parts, in that order."""
    height, width = mask.shape
    padded = np.pad(mask, ((0, 0), (1, 1))).astype(np.int8)
    steps = np.diff(padded.ravel())
    starts, ends = np.flatnonzero(steps == 1) + 1, np.flatnonzero(steps == -1) + 1  # of the runs along the rows
    # The runs of the row above that a run touches are neighbors in this order.
    first = np.searchsorted(ends, starts - (width + 2), side="left").tolist()
    last = np.searchsorted(starts, ends - (width + 2), side="right").tolist()
    parents = list(range(len(starts)))

    def root(run: int) -> int:
        while parents[run] != run:
            parents[run] = run = parents[parents[run]]
        return run

    for run in range(len(parents)):
        for above in range(first[run], last[run]):
            one, other = root(run), root(above)
            parents[max(one, other)] = min(one, other)
    _, of_run = np.unique([root(run) for run in range(len(parents))], return_inverse=True)
    labels = np.zeros(padded.size, np.int64)
    labels[padded.ravel() > 0] = np.repeat(of_run + 1, ends - starts)
    labels = labels.reshape(padded.shape)[:, 1:-1]
    weights = np.bincount(labels.ravel(), contrast.ravel())
    parts = []
    for label in (np.argsort(-weights[1:], kind="stable")[:MOST_PARTS] + 1).tolist():
        rows, columns = np.nonzero(labels == label)
        (top, left), (bottom, right) = ((int(f(rows)), int(f(columns))) for f in (np.min, np.max))
        edges = sum((top == 0, left == 0, bottom == height - 1, right == width - 1))
        parts.append(Part(label, top, left, bottom + 1, right + 1, float(weights[label]), edges))
    return labels, parts


def _select(labels: npt.NDArray[np.int64], parts: Sequence[Part]) -> list[Part]:
    """The parts that make the digit: the weightiest one, and what belongs to it; an ImageError if there is another."""
    main = max(parts, key=lambda part: part.weight * (CUT_OFF if part.edges else 1))
    others = [part for part in parts if part is not main and part.weight >= SPECK * main.weight]
    cut_off = [part for part in others if part.edges == 1 and part.thickness >= STRIP * part.size]
    others = [part for part in others if not part.edges]
    digit, whole = [main], main
    while near := [part for part in others if _belongs(labels, part, digit, whole)]:
        digit += near
        others = [part for part in others if part not in near]
        for part in near:
            whole = whole.joined(part)
    if any(_is_as_large(part, whole) for part in others + cut_off):
        raise ImageError(SEVERAL)
    return digit


def _belongs(labels: npt.NDArray[np.int64], part: Part, digit: Sequence[Part], whole: Part) -> bool:
    """Whether a part is a stroke of the digit, whose parts together are the whole, not a digit of its own."""
    across, down = part.gap(whole)
    if not _is_as_large(part, whole):
        return max(across, down) <= NEAR * whole.size
    is_apart = -across < OVERLAP * min(part.right - part.left, whole.right - whole.left)
    is_level = -down >= OVERLAP * min(part.height, whole.height)
    if not (is_apart and is_level):
        return max(across, down) <= ABOVE * whole.joined(part).size
    reach = round(TORN * whole.size)
    if max(across, down) > reach:
        return False
    is_digit = np.isin(labels, [other.label for other in digit])
    return bool((_dilate(is_digit.astype(np.float32), reach)[labels == part.label] > 0).any())


def _is_as_large(part: Part, whole: Part) -> bool:
    """Whether a part may be a digit of its own: the top of a 5 may be as wide as the rest, but it is flat."""
    lower, higher = sorted((part.height, whole.height))
    return lower >= AS_TALL * higher and part.weight >= AS_HEAVY * whole.weight


def _thickened(ink: Gray, steps: int) -> Gray:
    """Ink with strokes wider by so many pixels on either side: dilated by a square and by diamonds, nearly round."""
    ink = _dilate(ink, max(steps, 0) // 2)
    for _ in range(steps - steps // 2):
        around = np.pad(ink, 1)
        neighbors = (around[2:, 1:-1], around[:-2, 1:-1], around[1:-1, 2:], around[1:-1, :-2])
        ink = np.maximum.reduce([ink, *neighbors])
    return ink


def _dilate(image: Gray, radius: int) -> Gray:
    """The brightest value in a window of 2 radius + 1 pixels a side, around each pixel."""
    side = 2 * radius + 1
    values = F.max_pool2d(torch.from_numpy(image)[None], (side, 1), 1, (radius, 0))
    return np.asarray(F.max_pool2d(values, (1, side), 1, (0, radius))[0].numpy())


def _close(image: Gray) -> Gray:
    """The image without what is darker than its surroundings and narrower than the closing's window."""
    return -_dilate(-_dilate(image, CLOSING), CLOSING)


def _smooth(image: Gray, radius: int) -> Gray:
    """The mean in the window, taken twice, which comes near a Gaussian; at the edges, of what lies in the image."""
    values = torch.from_numpy(image)[None]
    for side, padding in 2 * [((2 * radius + 1, 1), (radius, 0)), ((1, 2 * radius + 1), (0, radius))]:
        values = F.avg_pool2d(values, side, 1, padding, count_include_pad=False)
    return np.asarray(values[0].numpy())


def _shrunk(image: Gray) -> Gray:
    """The means of the squares of an image."""
    return np.asarray(F.avg_pool2d(torch.from_numpy(image)[None], COARSE, ceil_mode=True)[0].numpy())


def _grown(image: Gray, height: int, width: int) -> Gray:
    """An image (H, W) whose squares are given, interpolated linearly."""
    values = torch.from_numpy(image)[None, None]
    grown = F.interpolate(values, scale_factor=COARSE, mode="bilinear", align_corners=False)
    return np.asarray(grown[0, 0, :height, :width].numpy())
