"""The distortions that training pictures are shown with."""

import torch

from model.augmentation import distort


def _squares(count: int) -> torch.Tensor:
    pictures = torch.zeros(count, 28, 28, dtype=torch.uint8)
    pictures[:, 9:19, 9:19] = 255
    return pictures


def test_strength_0_leaves_pictures_as_they_are():
    pictures = torch.randint(0, 256, (250, 28, 28), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    distorted = distort(pictures, 0.0, torch.Generator())
    assert (distorted.int() - pictures.int()).abs().max() <= 1


def test_pictures_move_a_little_and_keep_their_ink():
    pictures = _squares(1_000)
    distorted = distort(pictures, 1.0, torch.Generator().manual_seed(0))
    assert distorted.shape == pictures.shape
    assert not torch.equal(distorted, pictures)
    ink = distorted.float().sum(dim=(1, 2)) / pictures.float().sum(dim=(1, 2))
    assert 0.7 < ink.min() < ink.max() < 1.4
    assert (distorted[:, 12:16, 12:16] > 200).all()
