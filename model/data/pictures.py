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

SIDE = 280  # pixels: the longer side of a picture in its working size
SOFTENING = 1  # radius in pixels of the smoothing, by which thin lines fade more than strokes do
OPAQUE_RANGE = 0.25  # of tones, 0 to 1: what is opaque in a transparent picture has more of it, or is one ink

# The background is estimated from every COARSE-th pixel of the smoothed tones. Both radii are counted in those:
COARSE = 4
CLOSING = 6  # radius of the closing's window: wider than strokes
NEIGHBORHOOD = 12  # radius of the window in which paper or board is the lighter or darker part

# Brightness and contrast, 0 to 1:
DARKEST_PAPER = 16 / 255  # on darker paper, noise would look like ink
LOWEST_CONTRAST = 0.07  # of ink
FAINT_EDGE, DARK_EDGE = 0.25, 0.45  # of the darkest ink: strokes end between; the darker the paper's lines, the darker
CLEAR_CONTRAST = 0.3  # of ink; fainter marks may be shadows and creases
SIGNAL_TO_NOISE = 1.0, 2.0  # of clear and of faint strokes, whose contrast is even and stands out of the background's

STROKE = 0.09  # of the digit's longer side: most pens write thinner than MNIST's, so strokes are thickened to this
SMALLEST = 0.04 * SIDE  # pixels: a digit's longer side
MOST_PARTS = 40  # the heaviest ones; others are specks

# As shares of the digit's longer side, height or weight:
NEAR = 0.22  # gap up to which a small part belongs to a digit: the top of a 5, the bar of a 7
SPECK = 0.02  # weight of parts that are left out
AS_TALL, AS_HEAVY = 0.5, 0.2  # height and weight from which another part is a digit of its own
TORN = 0.08  # gap, as a share of both together, up to which large parts belong together: an 8 of two circles
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
    ink = _strokes(_contrast(_smooth(_tones(pixels), SOFTENING))).astype(np.float32)
    places = np.argwhere(ink)
    size = np.ptp(places, axis=0).max() + 1 if len(places) else 0
    if size < SMALLEST:
        ink[:] = 0
    # One pixel more around strokes adds 8 / pi times their length, on average over all directions.
    length = max(0.4 * (_dilate(ink, 1).sum() - ink.sum()), 1)
    ink = _dilate(ink, max(math.floor(0.4 * (STROKE * size - ink.sum() / length) + 0.5), 0))
    return torch.from_numpy(255 * ink.astype(np.uint8))[None]


def _tones(pixels: Pixels) -> Gray:
    """The tones, 0 to 1, of a picture (H, W, 4): those of the color channel that varies most."""
    colors = pixels[..., :3].astype(np.float32) / 255
    opacity = pixels[..., 3:].astype(np.float32) / max(int(pixels[..., 3].max()), 1)
    if opacity.min() < 1:
        opaque = colors[opacity[..., 0] >= 0.5]
        if not opaque.size or np.ptp(opaque, axis=0).max() < OPAQUE_RANGE:
            return 1 - opacity[..., 0]  # ink on nothing, or a stencil
        colors = colors * opacity + np.median(opaque, axis=0) * (1 - opacity)
    return np.asarray(colors[..., colors.std(axis=(0, 1)).argmax()])


