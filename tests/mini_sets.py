"""Three hundred of MNIST's validation digits, and as many of its test digits, small enough to travel with the page.

A file of labels (300 bytes) and then tones, two in a byte, the left one in the upper four bits; all of it deflated. The
network recognizes as many as of the originals, which have 256 shades, give or take two.
"""

import zlib
from pathlib import Path

import torch
from torch import Tensor

from model.paths import MINI_SETS

VALIDATION, TEST = MINI_SETS
COUNT = 300
SHADE = 17  # tones between two of 16 shades


def thinned(images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Evenly spread over a set: images (300, 28, 28), uint8, and labels (300,), int64."""
    stride = len(images) // COUNT
    return images[::stride][:COUNT], labels[::stride][:COUNT]


def load(path: Path = TEST) -> tuple[Tensor, Tensor]:
    """The digits of one of the repository's files: images (300, 28, 28), uint8, and labels (300,), int64."""
    content = torch.frombuffer(bytearray(zlib.decompress(path.read_bytes())), dtype=torch.uint8)
    labels, pairs = content.split([COUNT, len(content) - COUNT])
    return SHADE * torch.stack([pairs // 16, pairs % 16], dim=1).view(COUNT, 28, 28), labels.long()
