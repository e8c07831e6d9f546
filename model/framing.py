"""From ink to the 28 x 28 picture that the network reads, framed exactly as MNIST was made.

The steps are those of the original data set, as reconstructed by C. Yadav and L. Bottou, "Cold Case: The Lost MNIST
Digits" (NeurIPS 2019). How a drawing is framed matters more than the network that reads it, so training, page, API
and command line all come through this one function.

Everything is counted in whole numbers (areas in twentieths of a pixel, tones from 0 to 255), so the page's JavaScript
engine reaches the very same picture, bit by bit: there is no rounding error to differ in.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

SIDE = 28  # of the network's picture, in pixels
BOX = 20  # the digit fills a box of 20 x 20 inside it
SOFT_EDGE = 3
SMALLEST_BOX = 10  # source pixels: a dot stays a dot instead of being blown up to fill the box


@dataclass(frozen=True)
class Steps:
    """Which steps the framing takes: all of them, unless somebody wants to see what a step is for.

    Attributes:
        box: find the ink; without it, the whole paper is taken for it.
        square: pad the shorter side of the box; without it, a narrow digit is stretched to a wide one.
        fit: shrink into 20 x 20, which leaves a margin; without it, the digit fills all 28 x 28.
        centre: put the centre of mass in the middle; without it, the middle of the box.
    """

    box: bool = True
    square: bool = True
    fit: bool = True
    centre: bool = True


ALL_STEPS = Steps()


def frame(ink: Tensor, steps: Steps = ALL_STEPS) -> Tensor:
    """Frame drawings as MNIST framed its digits.

    Args:
        ink: (N, H, W), uint8: 0 is paper, 255 the darkest ink. H and W up to 65,000, in any proportion.
        steps: which steps to take.

    Returns:
        (N, 28, 28), uint8. A drawing without ink gives an empty picture.
    """
    (top, height), (left, width) = (_extent(ink.amax(dim=axis), steps.box) for axis in (2, 1))
    if steps.square:
        side = torch.maximum(height, width).clamp(min=SMALLEST_BOX)  # (N,)
        top, left = top - (side - height) // 2, left - (side - width) // 2
        height = width = side
    cells = BOX if steps.fit else SIDE
    rows = _overlaps(top, height, cells, ink.shape[1])  # (N, 20, H)
    columns = _overlaps(left, width, cells, ink.shape[2])  # (N, 20, W)

    # Whole numbers below 2^24 are exact in float32; the second product needs float64.
    area = rows @ ink.float()  # (N, 20, W)
    area = area.double() @ columns.double().transpose(1, 2)  # (N, 20, 20)

    brightest = area.amax(dim=(1, 2), keepdim=True).clamp(min=1)
    digit = torch.floor((510 * area + brightest) / (2 * brightest))  # round(255 * area / brightest), halves up
    return _paste(digit.long(), steps.centre)


def _extent(profile: Tensor, tight: bool) -> tuple[Tensor, Tensor]:
    """Where the ink of a profile (N, L) starts, and over how many pixels it reaches: two (N,) of int64.

    MNIST's originals were black or white. A grey drawing has soft edges, and more of them the more it was enlarged:
    ink paler than a third of the darkest does not widen the box.
    """
    if not tight:
        return torch.zeros(len(profile), dtype=torch.int64), torch.full((len(profile),), profile.shape[1])
    inked = (profile > profile.amax(dim=1, keepdim=True) // SOFT_EDGE).byte()
    start = inked.argmax(dim=1)
    end = profile.shape[1] - inked.flip(1).argmax(dim=1)
    return start, end - start


def _overlaps(start: Tensor, side: Tensor, cells: int, length: int) -> Tensor:
    """How much of each source pixel falls into each of the cells of a box, in twentieths of a pixel (of 20 cells).

    Args:
        start, side: (N,) int64, the box's first pixel (it may lie outside the drawing) and its length.
        cells: how many the box is divided into.
        length: L, of the drawing along this axis, in pixels.

    Returns:
        (N, cells, L), float32, whole numbers.
    """
    start, side = start.float()[:, None, None], side.float()[:, None, None]
    pixel = cells * (torch.arange(length) - start)  # (N, 1, L): where each pixel begins in the box
    cell = torch.arange(cells)[:, None] * side  # (N, cells, 1): where each cell begins
    return (torch.minimum(pixel + cells, cell + side) - torch.maximum(pixel, cell)).clamp_(min=0)


def _paste(digit: Tensor, by_mass: bool) -> Tensor:
    """Paste (N, 20, 20) into (N, 28, 28), shifted by whole pixels so that the centre of mass lands near the middle."""
    cells = digit.shape[1]
    room = SIDE - cells
    mass = digit.sum(dim=(1, 2)).clamp(min=1)  # (N,)
    centre = 2 * torch.arange(cells) + 1  # of each pixel, in half pixels
    down, right = (
        # floor(15 - centre of mass)
        ((30 * mass - (digit.sum(dim=axis) * centre).sum(dim=1)) // (2 * mass)).clamp(0, room)
        if by_mass
        else torch.full_like(mass, room // 2)
        for axis in (2, 1)
    )
    place = torch.arange(cells)
    picture = torch.zeros(len(digit), SIDE, SIDE, dtype=torch.uint8)
    picture[
        torch.arange(len(digit))[:, None, None],
        (down[:, None] + place)[:, :, None],
        (right[:, None] + place)[:, None, :],
    ] = digit.byte()
    return picture
