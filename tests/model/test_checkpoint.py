"""A classifier as a file: everything is in it, and damage is found."""

import os
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from model import checkpoint
from model.checkpoint import CheckpointError
from model.classifier import Classifier
from model.detector import Detector
from model.evaluation.metrics import accuracy
from model.network import MLP
from model.paths import PRETRAINED
from model.quantization import QuantizedLayer
from model.training.recipe import DEFAULT_RECIPE, Recipe
from model.training.snapshots import Snapshot

COMPLETE = PRETRAINED.read_bytes()


class Trap:
    """Its pickle fails the test when it is loaded."""

    def __reduce__(self):
        return pytest.fail, ("The pickle was run.",)


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "mlp.pt"


def content() -> dict[str, Any]:
    loaded: dict[str, Any] = torch.load(PRETRAINED, weights_only=True)
    return loaded


def error_of(path: Path) -> str:
    with pytest.raises(CheckpointError) as caught:
        checkpoint.load(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_everything_is_saved_and_loaded(path):
    network = MLP(hidden=100, seed=5)
    layers = tuple(QuantizedLayer.of(layer) for layer in network.layers())
    classifier = Classifier(
        network,
        Recipe("mine", "sgd", 0.1, 16, 2, 5, hidden=100),
        test_accuracy=0.75,
        mean=0.2,
        std=0.4,
        provenance=checkpoint.provenance(),
        detector=Detector(MLP(hidden=100, outputs=1), -1.5, mean=0.2, std=0.4),
        snapshots=(Snapshot(0, 0.0, 2.3, 0.1, layers), Snapshot(9, 1.0, 0.5, 0.9, layers)),
    )
    checkpoint.save(classifier, path)
    loaded = checkpoint.load(path)
    assert loaded.fingerprint() == classifier.fingerprint()
    assert replace(loaded.detector, network=classifier.detector.network) == classifier.detector
    for snapshot, expected in zip(loaded.snapshots, classifier.snapshots, strict=True):
        assert (snapshot.step, snapshot.epoch, snapshot.loss) == (expected.step, expected.epoch, expected.loss)
        assert torch.equal(snapshot.network().flat_parameters(), expected.network().flat_parameters())
    same = {"network": network, "detector": classifier.detector, "snapshots": classifier.snapshots}
    assert replace(loaded, **same) == classifier
    assert {"date", "torch", "python", "numpy"} <= loaded.provenance.keys()


def test_the_pretrained_one_is_as_accurate_as_it_says(mnist, pretrained):
    measured = accuracy(pretrained.logits(mnist.test_images), mnist.test_labels)
    assert measured == pytest.approx(pretrained.test_accuracy, abs=5e-4)
    assert measured >= 0.982
    assert pretrained.recipe == DEFAULT_RECIPE
    assert {"date", "torch"} <= pretrained.provenance.keys()


def test_a_damaged_or_truncated_file_is_refused_or_changes_nothing(path, pretrained):
    random = np.random.default_rng(0)
    rejections = 0
    for place in random.integers(0, len(COMPLETE), 30):
        path.write_bytes(COMPLETE[:place] + bytes([COMPLETE[place] ^ 1 << random.integers(8)]) + COMPLETE[place + 1 :])
        try:
            assert checkpoint.load(path).fingerprint() == pretrained.fingerprint()
        except CheckpointError:
            rejections += 1
    assert rejections > 15
    for length in (0, 40, 1_000, 100_000, len(COMPLETE) - 1):
        path.write_bytes(COMPLETE[:length])
        assert error_of(path) == "it is damaged, or not a checkpoint"


@pytest.mark.parametrize(
    "foreign",
    [{"weights": {}}, {"detector": {"weights": {}}}, {"detector": {"weights": {"a": torch.zeros(300, 9)}}}],
)
def test_foreign_content_is_refused(path, foreign):
    torch.save({**content(), **foreign}, path)
    assert "checksum" in error_of(path)
    changed = {**content(), **foreign}
    del changed["sha256"]
    torch.save({**changed, "sha256": checkpoint.checksum(changed)}, path)
    assert error_of(path) == "it is damaged, or not a checkpoint"


def test_the_format_of_another_version_is_named(path):
    torch.save({"format": "digit-sketchpad checkpoint 1", "made": {}}, path)
    assert "saved by another version" in error_of(path)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("save", [torch.save, lambda trap, path: path.write_bytes(pickle.dumps(trap))])
def test_a_pickle_is_never_run(path, save):
    for trap in (Trap(), {**content(), "provenance": Trap()}):
        save(trap, path)
        error_of(path)


def test_a_huge_file_a_device_and_a_pipe_are_not_read(path):
    with path.open("wb") as file:
        file.truncate(10**12)  # sparse: takes no room, and could never be read into memory
    assert "larger" in error_of(path)
    path.unlink()
    os.mkfifo(path)
    assert error_of(path) == "it is not a regular file"
