"""Moments of a training: what is kept of them, and that the training does not notice."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch.nn import functional as F

from model import checkpoint
from model.checkpoint import CheckpointError
from model.classifier import Classifier
from model.mnist import Digits
from model.network import MLP, normalise
from model.opening import PRETRAINED, train_classifier
from model.recipe import Recipe
from model.rounding import RoundedLayer
from model.snapshots import FIRST_STEPS, Childhood
from model.styles import load_styles, write_styles
from model.training import train


@pytest.fixture(scope="module")
def digits() -> Digits:
    """Written styles in MNIST's place."""
    return Digits(*write_styles(load_styles(), 600), *write_styles(load_styles(), 200, seed=1))


def grown_up(digits: Digits, recipe: Recipe) -> tuple[MLP, Childhood]:
    """A trained network, with its childhood."""
    network = MLP(hidden=recipe.hidden, seed=recipe.seed)
    childhood = Childhood(network)
    for progress in train(network, digits, recipe):
        childhood.note(progress)
    return network, childhood


def test_a_training_does_not_notice(digits: Digits):
    recipe = Recipe(epochs=2)
    alone = MLP()
    for _ in train(alone, digits, recipe):
        pass
    assert torch.equal(grown_up(digits, recipe)[0].flat_parameters(), alone.flat_parameters())


@pytest.mark.parametrize(
    ("recipe", "steps", "ends"),
    [
        (Recipe(batch_size=6, epochs=5), [0, 1, 3, 10, 30, 100, 200, 300, 400, 500], [1, 2, 3, 4, 5]),
        (Recipe(batch_size=600, epochs=25), [0, 1, 3, 5, 10, 15, 20, 25], [1, 3, 5, 10, 15, 20, 25]),
        (Recipe(batch_size=600, epochs=1), [0, 1], [1]),
    ],
)
def test_first_steps_and_ends_of_epochs_are_kept(digits: Digits, recipe: Recipe, steps: list[int], ends: list[int]):
    snapshots = grown_up(digits, recipe)[1].snapshots(digits)
    assert [snapshot.step for snapshot in snapshots] == steps
    assert [snapshot.epoch for snapshot in snapshots if snapshot.epoch >= 1 and snapshot.epoch.is_integer()] == ends


def test_a_snapshot_is_the_network_of_its_moment_rounded(digits: Digits):
    recipe = Recipe(batch_size=6, epochs=1, hidden=16)
    network, childhood = grown_up(digits, recipe)
    first, *_, last = childhood.snapshots(digits)
    for snapshot, then in ((first, MLP(hidden=16)), (last, network)):
        for layer, rounded in zip(then.children(), snapshot.network().children(), strict=True):
            step = layer.weight.abs().amax(dim=1, keepdim=True) / 127
            assert ((layer.weight - rounded.weight).abs() <= 0.501 * step).all()
            assert torch.equal(layer.bias, rounded.bias)


def test_a_neuron_without_weights_stays_so():
    layer = torch.nn.Linear(4, 2)
    layer.weight.data[0] = 0
    rounded = RoundedLayer.of(layer)
    rounded.copy_to(layer)
    assert layer.weight[0].tolist() == [0] * 4


# --- in a checkpoint -------------------------------------------------------------------------------------------------


def test_the_one_that_came_along_has_its_childhood(pretrained: Classifier):
    assert PRETRAINED.stat().st_size < 2 * 2**20
    steps = [snapshot.step for snapshot in pretrained.snapshots]
    assert steps[: 1 + len(FIRST_STEPS)] == [0, *FIRST_STEPS]
    assert [snapshot.epoch for snapshot in pretrained.snapshots][1 + len(FIRST_STEPS) :] == [1, 2, 3, 4, 5]
    last = pretrained.snapshots[-1].network().flat_parameters()
    assert (last - pretrained.network.flat_parameters()).abs().max() < 0.01


def test_its_figures_are_measured_on_what_is_kept(pretrained: Classifier, mnist: Digits):
    inputs = normalise(mnist.test_images)
    for snapshot in pretrained.snapshots:
        with torch.inference_mode():
            logits = snapshot.network()(inputs)
        assert F.cross_entropy(logits, mnist.test_labels).item() == pytest.approx(snapshot.loss, rel=1e-4)
        assert (logits.argmax(1) == mnist.test_labels).float().mean().item() == pytest.approx(
            snapshot.test_accuracy, abs=5e-4
        )
    assert pretrained.snapshots[-1].test_accuracy == pytest.approx(pretrained.test_accuracy, abs=2e-3)


