"""What is not a digit."""

import pytest
import torch

from model.data.mnist import Digits
from model.data.negatives import MIXED, SCRIBBLES, TWISTED, WRITTEN, write_negatives


@pytest.fixture(scope="module")
def negatives(mnist: Digits) -> torch.Tensor:
    """About 12,700 of them."""
    return write_negatives(mnist.train_images[:8_000], mnist.train_labels[:8_000], torch.Generator().manual_seed(1))


def test_every_kind_is_there_and_no_image_is_empty_or_there_twice(negatives):
    assert abs(len(negatives) - (WRITTEN + MIXED + SCRIBBLES + TWISTED)) < 200
    assert negatives.shape[1:] == (28, 28)
    assert negatives.dtype == torch.uint8
    assert negatives.flatten(1).any(dim=1).all()
    assert len({image.numpy().tobytes() for image in negatives}) > 0.99 * len(negatives)


def test_the_last_are_mnists_digits_mirrored_or_rotated_and_none_as_it_is(negatives, mnist):
    def keys(images: torch.Tensor) -> set[bytes]:
        return {image.numpy().tobytes() for image in images}

    train = mnist.train_images[:8_000]
    twisted = keys(negatives[-(TWISTED // 16 * 16) :])
    assert twisted <= keys(train.flip(2)) | keys(train.rot90(1, (1, 2))) | keys(train.rot90(2, (1, 2)))
    assert not twisted & keys(train)


def test_the_detector_rejects_them(negatives, pretrained):
    assert pretrained.detector.rejects(negatives).float().mean() > 0.75
