"""From photographs of a digit on paper, or on a board, to ink, in any light.

A photograph is evened out as document scanners do it: the background's brightness is estimated around each pixel by a
morphological closing, which erases what is narrower than its window, and each pixel is compared with it. What reflects
less than its background is ink, in the shade as well as in the light. Then the paper's lines are taken out, and of what
remains, the connected parts that make the digit are kept.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor

from model.data.components import Mask, Part, find_parts, select_digit
from model.data.filters import Gray, close, dilate, erode, resize, smooth
from model.data.ruling import remove_lines

SIDE = 280  # pixels: the longer side that photographs are scaled to
COARSE = 4  # pixels: the background is estimated from the means of squares of this side, which are free of noise

# In such squares:
CLOSING = 6  # radius of the closing's window: strokes up to 48 pixels wide are told from the background
NEIGHBORHOOD = 9  # radius of the window in which paper or board is the lighter or darker part

# Brightness and contrast, 0 to 1:
DARKEST_PAPER = 16 / 255  # on darker paper, noise would look like ink
DARKEST_CHALK = 0.05
LOWEST_CONTRAST = 0.1  # of ink; a photograph with less of it is blank
CLEAR_CONTRAST = 0.3  # of ink; fainter marks may be noise or shadows:
EVENNESS = 0.72  # of strokes: their median contrast as a share of the darkest; shadows and noise fade more
SIGNAL_TO_NOISE = 3.0  # the mean contrast of strokes as a multiple of what 95 % of the background lies below
MOST_PARTS = 30  # of ink; with more of them, a digit is heavier than all the rest

EDGE = 0.42  # of the darkest contrast: where a stroke ends
FADE = (0.25, 0.75)  # of the darkest contrast: what is fainter is background, what is darker is ink through and through
FRINGE = 2  # pixels around the digit's parts that their soft edges take
SMALLEST = 0.04  # of the photograph's longer side: anything smaller is a speck
STROKE = 0.09  # of the digit's longer side: most pens write thinner than MNIST's, so strokes are thickened to this


def ink_from_photograph(gray: npt.NDArray[np.uint8]) -> Tensor:
    """Find the digit in a photograph.

    Args:
        gray: (H, W): a digit in dark ink on light paper, which may be ruled or squared, or in chalk on a dark board.

    Returns:
        (1, H', W'), uint8, scaled to 280 pixels: 0 is background, 255 ink. If nothing is found, there is no ink.

    Raises:
        ImageError: if there are several digits.
    """
    contrast = remove_lines(smooth(_contrast(_scaled(gray)), 1))
    darkest = _darkest(contrast)
    is_ink = contrast > max(EDGE * darkest, LOWEST_CONTRAST * EDGE)
    ink: Gray = np.zeros_like(contrast)
    labels, parts = find_parts(is_ink, contrast)
    if not _is_blank(contrast, is_ink, darkest, parts):
        is_digit = np.isin(labels, [part.label for part in select_digit(labels, parts)])
        size = _longer_side(is_digit)
        if size >= SMALLEST * SIDE:
            faintest, full = FADE
            soft = np.clip((contrast / darkest - faintest) / (full - faintest), 0, 1)
            ink[:] = np.where(dilate(is_digit.astype(np.float32), FRINGE) > 0, soft, 0)
            ink = _thickened(ink, (STROKE * size - _stroke_width(is_digit)) / 2)
    return torch.from_numpy((ink * 255).round().astype(np.uint8))[None]


def check_single_digit(ink: npt.NDArray[np.uint8]) -> None:
    """Check that a drawing's ink (H, W) is that of one digit.

    Raises:
        ImageError: if there are several.
    """
    small = _scaled(ink) if max(ink.shape) > SIDE else ink.astype(np.float32) / 255
    select_digit(*find_parts(small > small.max() / 3, small))


def _scaled(gray: npt.NDArray[np.uint8]) -> Gray:
    """The photograph (H, W) in its working size (H', W'), 0 to 1."""
    height, width = (max(round(SIDE / max(gray.shape) * side), 1) for side in gray.shape)
    way = Image.Resampling.BOX if max(gray.shape) > SIDE else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(gray).resize((width, height), way), np.float32) / 255


def _contrast(tones: Gray) -> Gray:
    """How much darker than the paper around it, or how much lighter than the board, each pixel (H, W) is: 0 to 1."""
    coarse = resize(tones, *(-(-side // COARSE) for side in tones.shape))
    if not _is_light_on_dark(coarse):
        paper = smooth(close(coarse, CLOSING), CLOSING // 2)
        paper = np.maximum(resize(paper, *tones.shape), np.float32(DARKEST_PAPER))
        darker: Gray = np.clip(1 - tones / paper, 0, 1)
        return darker
    board = -smooth(close(-coarse, CLOSING), CLOSING // 2)
    chalk = smooth(close(coarse, CLOSING), 2 * CLOSING)  # as light as it gets around here
    board, chalk = (resize(light, *tones.shape) for light in (board, chalk))
    lighter: Gray = np.clip((tones - board) / np.maximum(chalk, np.float32(DARKEST_CHALK)), 0, 1)
    return lighter


def _is_light_on_dark(coarse: Gray) -> bool:
    """Whether, where contrasts are high, most of the surroundings are dark: then the lighter part is the writing."""
    tones = np.log(np.maximum(coarse, 0.02))
    lightest, darkest = dilate(tones, NEIGHBORHOOD), erode(tones, NEIGHBORHOOD)
    span = lightest - darkest
    weight = np.maximum(span - 0.25 * span.max(), 0)
    place = (tones - darkest) / np.maximum(span, 1e-3)  # 0 for the darkest, 1 for the lightest of the neighborhood
    return bool((place * weight).sum() < 0.5 * weight.sum())


def _darkest(contrast: Gray) -> float:
    """The contrast of the darkest ink, but for a few pixels."""
    marks = contrast[contrast > LOWEST_CONTRAST / 2]
    return float(np.quantile(marks, 0.99)) if marks.size else 0.0


def _is_blank(contrast: Gray, is_ink: Mask, darkest: float, parts: Sequence[Part]) -> bool:
    """Whether what was taken for ink is only noise, shadows, and what is left of the lines on empty paper."""
    if darkest < LOWEST_CONTRAST:
        return True
    weights = [part.weight for part in parts]
    if len(parts) > MOST_PARTS and max(weights) < sum(weights) / 2:
        return True
    if darkest >= CLEAR_CONTRAST:
        return False
    strokes, background = contrast[is_ink], contrast[~is_ink]
    is_even = float(np.median(strokes)) >= EVENNESS * darkest
    is_above_noise = float(strokes.mean()) >= SIGNAL_TO_NOISE * float(np.quantile(background, 0.95))
    return not (is_even and is_above_noise)


def _longer_side(mask: Mask) -> int:
    """The longer side of the bounding box of what is set in a mask (H, W), in pixels."""
    return max(int(np.ptp(np.flatnonzero(mask.any(axis=axis)))) + 1 for axis in (0, 1)) if mask.any() else 0


def _stroke_width(mask: Mask) -> float:
    """The mean width of the strokes in a mask (H, W), in pixels: twice their area, divided by their outline."""
    steps = np.count_nonzero(mask[1:] != mask[:-1]) + np.count_nonzero(mask[:, 1:] != mask[:, :-1])
    outline = 0.8 * steps  # on average over all directions, a staircase is longer than the line: pi / 4 of it remain
    return 2 * np.count_nonzero(mask) / max(outline, 1)


def _thickened(ink: Gray, by: float) -> Gray:
    """Ink with strokes wider by so many pixels on either side: dilated by a square and by diamonds, nearly round."""
    steps = max(round(by), 0)
    ink = dilate(ink, steps // 2)
    for _ in range(steps - steps // 2):
        around = np.pad(ink, 1)
        neighbors = (around[2:, 1:-1], around[:-2, 1:-1], around[1:-1, 2:], around[1:-1, :-2])
        ink = np.maximum.reduce([ink, *neighbors])
    return ink
