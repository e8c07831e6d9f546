"""A classifier as a file: everything is in it, and everything is checked before it is used."""

import os
import pickle
import zipfile
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
        detector=Detector(MLP(hidden=8, outputs=1), -1.5, mean=0.2, std=0.4),
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


def test_a_classifier_without_detector_and_snapshots(path):
    checkpoint.save(Classifier(MLP(), Recipe(), 1.0), path)
    loaded = checkpoint.load(path)
    assert (loaded.detector, loaded.snapshots) == (None, ())
    assert path.stat().st_size < 250_000


def test_the_pretrained_one_is_as_accurate_as_it_says(mnist, pretrained):
    measured = accuracy(pretrained.logits(mnist.test_images), mnist.test_labels)
    assert measured == pytest.approx(pretrained.test_accuracy, abs=5e-4)
    assert measured >= 0.982
    assert pretrained.recipe == DEFAULT_RECIPE
    assert {"date", "torch"} <= pretrained.provenance.keys()
    assert pretrained.snapshots[-1].test_accuracy == pytest.approx(measured, abs=5e-4)


def is_same(loaded: Classifier, expected: Classifier) -> bool:
    networks = [[snapshot.network().flat_parameters() for snapshot in one.snapshots] for one in (loaded, expected)]
    return loaded.fingerprint() == expected.fingerprint() and all(map(torch.equal, *networks))


def test_a_flipped_bit_is_refused_or_changes_nothing(path, pretrained):
    random = np.random.default_rng(0)
    rejections = 0
    for place in random.integers(0, len(COMPLETE), 60):
        path.write_bytes(COMPLETE[:place] + bytes([COMPLETE[place] ^ 1 << random.integers(8)]) + COMPLETE[place + 1 :])
        try:
            loaded = checkpoint.load(path)
        except CheckpointError:
            rejections += 1
        else:
            assert is_same(loaded, pretrained)
    assert rejections > 30


def test_a_bit_flipped_in_any_tensor_or_number_is_refused(path):
    for name, tensor in content()["weights"].items():
        damaged = content()
        damaged["weights"][name] = tensor.clone()
        damaged["weights"][name].view(torch.int32).flatten()[-1] ^= 1
        torch.save(damaged, path)
        assert "checksum" in error_of(path)
    for key in ("mean", "std", "test_accuracy"):
        torch.save(changed(key, value=np.nextafter(content()[key], 1).item()), path)
        assert "checksum" in error_of(path)


def test_truncated_is_refused_and_damaged_anywhere_is_refused_or_still_finite(path):
    random = np.random.default_rng(0)
    for length in (0, 40, 180, 1_000, 100_000, len(COMPLETE) - 1):
        path.write_bytes(COMPLETE[:length])
        error_of(path)
    for _ in range(60):
        damaged = bytearray(COMPLETE)
        for place in random.integers(0, random.choice([2_000, len(COMPLETE)]), 5):
            damaged[place] = random.integers(256)
        path.write_bytes(damaged)
        try:
            loaded = checkpoint.load(path)
        except CheckpointError:
            continue
        assert loaded.network.flat_parameters().isfinite().all()


def test_the_format_of_an_earlier_version_is_named(path):
    torch.save({"format": "digit-sketchpad checkpoint 1", "made": {}}, path)
    assert "saved by an earlier version" in error_of(path)
    torch.save({"format": "digit-sketchpad checkpoint 3"}, path)
    assert "saved by a later version" in error_of(path)


DELETED = object()


def changed(*keys: Any, value: Any) -> dict[str, Any]:
    """The pretrained checkpoint's content with another value at a place."""
    whole = inner = content()
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = value
    if value is DELETED:
        del inner[keys[-1]]
    return whole


def signed(whole: dict[str, Any]) -> dict[str, Any]:
    """A checkpoint's content with the checksum that belongs to it."""
    return {**whole, "sha256": checkpoint.checksum(whole)}


WEIGHT = "hidden2.weight"
KEYS = ("sha256", "format", "weights", "mean", "recipe", "provenance", "test_accuracy", "snapshots")


