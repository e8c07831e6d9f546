"""Snapshots of a training: which are taken, and what they hold."""

import pytest
import torch

from model.classifier import Classifier
from model.data.mnist import Digits
from model.evaluation.metrics import accuracy
from model.network import MLP, image_logits
from model.paths import PRETRAINED
from model.training.batches import Samples
from model.training.loop import train
from model.training.recipe import Recipe
from model.training.snapshots import FIRST_STEPS, SnapshotRecorder


@pytest.fixture(scope="module")
def samples(mnist: Digits) -> Samples:
    return Samples(mnist.train_images[:600], mnist.train_labels[:600])


def recorded(samples: Samples, recipe: Recipe) -> tuple[MLP, SnapshotRecorder]:
    network = MLP(hidden=recipe.hidden, seed=recipe.seed)
    recorder = SnapshotRecorder(network)
    for progress in train(network, samples, recipe):
        recorder.record(progress)
    return network, recorder


@pytest.mark.parametrize(
    ("recipe", "steps", "ends"),
    [
        (Recipe(batch_size=6, epochs=5), [0, 1, 3, 10, 30, 100, 200, 300, 400, 500], [1, 2, 3, 4, 5]),
        (Recipe(batch_size=600, epochs=25), [0, 1, 3, 5, 10, 15, 20, 25], [1, 3, 5, 10, 15, 20, 25]),
        (Recipe(batch_size=600, epochs=1), [0, 1], [1]),
    ],
)
def test_first_steps_and_ends_of_epochs_are_kept(samples: Samples, recipe: Recipe, steps: list[int], ends: list[int]):
    snapshots = recorded(samples, recipe)[1].snapshots(samples.images, samples.labels)
    assert [snapshot.step for snapshot in snapshots] == steps
    assert [snapshot.epoch for snapshot in snapshots if snapshot.epoch >= 1 and snapshot.epoch.is_integer()] == ends


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
