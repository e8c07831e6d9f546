"""How the non-digit detector is trained; tests/model/evaluation/test_report.py measures what it rejects."""

from dataclasses import replace

import pytest
import torch

from model.data.mnist import Digits
from model.data.strokes import draw, load_drawings
from model.network import MLP
from model.training import detector as training
from model.training.detector import TARGET_FALSE_REJECTION_RATE, detector_samples, train_detector

NONE = torch.empty(0, 28, 28, dtype=torch.uint8)  # strokes drawn before


@pytest.fixture
def few(monkeypatch) -> None:
    """Few strokes, and one epoch."""
    monkeypatch.setattr(training, "RECIPE", replace(training.RECIPE, stroke_images=1_000, epochs=1))
    monkeypatch.setattr(training, "NEGATIVES", 1_000)


@pytest.mark.usefixtures("few")
def test_the_threshold_rejects_the_target_share_of_what_the_network_reads_rightly(mnist: Digits, pretrained):
    first, again = (train_detector(pretrained.network, detector_samples(mnist, NONE, seed=3), seed=3) for _ in range(2))
    assert torch.equal(first.network.flat_parameters(), again.network.flat_parameters())
    assert first.threshold == again.threshold
    drawings = load_drawings()
    digits = drawings[drawings.is_validation & drawings.are_digits]
    images = draw(digits, torch.Generator().manual_seed(0), varied=False)
    images = images[pretrained.logits(images).argmax(dim=1) == digits.digits]
    # The pens are others.
    assert first.rejects(images).float().mean() == pytest.approx(TARGET_FALSE_REJECTION_RATE, abs=4e-3)


@pytest.mark.usefixtures("few")
def test_it_is_trained_for_a_network_of_any_depth_and_never_changes_it(mnist: Digits):
    for layers in (0, 3):
        network = MLP(seed=1, hidden_layers=layers)
        detector = train_detector(network, detector_samples(mnist, NONE))
        assert detector.network.widths == [784, *[training.RECIPE.hidden] * layers, 1]
        assert torch.equal(network.flat_parameters(), MLP(seed=1, hidden_layers=layers).flat_parameters())
