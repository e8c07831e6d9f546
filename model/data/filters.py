"""Filters of gray images (H, W), floating-point: what morphology and smoothing need, with square windows."""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch.nn import functional as F

Gray = npt.NDArray[np.floating[Any]]


def dilate(image: Gray, radius: int) -> Gray:
    """The brightest value in a window of 2 radius + 1 pixels a side, around each pixel."""
    side = 2 * radius + 1
    values = F.max_pool2d(torch.from_numpy(image)[None], (side, 1), 1, (radius, 0))
    return _array(F.max_pool2d(values, (1, side), 1, (0, radius))[0])


def erode(image: Gray, radius: int) -> Gray:
    """The darkest value in the same window."""
    return -dilate(-image, radius)


def close(image: Gray, radius: int) -> Gray:
    """The image without what is darker than its surroundings and narrower than the window (J. Serra, 1982)."""
    return erode(dilate(image, radius), radius)


def smooth(image: Gray, radius: int) -> Gray:
    """The mean in the window, taken twice, which comes near a Gaussian; at the edges, of what lies in the image."""
    values = torch.from_numpy(image)[None]
    side = 2 * radius + 1
    for _ in range(2):
        for window, padding in (((side, 1), (radius, 0)), ((1, side), (0, radius))):
            values = F.avg_pool2d(values, window, 1, padding, count_include_pad=False)
    return _array(values[0])


def resize(image: Gray, height: int, width: int) -> Gray:
    """The image in another size: the mean of the pixels where it shrinks, interpolated linearly where it grows."""
    way = Image.Resampling.BOX if height < len(image) else Image.Resampling.BILINEAR
    return np.array(Image.fromarray(image).resize((width, height), way))


def halve(image: Gray) -> Gray:
    """The image at half its size: the means of 2 x 2 pixels; a last odd row or column is left out."""
    return _array(F.avg_pool2d(torch.from_numpy(image)[None], 2)[0])


def _array(values: torch.Tensor) -> Gray:
    array: Gray = values.numpy()
    return array
