"""From nothing to a classifier, and `python app.py` from the first launch on, whatever happens to it."""

import pickle
import re
import signal
from dataclasses import replace

import pytest
import torch

from model import checkpoint
from model.data.mnist import MNISTError
from model.paths import PRETRAINED
from model.pipeline import load_or_train
from model.training import detector
from model.training.recipe import Recipe, parse_recipe
from tests.launching import Launch

SHORT = "baseline,epochs=1"
LONG = "baseline,epochs=1000,digits=1000"
WHOLE = PRETRAINED.read_bytes()


@pytest.fixture
def path(tmp_path, monkeypatch):
    """A checkpoint's in the folder for them."""
    path = tmp_path / "checkpoints" / "mlp.pt"
    monkeypatch.setattr("model.pipeline.CHECKPOINT", path)
    return path


@pytest.fixture
def no_mnist(monkeypatch):
    def missing(folder, say):
        raise MNISTError("MNIST is not here.")

    monkeypatch.setattr("model.pipeline.load_mnist", missing)


@pytest.fixture
def little_mnist(monkeypatch, mnist):
    """The network and detector of so few digits are poor, but made in the same way."""
    few = replace(mnist, train_images=mnist.train_images[:2_000], train_labels=mnist.train_labels[:2_000])
    monkeypatch.setattr("model.pipeline.load_mnist", lambda folder, say: few)
    monkeypatch.setattr("model.training.detector.NEGATIVES", 500)
    monkeypatch.setattr("model.training.detector.RECIPE", replace(detector.RECIPE, epochs=1, stroke_images=500))


@pytest.mark.parametrize("damage", [b"", b"a text", WHOLE[:-1], WHOLE[:100_000], pickle.dumps([1, 2])])
def test_an_unusable_file_is_set_aside_in_one_line(path, no_mnist, damage, capfd):
    path.parent.mkdir()
    path.write_bytes(damage)
    said = []
    loaded = load_or_train(path, say=said.append)
    assert loaded.classifier.fingerprint() == checkpoint.load(PRETRAINED).fingerprint()
    assert loaded.origin.startswith("Pretrained on ")
    assert said[0].startswith(f"{path} can't be used: ")
    assert said[0].endswith("(set aside as mlp.pt.unusable-1).")
    assert said[1:] == ["MNIST is not here. Until then, the pretrained network is used (pretrained.pt)."]
    assert not path.exists()
    assert path.with_name("mlp.pt.unusable-1").read_bytes() == damage
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("retrain", [False, True])
def test_an_unusable_file_elsewhere_is_left_as_it_is(tmp_path, little_mnist, retrain):
    path, said = tmp_path / "another-programs.pt", []
    path.write_bytes(b"a text")
    loaded = load_or_train(path, retrain=retrain, say=said.append)
    assert loaded.classifier.fingerprint() == checkpoint.load(PRETRAINED).fingerprint()
    assert len(said) == 1
    assert said[0].startswith(f"{path} can't be used: ")
    assert "left as it is: move it away, or name another file with --checkpoint." in said[0]
    assert [entry.read_bytes() for entry in tmp_path.iterdir()] == [b"a text"]


def test_an_unusable_file_is_trained_again(path, little_mnist):
    path.parent.mkdir()
    path.write_bytes(WHOLE[:1_000])
    said = []
    loaded = load_or_train(path, recipe=Recipe(epochs=1), say=said.append)
    assert checkpoint.load(path).fingerprint() == loaded.classifier.fingerprint()
    assert loaded.classifier.detector is not None
    assert loaded.classifier.snapshots
    assert [sentence.split()[0] for sentence in said] == [str(path), "Training", "Training", "Saved"]


def test_a_good_file_is_loaded(path, no_mnist):
    path.parent.mkdir()
    path.write_bytes(WHOLE)
    said = []
    loaded = load_or_train(path, say=said.append)
    assert loaded.classifier.fingerprint() == checkpoint.load(PRETRAINED).fingerprint()
    assert len(said) == 1
    assert f"{loaded.classifier.test_accuracy:.2%}" in said[0]
    load_or_train(path, recipe=Recipe(optimizer="sgd"), say=said.append)
    assert "--retrain" in said[1]


def test_a_training_that_diverges_falls_back_and_saves_nothing(path, little_mnist):
    said = []
    loaded = load_or_train(path, recipe=Recipe(optimizer="sgd", learning_rate=100), say=said.append)
    assert loaded.classifier.fingerprint() == checkpoint.load(PRETRAINED).fingerprint()
    assert "learning rate" in said[-1]
    assert not path.exists()


@pytest.mark.parametrize("allocate", [lambda: torch.empty(2**61, dtype=torch.uint8), lambda: bytearray(2**61)])
def test_too_little_memory_falls_back(path, little_mnist, allocate):
    said = []
    load_or_train(path, say=said.append, train=lambda digits, recipe, say: allocate())
    assert said[0].startswith("There is too little memory for training")


def test_a_classifier_that_cannot_be_saved_is_used(tmp_path, pretrained, little_mnist):
    file, said = tmp_path / "file", []
    file.write_text("in the way")
    loaded = load_or_train(file / "mlp.pt", say=said.append, train=lambda digits, recipe, say: pretrained)
    assert loaded.classifier is pretrained
    assert said[-1].startswith(f"Nothing was saved: {file / 'mlp.pt'} can't be written (")
    assert "not saved" in loaded.origin


# --- python app.py ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_two_launches_at_once_train_save_and_serve(tmp_path, path):
    flags = "--checkpoint", path, "--recipe", SHORT
    with Launch(tmp_path / "one", *flags) as one, Launch(tmp_path / "two", *flags) as two:
        for launch in (one, two):
            launch.wait_until_serving()
            lines = launch.said.splitlines()
            assert lines[0].startswith("Training with the recipe baseline, changed: ")
            assert re.fullmatch(r"epoch 1/1 .* on validation digits 9\d\.\d\d%", lines[1])
            assert lines[2].startswith("Training the detector")
            assert lines[3] == f"Saved {path}."
        assert checkpoint.load(path).recipe == parse_recipe(SHORT)
        assert [entry.name for entry in path.parent.iterdir()] == ["mlp.pt"]
        assert one.interrupt() in (0, 130)  # serving, or still about to
        assert "Traceback" not in one.said + two.said


RECIPES = {  # by what is said of the training when it ends
    "Training with": "augmented,stroke_images=100000",  # strokes are being drawn
    "on validation digits": LONG,
    "Training the detector": f"{SHORT},digits=1000",
}
ENDINGS = [(signal.SIGINT, 130, 4), (signal.SIGTERM, -signal.SIGTERM, 2), (signal.SIGKILL, -signal.SIGKILL, 2)]


@pytest.mark.slow
@pytest.mark.parametrize(("ending", "status", "seconds"), ENDINGS)
@pytest.mark.parametrize("moment", RECIPES)
def test_ended_in_a_first_launch(tmp_path, path, moment, ending, status, seconds):
    """Soon, without a complaint, and with nothing left in the way of the next launch."""
    with Launch(tmp_path / "log", "--checkpoint", path, "--recipe", RECIPES[moment]) as launch:
        launch.wait_until_said(moment)
        launch.process.send_signal(ending)
        assert launch.process.wait(timeout=seconds) == status
        assert ending != signal.SIGINT or launch.said.splitlines()[-1] == "Stopped."
        assert "Traceback" not in launch.said
    assert not path.parent.exists()
