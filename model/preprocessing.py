"""From ink to the 28 x 28 image that the network takes, preprocessed as MNIST was.

How exactly that was has been lost; the steps are those that C. Yadav and L. Bottou reconstructed, "Cold Case: The Lost
MNIST Digits" (NeurIPS 2019). Preprocessing matters more than the network behind it, so training, page, API and command
line all use this one function.

All arithmetic is in whole numbers (areas in twentieths of a pixel, tones from 0 to 255), so the page's JavaScript
engine computes the same image, bit for bit.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

SIDE = 28  # pixels of the network's image
BOX = 20  # pixels of the box inside it that the digit fills
SOFT_EDGE = 3  # divisor of the darkest ink: ink paler than a third of it does not widen the crop
SMALLEST_CROP = 10  # source pixels: a dot stays a dot instead of being enlarged to fill the box


@dataclass(frozen=True)
class Steps:
    """The preprocessing steps to take: all of them, except to show what a step is for.

    Attributes:
        crop: find the ink; without it, the whole drawing is taken.
        square: pad the shorter side of the crop; without it, a narrow digit is stretched to a wide one.
        resize: scale to 20 x 20, which leaves a margin; without it, the digit fills all 28 x 28.
        center: shift by whole pixels until the center of mass is within half a pixel of 14.5, where MNIST's digits have
            theirs; without it, the box is in the middle, at 14.
    """

    crop: bool = True
    square: bool = True
    resize: bool = True
    center: bool = True


ALL_STEPS = Steps()


def preprocess(ink: Tensor, steps: Steps = ALL_STEPS) -> Tensor:
    """Preprocess drawings as MNIST's digits were.

    Args:
        ink: (N, H, W), uint8: 0 is background, 255 the darkest ink. H and W up to 65,000, in any proportion.
        steps: which steps to take.

    Returns:
        (N, 28, 28), uint8. A drawing without ink gives an empty image.
    """
    (top, height), (left, width) = (_extent(ink.amax(dim=axis), steps.crop) for axis in (2, 1))
    if steps.square:
        side = torch.maximum(height, width).clamp(min=SMALLEST_CROP)  # (N,)
        top, left = top - (side - height) // 2, left - (side - width) // 2
        height = width = side
    cells = BOX if steps.resize else SIDE
    rows = _overlaps(top, height, cells, ink.shape[1])  # (N, 20, H)
    columns = _overlaps(left, width, cells, ink.shape[2])  # (N, 20, W)

    # Whole numbers below 2^24 are exact in float32; the second product needs float64.
    area = rows @ ink.float()  # (N, 20, W)
    area = area.double() @ columns.double().transpose(1, 2)  # (N, 20, 20)

    darkest = area.amax(dim=(1, 2), keepdim=True).clamp(min=1)
    digit = torch.floor((510 * area + darkest) / (2 * darkest))  # round(255 * area / darkest), halves up
    return _paste(digit.long(), steps.center)


def _extent(profile: Tensor, tight: bool) -> tuple[Tensor, Tensor]:
    """Where the ink of a profile (N, L) starts, and how many pixels it spans: two (N,) of int64.

    MNIST's originals were black or white. A gray drawing has soft edges, and the wider ones the more it was enlarged;
    they do not count.
    """
    if not tight:
        return torch.zeros(len(profile), dtype=torch.int64), torch.full((len(profile),), profile.shape[1])
    inked = (profile > profile.amax(dim=1, keepdim=True) // SOFT_EDGE).byte()
    start = inked.argmax(dim=1)
    end = profile.shape[1] - inked.flip(1).argmax(dim=1)
    return start, end - start


def _overlaps(start: Tensor, side: Tensor, cells: int, length: int) -> Tensor:
    """How much of each of `length` source pixels falls into each cell of a box: (N, cells, length), float32.

    The box starts at pixel `start` (N,), which may lie outside the drawing, and is `side` (N,) pixels long. The unit is
    one pixel divided by the number of cells, so that all are whole numbers.
    """
    start, side = start.float()[:, None, None], side.float()[:, None, None]
    pixel = cells * (torch.arange(length) - start)  # (N, 1, L): where each pixel begins in the box
    cell = torch.arange(cells)[:, None] * side  # (N, cells, 1): where each cell begins
    return (torch.minimum(pixel + cells, cell + side) - torch.maximum(pixel, cell)).clamp_(min=0)


def _paste(digit: Tensor, by_mass: bool) -> Tensor:
    """Paste (N, 20, 20) into (N, 28, 28), shifted by whole pixels so that the center of mass lands near 14.5."""
    cells = digit.shape[1]
    room = SIDE - cells
    mass = digit.sum(dim=(1, 2)).clamp(min=1)  # (N,)
    middle = 2 * torch.arange(cells) + 1  # of each pixel, in half pixels
    down, right = (
        # floor(15 - center of mass)
        ((30 * mass - (digit.sum(dim=axis) * middle).sum(dim=1)) // (2 * mass)).clamp(0, room)
        if by_mass
        else torch.full_like(mass, room // 2)
        for axis in (2, 1)
    )
    place = torch.arange(cells)
    image = torch.zeros(len(digit), SIDE, SIDE, dtype=torch.uint8)
    image[
        torch.arange(len(digit))[:, None, None],
        (down[:, None] + place)[:, :, None],
        (right[:, None] + place)[:, None, :],
    ] = digit.byte()
    return image
