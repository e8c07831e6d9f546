"""The random affine transformations of training images."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from model.data.augmentation import GROUP_SIZE, augment


@settings(max_examples=20, deadline=None, derandomize=True)
@given(st.integers(1, 250), st.integers(0, 2**32))
def test_strength_0_changes_nothing(count, seed):
    images = torch.randint(0, 256, (count, 28, 28), dtype=torch.uint8, generator=torch.Generator().manual_seed(seed))
    assert (augment(images, 0.0, torch.Generator()).int() - images.int()).abs().sum() <= count * 28 * 28
    assert augment(images, 1.0, torch.Generator()).shape == images.shape


def test_images_move_a_little_and_keep_their_ink():
    images = torch.zeros(1_000, 28, 28, dtype=torch.uint8)
    images[:, 9:19, 9:19] = 255
    augmented = augment(images, 1.0, torch.Generator().manual_seed(0))
    ink = augmented.float().sum(dim=(1, 2)) / images.float().sum(dim=(1, 2))
    assert 0.7 < ink.min() < ink.max() < 1.4
    assert (augmented[:, 12:16, 12:16] > 200).all()
    assert len(augmented.flatten(1).unique(dim=0)) == 1_000 // GROUP_SIZE  # one transformation a group
