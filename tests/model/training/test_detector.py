"""How the non-digit detector is trained; tests/model/evaluation/test_report.py measures what it rejects."""

from dataclasses import replace

import pytest
import torch

from model.data.mnist import Digits
from model.data.styles import load_styles, write_styles
from model.network import MLP
from model.training.detector import TARGET_FALSE_REJECTION_RATE, train_detector


@pytest.fixture(scope="module")
def training_set(mnist: Digits) -> tuple[Digits, torch.Tensor, torch.Tensor]:
    """Few digits, styles and negatives: digits upside down are as good as any."""
    digits = replace(mnist, train_images=mnist.train_images[:2_000], train_labels=mnist.train_labels[:2_000])
    return digits, write_styles(load_styles(), 300)[0], mnist.train_images[2_000:4_000].flip(1)


def test_the_threshold_rejects_the_target_share_of_validation_digits(training_set):
    digits, styles, negatives = training_set
    network = MLP(seed=1)
    first = train_detector(network, digits, styles, negatives, seed=3)
    rejected = first.rejects(digits.validation_images).float().mean().item()
    assert rejected == pytest.approx(TARGET_FALSE_REJECTION_RATE, abs=1e-3)
    assert first.rejects(negatives).float().mean() > 0.3
    again = train_detector(network, digits, styles, negatives, seed=3)
    assert torch.equal(first.network.flat_parameters(), again.network.flat_parameters())
    assert first.threshold == again.threshold
    assert torch.equal(network.flat_parameters(), MLP(seed=1).flat_parameters())  # it is not trained further


def test_validation_digits_only_set_the_threshold(training_set, mnist: Digits):
    digits, styles, negatives = training_set
    blank = replace(digits, validation_images=torch.zeros_like(mnist.validation_images))
    one, other = (train_detector(MLP(), some, styles, negatives) for some in (digits, blank))
    assert torch.equal(one.network.flat_parameters(), other.network.flat_parameters())
    assert one.threshold != other.threshold
