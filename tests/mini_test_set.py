"""Three hundred of MNIST's test digits, small enough to travel with the page: every 33rd, in 16 shades of gray.

A file of labels (300 bytes) and then tones, two in a byte, the left one in the upper four bits; all of it deflated. The
network recognizes as many of them as of the originals, give or take one.
"""

import zlib

import torch
from torch import Tensor

from model.paths import MINI_TEST_SET

COUNT, STRIDE = 300, 33
SHADE = 17  # tones between two of 16 shades


def pack(images: Tensor, labels: Tensor) -> bytes:
    """The file for MNIST's test digits: images (10000, 28, 28), uint8, and labels (10000,), int64."""
    images, labels = images[::STRIDE][:COUNT], labels[::STRIDE][:COUNT]
    left, right = (images.float() / SHADE).round().byte().view(-1, 2).unbind(1)
    return zlib.compress(bytes(labels.tolist()) + (16 * left + right).numpy().tobytes(), 9)


def load() -> tuple[Tensor, Tensor]:
    """The digits of the repository's file: images (300, 28, 28), uint8, and labels (300,), int64."""
    content = torch.frombuffer(bytearray(zlib.decompress(MINI_TEST_SET.read_bytes())), dtype=torch.uint8)
    labels, pairs = content.split([COUNT, len(content) - COUNT])
    return SHADE * torch.stack([pairs // 16, pairs % 16], dim=1).view(COUNT, 28, 28), labels.long()
