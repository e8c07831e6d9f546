"""The usual ways from a canvas to 28 x 28, as demos of this kind have them: to measure the exact framing against."""

import torch
from torch import Tensor
from torch.nn import functional as F

from model.framing import SIDE


def shrunk(ink: Tensor) -> Tensor:
    """The whole canvas (N, H, W), shrunk: (N, 28, 28), uint8."""
    return _resized(ink)


def box_centred(ink: Tensor) -> Tensor:
    """The ink's box, made square and 1.2 times as large, centred: (N, 28, 28), uint8."""
    return torch.cat([_cropped(drawing, factor=1.2) for drawing in ink])


def box_with_margin(ink: Tensor) -> Tensor:
    """The ink's box, made square and, on a canvas of 280 px, 20 px larger: (N, 28, 28), uint8."""
    return torch.cat([_cropped(drawing, margin=20 / 280 * len(drawing)) for drawing in ink])


USUAL = {"whole canvas shrunk": shrunk, "box x 1.2, centred": box_centred, "box + 20 px": box_with_margin}


def _cropped(drawing: Tensor, factor: float = 1.0, margin: float = 0.0) -> Tensor:
    rows, columns = drawing.nonzero(as_tuple=True)
    if not len(rows):
        return torch.zeros(1, SIDE, SIDE, dtype=torch.uint8)
    top, bottom, left, right = (int(end) for axis in (rows, columns) for end in (axis.min(), axis.max() + 1))
    height, width = bottom - top, right - left
    side = round(max(height, width) * factor + margin)
    square = torch.zeros(side, side, dtype=torch.uint8)
    down, across = (side - height) // 2, (side - width) // 2
    square[down : down + height, across : across + width] = drawing[top:bottom, left:right]
    return _resized(square[None])


def _resized(ink: Tensor) -> Tensor:
    resized = F.interpolate(ink[:, None].float(), size=(SIDE, SIDE), mode="bilinear", antialias=True)
    return resized[:, 0].round().clamp(0, 255).byte()
