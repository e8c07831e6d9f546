"""From pen strokes to ink: the canvas that the page draws on, and the pen it draws with.

The page's JavaScript engine makes the same marks, pixel for pixel: both count in float64, with the same operations in
the same order, so what Python says of a drawing holds for what was drawn in the page.
"""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

CANVAS_SIDE = 140  # pixels: seven for each of the 20 that a digit is resized to, when it fills the canvas
PEN_WIDTH = 10.0  # pixels: a digit gets lines 1.4 pixels wide in its 20 x 20 box if it fills the canvas, 2.9 if half

Point = tuple[float, float]
Stroke = Sequence[Point]


def draw(strokes: Sequence[Stroke], width: float = PEN_WIDTH, side: int = CANVAS_SIDE) -> Tensor:
    """Draw strokes with a round pen on an empty canvas.

    Args:
        strokes: each a sequence of points (x, y) in pixels, x to the right, y down; a single point makes a dot.
        width: of the pen, in pixels.
        side: of the canvas, in pixels; ink outside is lost.

    Returns:
        (side, side), uint8: 0 is background, 255 covered by ink, values between them the smooth edge of the line.
    """
    ink = np.zeros((side, side), np.uint8)
    for stroke in strokes:
        for start, end in zip(stroke, stroke[1:] or stroke, strict=False):
            _draw_line(ink, start, end, width / 2)
    return torch.from_numpy(ink)


def _draw_line(ink: npt.NDArray[np.uint8], start: Point, end: Point, radius: float) -> None:
    """One straight line with round ends: how far a pixel's center lies inside the edge is how much it is covered."""
    (x0, y0), (x1, y1) = start, end
    left, right = _reach(x0, x1, radius, len(ink))
    top, bottom = _reach(y0, y1, radius, len(ink))
    x = np.arange(left, right) + 0.5 - x0  # (W,)
    y = np.arange(top, bottom)[:, None] + 0.5 - y0  # (H, 1)
    dx, dy = x1 - x0, y1 - y0
    length2 = dx * dx + dy * dy
    along = _clip((x * dx + y * dy) / length2) if length2 > 0 else 0.0  # nearest point of the line, 0 to 1
    across_x, across_y = x - along * dx, y - along * dy
    distance = np.sqrt(across_x * across_x + across_y * across_y)
    covered = np.floor(_clip(radius + 0.5 - distance) * 255 + 0.5).astype(np.uint8)
    window = ink[top:bottom, left:right]
    np.maximum(window, covered, out=window)


def _clip(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Values limited to 0 and 1, in place. On arrays this small, np.clip takes twice as long."""
    np.maximum(values, 0.0, out=values)
    return np.minimum(values, 1.0, out=values)


def _reach(a: float, b: float, radius: float, side: int) -> tuple[int, int]:
    """The pixels, first and one past the last, that a line from a to b can touch along one axis."""
    first = math.floor(min(a, b) - radius - 0.5)
    last = math.ceil(max(a, b) + radius + 0.5)
    return min(max(first, 0), side), min(max(last, 0), side)


def draw_lines(starts: Tensor, ends: Tensor, widths: Tensor, side: int) -> Tensor:
    """Draw many drawings with the same number of lines at once: `draw` for training, in float32.

    Args:
        starts, ends: (N, L, 2), of the lines, in pixels.
        widths: (N,), of the pens, in pixels.
        side: of the canvas, in pixels.

    Returns:
        (N, side, side), uint8.
    """
    middle, reach = (starts + ends) / 2, (ends - starts) / 2
    half = reach.norm(dim=2)[:, :, None, None]  # (N, L, 1, 1): half a line's length
    along = torch.where(half[:, :, 0] > 0, reach / half[:, :, 0], torch.tensor([1.0, 0.0]))  # (N, L, 2), of length 1
    pixel = torch.arange(side) + 0.5
    x, y = (pixel - middle[:, :, axis, None] for axis in (0, 1))  # (N, L, side): from the line's middle
    ax, ay = along[:, :, :1], along[:, :, 1:]
    x_along, y_across = (x * ax)[:, :, None], (x * ay)[:, :, None]  # (N, L, 1, side)
    y_along, x_across = (y * ay)[:, :, :, None], (y * ax)[:, :, :, None]  # (N, L, side, 1)
    nearest = torch.full((len(starts), side, side), torch.inf)
    for line in range(starts.shape[1]):
        beyond = (x_along[:, line] + y_along[:, line]).abs_().sub_(half[:, line]).clamp_(min=0)
        across = x_across[:, line] - y_across[:, line]
        torch.minimum(nearest, across.square_().addcmul_(beyond, beyond), out=nearest)
    covered = nearest.sqrt_().neg_().add_(widths[:, None, None] / 2 + 0.5).clamp_(0, 1)
    return covered.mul_(255).round_().byte()
