"""Mild affine augmentation: the same digit, leaning a little more, a little larger, a pixel further on.

Strong or elastic augmentation lowers the accuracy of a network this small; this much raises it.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

ALIKE = 100  # pictures that share one transformation: sharing it makes it ten times as cheap

# At strength 1 each is drawn evenly from minus to plus:
TURN = 0.17  # radians
SHEAR = 0.17  # pixels to the side, a pixel down
SCALE = 0.10  # natural logarithm of the factor
SHIFT = 1.0  # pixels


def distort(pictures: Tensor, strength: float, generator: torch.Generator) -> Tensor:
    """Turn, shear, scale and shift pictures at random; those at `ALIKE` neighbouring places alike.

    Args:
        pictures: (N, H, W), uint8.
        strength: 0 leaves them as they are, 1 is mild.
        generator: of the random numbers.

    Returns:
        (N, H, W), uint8.
    """
    count, side = len(pictures), pictures.shape[2]
    groups = -(-count // ALIKE)
    turn, shear, scale, right, down = (torch.rand(5, groups, generator=generator) * 2 - 1) * strength
    turn, shear, scale = turn * TURN, shear * SHEAR, (scale * SCALE).exp()
    cos, sin = turn.cos() * scale, turn.sin() * scale
    # Where each pixel of the result comes from, on the scale of -1 to 1: turned, then sheared.
    shift = 2 * SHIFT / side
    theta = torch.stack([cos, shear * cos - sin, right * shift, sin, shear * sin + cos, down * shift], dim=1)
    grid = F.affine_grid(theta.view(groups, 2, 3), [groups, 1, side, side], align_corners=False)

    # Pictures that share a transformation are channels of one image.
    padded = F.pad(pictures.float(), (0, 0, 0, 0, 0, groups * ALIKE - count)).view(groups, ALIKE, side, side)
    return F.grid_sample(padded, grid, align_corners=False).view(-1, side, side)[:count].byte()