def test_a_checkpoint_keeps_them(mnist: Digits, tmp_path: Path):
    small = replace(mnist, train_images=mnist.train_images[:20_000], train_labels=mnist.train_labels[:20_000])
    classifier = train_classifier(small, Recipe(epochs=1, hidden=8), say=lambda sentence: None)
    checkpoint.save(classifier, tmp_path / "mlp.pt")
    loaded = checkpoint.load(tmp_path / "mlp.pt")
    assert loaded.fingerprint() == classifier.fingerprint()
    assert len(loaded.snapshots) == len(classifier.snapshots) == 8
    for one, other in zip(loaded.snapshots, classifier.snapshots, strict=True):
        assert vars(replace(one, layers=other.layers)) == vars(other)
        assert torch.equal(one.network().flat_parameters(), other.network().flat_parameters())


def test_a_checkpoint_without_them_still_loads(pretrained: Classifier, tmp_path: Path):
    checkpoint.save(replace(pretrained, snapshots=()), tmp_path / "mlp.pt")
    assert "snapshots" not in torch.load(tmp_path / "mlp.pt", weights_only=True)
    assert checkpoint.load(tmp_path / "mlp.pt").snapshots == ()


def with_first(**changes: object) -> list:
    """The snapshots of the checkpoint that came along, the first one changed."""
    snapshots = torch.load(PRETRAINED, weights_only=True)["snapshots"]
    return [{**snapshots[0], **changes}, *snapshots[1:]]


def with_layer(**changes: object) -> list:
    first, *others = with_first()[0]["layers"]
    return with_first(layers=[{**first, **changes}, *others])


WEIGHTS, SCALE = torch.zeros(64, 784, dtype=torch.int8), torch.ones(64)


@pytest.mark.parametrize(
    "snapshots",
    [
        None,
        7,
        "a text",
        {"step": 0},
        [None],
        [{}],
        with_first()[::-1],
        [*with_first(), *with_first()],
        with_first(more=1),
        *(with_first(step=step) for step in (-1, 0.0, True, None, 2**53)),
        *(with_first(epoch=epoch) for epoch in (-1.0, 1, torch.nan, "1")),
        *(with_first(loss=loss) for loss in (-0.1, torch.inf, None, torch.ones(1))),
        *(with_first(test_accuracy=accuracy) for accuracy in (1.5, torch.nan, "97 %")),
        *(with_first(layers=layers) for layers in (None, [], with_first()[0]["layers"][:2])),
        *(
            with_layer(weights=weights)
            for weights in (None, WEIGHTS.float(), WEIGHTS[:, 1:], WEIGHTS[0], WEIGHTS.to_sparse())
        ),
        *(
            with_layer(scale=scale)
            for scale in (-SCALE, 0 * SCALE, 1e38 * SCALE, SCALE.double(), SCALE[1:], torch.nan * SCALE)
        ),
        *(with_layer(biases=biases) for biases in (torch.inf * SCALE, SCALE[None], "a text")),
        with_layer(weights=WEIGHTS[:32], scale=SCALE[:32], biases=SCALE[:32]),
        with_layer(more=SCALE),
    ],
)
def test_damaged_ones_are_refused(tmp_path: Path, snapshots: object):
    torch.save({**torch.load(PRETRAINED, weights_only=True), "snapshots": snapshots}, tmp_path / "mlp.pt")
    with pytest.raises(CheckpointError):
        checkpoint.load(tmp_path / "mlp.pt")


def test_those_of_another_width_are_refused(pretrained: Classifier, tmp_path: Path, digits: Digits):
    narrow = grown_up(digits, Recipe(epochs=1, hidden=8))[1].snapshots(digits)
    checkpoint.save(replace(pretrained, snapshots=narrow), tmp_path / "mlp.pt")
    with pytest.raises(CheckpointError):
        checkpoint.load(tmp_path / "mlp.pt")