@pytest.mark.parametrize(
    "foreign",
    [
        *(None, 7, "a text", [], {}, torch.zeros(3), MLP().state_dict(), {"format": checkpoint.FORMAT}),
        *(changed(key, value=DELETED) for key in KEYS),
        *(changed("weights", value=value) for value in (None, {}, [1], MLP(hidden=32).state_dict())),
        *(changed("weights", WEIGHT, value=torch.full((64, 64), value)) for value in (torch.nan, torch.inf)),
        *(changed("weights", WEIGHT, value=value) for value in (torch.zeros(64, 65), "a text")),
        changed("weights", WEIGHT, value=DELETED),
        changed("weights", "more", value=torch.zeros(1)),
        *(changed("recipe", value=value) for value in (None, "baseline", {"epochs": 0}, {"more": 1}, {"name": []})),
        *(changed("recipe", value={"hidden": width}) for width in (32, 7, 10**9)),
        *(changed("mean", value=value) for value in (1e308, -1e308)),
        *(changed("std", value=value) for value in (1e-300, 0.0, -1.0, torch.nan, "1", None, torch.ones(1))),
        *(changed("test_accuracy", value=value) for value in (torch.inf, "97 %", None, 2.0, -0.5)),
        *(changed("provenance", value=value) for value in (None, 3, ["2026"])),
        *(changed("detector", "weights", value=value) for value in (None, {}, MLP().state_dict())),
        changed("detector", "weights", value=MLP(hidden=4, outputs=1).state_dict()),
        *(changed("detector", "threshold", value=value) for value in (torch.nan, None, "low")),
        *(changed("snapshots", value=value) for value in (None, [1], [{}], content()["snapshots"][::-1])),
        *(changed("snapshots", 0, key, value=value) for key in ("step", "loss", "layers") for value in (-1, "x")),
        changed("snapshots", 0, "layers", 0, "scale", value=torch.full((64,), torch.nan)),
        changed("snapshots", 0, "layers", 0, "weights", value=torch.zeros(64, 784)),
    ],
)
def test_foreign_content_is_refused(path, foreign):
    if isinstance(foreign, dict) and "sha256" in foreign:
        foreign = signed(foreign)
    torch.save(foreign, path)
    error_of(path)


@pytest.mark.parametrize("save", [torch.save, lambda trap, path: path.write_bytes(pickle.dumps(trap))])
@pytest.mark.parametrize("is_inside", [False, True])
def test_a_pickle_is_never_run(path, save, is_inside):
    save({**content(), "provenance": Trap()} if is_inside else Trap(), path)
    error_of(path)


@pytest.mark.filterwarnings("error")
def test_refusing_is_silent(path):
    torch.save(MLP(), path)
    error_of(path)
    path.write_bytes(pickle.dumps({"format": checkpoint.FORMAT}))
    error_of(path)


def test_a_huge_file_is_not_read(path):
    with path.open("wb") as file:
        file.truncate(10**12)  # sparse: takes no room, and could never be read into memory
    assert "larger" in error_of(path)


def test_a_small_file_that_would_be_unpacked_to_a_large_one_is_not_unpacked(path, monkeypatch):
    monkeypatch.setattr("torch.load", lambda *_, **options: pytest.fail("It was unpacked."))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mlp/data.pkl", b"")
        archive.writestr("mlp/data/0", bytes(2 * checkpoint.MAX_BYTES))
    assert path.stat().st_size < 100_000
    assert "larger" in error_of(path)


@pytest.mark.parametrize("key", ["weights", "provenance"])
def test_small_content_that_repeats_itself_is_not_written_out(path, key):
    doubled: list = ["text"]
    for _ in range(60):
        doubled = [doubled, doubled]
    repeated = {"weights": torch.zeros(1).expand(10**12), "provenance": doubled}
    torch.save(changed(key, value=repeated[key]), path)
    assert path.stat().st_size < len(COMPLETE) * 1.1
    error_of(path)


def test_a_device_or_pipe_is_not_read(path):
    os.mkfifo(path)
    assert error_of(path) == "it is not a regular file"