def _contrast(tones: Gray) -> Gray:
    """How much darker than the paper around it, or how much lighter than the board, each pixel (H, W) is: 0 to 1.

    The paper is what a morphological closing leaves (J. Serra, 1982): all that is narrower than its window goes.
    """
    height, width = tones.shape
    coarse = _resized(tones, -(-height // COARSE), -(-width // COARSE))
    if _is_light_on_dark(coarse):
        tones, coarse = 1 - tones, 1 - coarse
    closed = -_dilate(-_dilate(coarse, CLOSING), CLOSING)
    paper = _smooth(_resized(_smooth(closed, CLOSING // 2), height, width), COARSE // 2)
    return np.clip(1 - np.maximum(tones, DARKEST_PAPER) / np.maximum(paper, DARKEST_PAPER), 0, 1)


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
    is_ink = contrast > DARK_EDGE * darkest
    ink, rest = contrast[is_ink], contrast[~is_ink]
    lines, noise = np.quantile(rest, (0.9, 0.95)) if rest.size else (1.0, 1.0)  # of paper
    least = SIGNAL_TO_NOISE[darkest < CLEAR_CONTRAST]
    if darkest < LOWEST_CONTRAST or np.median(ink) * ink.mean() < least * darkest * noise:
        return np.zeros_like(is_ink)
    edge = min(max(FAINT_EDGE * darkest, 3 * lines), DARK_EDGE * darkest)
    strokes = np.zeros_like(is_ink)
    for part in _select(_find_parts(contrast > edge, contrast)):
        strokes[part.pixels] = True
    return strokes


@dataclass(frozen=True, eq=False)
class Part:
    """A connected part of a mask: its pixels' rows and columns, its bounding box, its weight, which is the sum of its
    contrasts, and how many of the picture's edges it touches."""

    pixels: tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]
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

    def gap(self, other: "Part") -> int:
        """By how many pixels the boxes are apart; negative if they overlap."""
        across = max(self.left, other.left) - min(self.right, other.right)
        return max(across, max(self.top, other.top) - min(self.bottom, other.bottom))

    def joined(self, other: "Part") -> "Part":
        """Both, as one."""
        top, left = min(self.top, other.top), min(self.left, other.left)
        bottom, right = max(self.bottom, other.bottom), max(self.right, other.right)
        return Part(self.pixels, top, left, bottom, right, self.weight + other.weight, self.edges)


def _find_parts(mask: Mask, contrast: Gray) -> list[Part]:
    """The heaviest connected parts of a mask (H, W), corners included, in the order of their weights."""
    height, width = mask.shape
    stride = width + 2  # with a pixel of background at either end of a row
    unseen = set(np.flatnonzero(np.pad(mask, 1)).tolist())
    around = [down * stride + across for down in (-1, 0, 1) for across in (-1, 0, 1)]
    parts = []
    while unseen:
        found = [unseen.pop()]
        for pixel in found:
            near = unseen.intersection([pixel + step for step in around])
            unseen -= near
            found += near
        rows, columns = np.divmod(np.array(found) - stride - 1, stride)
        (top, bottom), (left, right) = ((int(places.min()), int(places.max()) + 1) for places in (rows, columns))
        edges = sum((top == 0, left == 0, bottom == height, right == width))
        parts.append(Part((rows, columns), top, left, bottom, right, float(contrast[rows, columns].sum()), edges))
    return sorted(parts, key=lambda part: -part.weight)[:MOST_PARTS]


def _select(parts: Sequence[Part]) -> list[Part]:
    """The parts that make the digit: the weightiest one, and what belongs to it; an ImageError if there is another."""
    main = max(parts, key=lambda part: part.weight * (CUT_OFF if part.edges else 1))
    others = [part for part in parts if part is not main and part.weight >= SPECK * main.weight]
    cut_off = [part for part in others if part.edges == 1 and part.thickness >= STRIP * part.size]
    others = [part for part in others if not part.edges]
    digit, whole = [main], main
    while near := [part for part in others if _belongs(part, whole)]:
        digit += near
        others = [part for part in others if part not in near]
        for part in near:
            whole = whole.joined(part)
    if any(_is_as_large(part, whole) for part in others + cut_off):
        raise ImageError("There are several digits in this picture; show one.")
    return digit


def _belongs(part: Part, whole: Part) -> bool:
    """Whether a part is a stroke of the digit, whose parts together are the whole, not a digit of its own."""
    reach = TORN * whole.joined(part).size if _is_as_large(part, whole) else NEAR * whole.size
    return part.gap(whole) <= reach


def _is_as_large(part: Part, whole: Part) -> bool:
    """Whether a part may be a digit of its own: the top of a 5 may be as wide as the rest, but it is flat."""
    lower, higher = sorted((part.height, whole.height))
    return lower >= AS_TALL * higher and part.weight >= AS_HEAVY * whole.weight


def _dilate(image: Gray, radius: int) -> Gray:
    """The brightest value in a window of 2 radius + 1 pixels a side, around each pixel."""
    side = 2 * radius + 1
    values = F.max_pool2d(torch.from_numpy(image)[None], (side, 1), 1, (radius, 0))
    return np.asarray(F.max_pool2d(values, (1, side), 1, (0, radius))[0].numpy())


def _smooth(image: Gray, radius: int) -> Gray:
    """The mean in the window, taken twice, which comes near a Gaussian; at the edges, of what lies in the image."""
    values = torch.from_numpy(image)[None]
    for side, padding in 2 * [((2 * radius + 1, 1), (radius, 0)), ((1, 2 * radius + 1), (0, radius))]:
        values = F.avg_pool2d(values, side, 1, padding, count_include_pad=False)
    return np.asarray(values[0].numpy())


def _resized(image: Gray, height: int, width: int) -> Gray:
    """An image of (height, width), each of whose pixels is the one that is in its place."""
    resized = F.interpolate(torch.from_numpy(image)[None, None], (height, width), mode="nearest-exact")
    return np.asarray(resized[0, 0].numpy())
