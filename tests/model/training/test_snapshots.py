"""Snapshots of a training: which are taken, and what they hold."""

import pytest
import torch

from model.classifier import Classifier
from model.data.mnist import Digits
from model.evaluation.metrics import accuracy
from model.network import image_logits
from model.paths import PRETRAINED
from model.training.snapshots import FIRST_STEPS


def test_the_pretrained_network_has_snapshots_with_true_figures(pretrained: Classifier, mnist: Digits):
    assert PRETRAINED.stat().st_size < 2 * 2**20
    assert [snapshot.step for snapshot in pretrained.snapshots][: 1 + len(FIRST_STEPS)] == [0, *FIRST_STEPS]
    epochs = [snapshot.epoch for snapshot in pretrained.snapshots][1 + len(FIRST_STEPS) :]
    assert epochs == sorted(epochs)
    assert epochs[-1] == pretrained.recipe.epochs
    last = pretrained.snapshots[-1].network().flat_parameters()
    assert (last - pretrained.network.flat_parameters()).abs().max() < 0.01
    for snapshot in pretrained.snapshots:
        logits = image_logits(snapshot.network(), mnist.validation_images)
        loss = torch.nn.functional.cross_entropy(logits, mnist.validation_labels).item()
        assert loss == pytest.approx(snapshot.loss, rel=1e-4)
        assert accuracy(logits, mnist.validation_labels) == pytest.approx(snapshot.accuracy, abs=5e-4)
