"""Common ways from a canvas to 28 x 28, as demos of this kind have them: to compare the exact preprocessing with."""

import torch
from torch import Tensor
from torch.nn import functional as F

from model.preprocessing import SIDE


def resize_canvas(ink: Tensor) -> Tensor:
    """The whole canvas (N, H, W), resized: (N, 28, 28), uint8."""
    resized = F.interpolate(ink[:, None].float(), size=(SIDE, SIDE), mode="bilinear", antialias=True)
    return resized[:, 0].round().clamp(0, 255).byte()


def crop_with_factor(ink: Tensor) -> Tensor:
    """The ink's bounding box, made square and 1.2 times as large, centered: (N, 28, 28), uint8."""
    return torch.cat([_crop(drawing, factor=1.2) for drawing in ink])


def crop_with_margin(ink: Tensor) -> Tensor:
    """The ink's bounding box, made square and, on a canvas of 280 px, 20 px larger: (N, 28, 28), uint8."""
    return torch.cat([_crop(drawing, margin=20 / 280 * len(drawing)) for drawing in ink])


BASELINES = {
    "whole canvas, resized": resize_canvas,
    "bounding box x 1.2": crop_with_factor,
    "bounding box + 20 px": crop_with_margin,
}


def _crop(drawing: Tensor, factor: float = 1.0, margin: float = 0.0) -> Tensor:
    rows, columns = (drawing.amax(dim=axis).nonzero()[:, 0].tolist() for axis in (1, 0))
    if not rows:
        return torch.zeros(1, SIDE, SIDE, dtype=torch.uint8)
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    height, width = bottom - top, right - left
    side = round(max(height, width) * factor + margin)
    square = torch.zeros(side, side, dtype=torch.uint8)
    down, across = (side - height) // 2, (side - width) // 2
    square[down : down + height, across : across + width] = drawing[top:bottom, left:right]
    return resize_canvas(square[None])
