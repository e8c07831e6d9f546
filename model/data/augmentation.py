"""Mild affine augmentation: images slightly rotated, sheared, scaled and shifted.

Strong or elastic augmentation lowers the accuracy of a network this small; this much raises it.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

GROUP_SIZE = 100  # images with one transformation in common: ten times as cheap as one each

# The range at strength 1, from minus to plus:
ROTATION = 0.17  # radians
SHEAR = 0.17  # pixels to the side, a pixel down
SCALE = 0.10  # natural logarithm of the factor
SHIFT = 1.0  # pixels


def augment(images: Tensor, strength: float, generator: torch.Generator) -> Tensor:
    """Rotate, shear, scale and shift images (N, H, W), uint8, at random; each `GROUP_SIZE` consecutive ones alike.

    A strength of 0 leaves them as they are, 1 is mild.
    """
    count, side = len(images), images.shape[2]
    groups = -(-count // GROUP_SIZE)
    rotation, shear, scale, right, down = (torch.rand(5, groups, generator=generator) * 2 - 1) * strength
    rotation, shear, scale = rotation * ROTATION, shear * SHEAR, (scale * SCALE).exp()
    cos, sin = rotation.cos() * scale, rotation.sin() * scale
    # Where each pixel of the result comes from, on the scale of -1 to 1: rotated, then sheared.
    shift = 2 * SHIFT / side
    theta = torch.stack([cos, shear * cos - sin, right * shift, sin, shear * sin + cos, down * shift], dim=1)
    grid = F.affine_grid(theta.view(groups, 2, 3), [groups, 1, side, side], align_corners=False)

    # Images that share a transformation are channels of one image.
    padded = F.pad(images.float(), (0, 0, 0, 0, 0, groups * GROUP_SIZE - count)).view(groups, GROUP_SIZE, side, side)
    sampled = F.grid_sample(padded, grid, align_corners=False).view(-1, side, side)[:count]
    return sampled.short().byte()  # by way of whole numbers: five times as fast as from float32 at once
