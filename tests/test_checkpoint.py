"""A classifier as a file: whole or not at all, checked before it is used."""

import os
import pickle
import resource
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from model import checkpoint
from model.checkpoint import CheckpointError
from model.classifier import Classifier
from model.files import STALE_SECONDS, set_aside, write_whole
from model.guard import Guard
from model.mnist import Digits
from model.network import MLP
from model.opening import PRETRAINED, open_classifier
from model.recipe import Recipe
from model.training import accuracy, train

WHOLE = PRETRAINED.read_bytes()


class Trap:
    """Pickled, it makes a file when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "checkpoints" / "mlp.pt"


@pytest.fixture
def no_mnist(tmp_path, monkeypatch) -> None:
    """Neither data nor mirror."""
    monkeypatch.setattr("model.mnist.DATA", tmp_path / "none")
    monkeypatch.setattr("torchvision.datasets.MNIST.mirrors", [])


def content() -> dict:
    return torch.load(PRETRAINED, weights_only=True)


def assert_refused(path: Path) -> None:
    with pytest.raises(CheckpointError) as caught:
        checkpoint.load(path)
    assert "\n" not in str(caught.value)


def test_round_trip(path):
    classifier = Classifier(MLP(seed=5), Recipe("mine", "sgd", 0.1, 16, 2, 5), 0.75, 0.2, 0.4, checkpoint.made_here())
    checkpoint.save(classifier, path)
    loaded = checkpoint.load(path)
    assert torch.equal(loaded.network.flat_parameters(), classifier.network.flat_parameters())
    assert loaded.fingerprint() == classifier.fingerprint()
    assert replace(loaded, network=classifier.network) == classifier
    assert {"date", "torch", "python", "numpy"} <= loaded.made.keys()
    assert [path.name for path in path.parent.iterdir()] == ["mlp.pt"]


def test_what_was_trained_is_saved_small(path):
    images, labels = torch.zeros(64, 28, 28, dtype=torch.uint8), torch.zeros(64, dtype=torch.int64)
    network = MLP()
    list(train(network, Digits(images, labels, images, labels), Recipe(epochs=1)))
    checkpoint.save(Classifier(network, Recipe(epochs=1), 1.0), path)
    assert path.stat().st_size < 250_000
    assert torch.equal(checkpoint.load(path).network.flat_parameters(), network.flat_parameters())


def test_the_one_that_came_along(mnist, pretrained):
    measured = accuracy(pretrained.network, mnist.test_images, mnist.test_labels)
    assert measured == pytest.approx(pretrained.test_accuracy, abs=5e-4)
    assert measured >= 0.965
    assert {"date", "torch"} <= pretrained.made.keys()


def test_widths_of_network_and_guard_are_their_own(path):
    guard = Guard(MLP(hidden=8, outputs=1), -1.5)
    classifier = Classifier(MLP(hidden=100), Recipe(hidden=100), 0.9, guard=guard)
    checkpoint.save(classifier, path)
    loaded = checkpoint.load(path)
    assert loaded.fingerprint() == classifier.fingerprint()
    assert (loaded.network.hidden1.out_features, loaded.guard.network.hidden1.out_features) == (100, 8)


def test_missing(path):
    with pytest.raises(FileNotFoundError):
        checkpoint.load(path)


@pytest.mark.parametrize("length", [*range(0, 200, 20), *range(200, len(WHOLE), 15_000), len(WHOLE) - 1])
def test_truncated(tmp_path, length):
    path = tmp_path / "mlp.pt"
    path.write_bytes(WHOLE[:length])
    assert_refused(path)


def test_damaged_anywhere_is_refused_or_still_finite(tmp_path):
    path, random = tmp_path / "mlp.pt", np.random.default_rng(0)
    for _ in range(150):
        damaged = bytearray(WHOLE)
        for place in random.integers(0, random.choice([2_000, len(WHOLE)]), 5):
            damaged[place] = random.integers(256)
        path.write_bytes(damaged)
        try:
            loaded = checkpoint.load(path)
        except CheckpointError:
            continue
        assert loaded.network.flat_parameters().isfinite().all()


def with_weights(**weights) -> dict:
    return {**content(), "weights": {**content()["weights"], **weights}}


def with_guard(weights: object) -> dict:
    return {**content(), "guard": {**content()["guard"], "weights": weights}}


def without(*path: str) -> dict:
    changed = content()
    inner = changed
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return changed


WEIGHT = "hidden2.weight"


@pytest.mark.parametrize(
    "stranger",
    [
        None,
        7,
        "a text",
        [],
        {},
        torch.zeros(3),
        {"format": checkpoint.FORMAT},
        MLP().state_dict(),
        {**content(), "format": "digit-sketchpad checkpoint 2"},
        *({**content(), "weights": weights} for weights in (None, {}, [1], MLP(hidden=32).state_dict())),
        *({**content(), "recipe": {"hidden": width}} for width in (32, 7, 10**9)),
        *(with_guard(weights) for weights in (None, {}, MLP().state_dict(), MLP(hidden=4, outputs=1).state_dict())),
        with_weights(**{WEIGHT: torch.full((64, 64), torch.nan)}),
        with_weights(**{WEIGHT: torch.full((64, 64), torch.inf)}),
        with_weights(**{WEIGHT: torch.zeros(64, 65)}),
        with_weights(**{WEIGHT: "a text"}),
        with_weights(more=torch.zeros(1)),
        without("weights", WEIGHT),
        *(without(name) for name in ("format", "mean", "recipe", "made", "test_accuracy")),
        *({**content(), "std": std} for std in (0.0, -1.0, torch.nan, "1", None, torch.ones(1))),
        *({**content(), "test_accuracy": accuracy} for accuracy in (torch.inf, "97 %", None, 2.0, -0.5)),
        *({**content(), "recipe": recipe} for recipe in (None, "chapter", {"epochs": 0}, {"more": 1}, {"name": []})),
        *({**content(), "made": made} for made in (None, 3, ["2026"])),
    ],
)
def test_strangers(tmp_path, stranger):
    torch.save(stranger, tmp_path / "mlp.pt")
    assert_refused(tmp_path / "mlp.pt")


@pytest.mark.parametrize("write", [torch.save, lambda trap, path: path.write_bytes(pickle.dumps(trap))])
@pytest.mark.parametrize("inside", [False, True])
def test_a_pickle_is_never_run(tmp_path, write, inside):
    trap = Trap(tmp_path / "sprung")
    write({**content(), "made": trap} if inside else trap, tmp_path / "mlp.pt")
    assert_refused(tmp_path / "mlp.pt")
    assert not (tmp_path / "sprung").exists()


def test_a_whole_pickled_network_is_refused(tmp_path):
    torch.save(MLP(), tmp_path / "mlp.pt")
    assert_refused(tmp_path / "mlp.pt")


@pytest.mark.filterwarnings("error")
def test_refusing_is_silent(tmp_path):
    (tmp_path / "mlp.pt").write_bytes(pickle.dumps({"format": checkpoint.FORMAT}))
    assert_refused(tmp_path / "mlp.pt")


def test_a_huge_file_is_not_read(tmp_path):
    with (tmp_path / "mlp.pt").open("wb") as file:
        file.truncate(10**12)
    began = time.monotonic()
    assert_refused(tmp_path / "mlp.pt")
    assert time.monotonic() - began < 5


# --- opening ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", [b"", b"a text", WHOLE[:-1], WHOLE[:100_000], pickle.dumps([1, 2])])
def test_an_unusable_file_is_set_aside_and_said_in_one_line(path, no_mnist, damage, capfd):
    path.parent.mkdir()
    path.write_bytes(damage)
    said = []
    opened = open_classifier(path, say=said.append)
    assert opened.classifier.fingerprint() == checkpoint.load(PRETRAINED).fingerprint()
    assert len(said) == 2  # the file; MNIST
    assert said[0].startswith(f"{path} can't be used (")
    assert said[0].endswith("set aside as mlp.pt.unusable-1.")
    assert not path.exists()
    assert path.with_name("mlp.pt.unusable-1").read_bytes() == damage
    assert capfd.readouterr() == ("", "")


def test_nothing_set_aside_is_overwritten(tmp_path):
    path = tmp_path / "mlp.pt"
    for number in range(3):
        path.write_text(str(number))
        set_aside(path)
    assert [path.read_text() for path in sorted(tmp_path.iterdir())] == ["0", "1", "2"]
    assert "gone" in set_aside(path)


def test_an_unusable_file_is_trained_anew(path, mnist_folder):
    path.parent.mkdir()
    path.write_bytes(WHOLE[:1_000])
    said = []
    opened = open_classifier(path, mnist_folder, Recipe(epochs=1), say=said.append)
    assert checkpoint.load(path).fingerprint() == opened.classifier.fingerprint()
    assert [sentence.split()[0] for sentence in said] == [str(path), "Training", "Training", "Saved"]


def test_a_good_file_is_loaded(path, no_mnist):
    path.parent.mkdir()
    path.write_bytes(WHOLE)
    said = []
    opened = open_classifier(path, say=said.append)
    assert opened.classifier.fingerprint() == checkpoint.load(PRETRAINED).fingerprint()
    assert len(said) == 1
    assert f"{opened.classifier.test_accuracy:.2%}" in said[0]


def test_another_recipe_than_the_files_is_told(path, no_mnist):
    path.parent.mkdir()
    path.write_bytes(WHOLE)
    said = []
    open_classifier(path, recipe=Recipe(optimiser="sgd"), say=said.append)
    assert "--retrain" in said[0]


def test_retraining_without_mnist_keeps_what_there_is(path, no_mnist):
    path.parent.mkdir()
    path.write_bytes(WHOLE)
    said = []
    open_classifier(path, retrain=True, say=said.append)
    assert path.read_bytes() == WHOLE
    assert len(said) == 1


def test_a_training_that_diverges_falls_back_and_saves_nothing(path, mnist_folder):
    recipe, said = Recipe(optimiser="sgd", learning_rate=100), []
    opened = open_classifier(path, mnist_folder, recipe, say=said.append)
    assert opened.classifier.fingerprint() == checkpoint.load(PRETRAINED).fingerprint()
    assert "learning rate" in said[-1]
    assert not path.exists()


# --- writing ---------------------------------------------------------------------------------------------------------


@contextmanager
def saving_for_ever(classifier: Classifier, path: Path) -> Iterator[int]:
    """A process that saves again and again, ended by SIGKILL; forked from this one, so that it starts at once."""
    process = os.fork()
    if process == 0:
        try:
            while True:
                checkpoint.save(classifier, path)
        finally:
            os._exit(1)  # never on into the tests
    try:
        yield process
    finally:
        os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
    assert os.WIFSIGNALED(status)  # it had not ended by itself


def wait_for_change(path: Path) -> None:
    before = path.stat().st_mtime_ns
    while path.stat().st_mtime_ns == before:
        time.sleep(0.001)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_killed_at_any_moment_the_file_is_whole(path, pretrained):
    random = np.random.default_rng(0)
    checkpoint.save(pretrained, path)
    for _ in range(30):
        with saving_for_ever(pretrained, path):
            wait_for_change(path)
            time.sleep(random.uniform(0, 0.02))  # any moment
        assert checkpoint.load(path).fingerprint() == pretrained.fingerprint()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_two_that_save_at_once(path, pretrained):
    checkpoint.save(pretrained, path)
    with saving_for_ever(pretrained, path), saving_for_ever(pretrained, path):
        for _ in range(30):
            wait_for_change(path)
            assert checkpoint.load(path).fingerprint() == pretrained.fingerprint()


def test_what_a_killed_process_left_is_cleared_away_in_time(path, pretrained):
    path.parent.mkdir()
    old, new, other = (path.parent / name for name in (".mlp.pt.old.part", ".mlp.pt.new.part", ".else.pt.old.part"))
    for part in (old, new, other):
        part.write_bytes(b"half")
    long_ago = time.time() - STALE_SECONDS - 60
    os.utime(old, (long_ago, long_ago))
    os.utime(other, (long_ago, long_ago))
    checkpoint.save(pretrained, path)
    assert not old.exists()
    assert new.exists()
    assert other.exists()


def test_a_write_that_fails_leaves_the_old_file(path, pretrained):
    checkpoint.save(pretrained, path)

    def failing(file) -> None:
        file.write(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(path, failing)
    assert path.read_bytes()[:2] == b"PK"
    assert [path.name for path in path.parent.iterdir()] == ["mlp.pt"]


def test_a_full_disk(path, pretrained):
    """No file may grow beyond 50 kB here: writing fails as on a full disk."""
    checkpoint.save(pretrained, path)
    before = path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limits[1]))
    try:
        with pytest.raises(OSError, match="large"):
            checkpoint.save(pretrained, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == before
    assert [path.name for path in path.parent.iterdir()] == ["mlp.pt"]


def unwritable(tmp_path: Path) -> dict[str, Path]:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder" / "mlp.pt").mkdir(parents=True)
    return {
        "below a file": tmp_path / "file" / "mlp.pt",
        "a folder": tmp_path / "folder" / "mlp.pt",
        "no such device": Path("/proc/nowhere/mlp.pt"),
        "too long": tmp_path / ("x" * 300),
    }


@pytest.mark.parametrize("place", ["below a file", "a folder", "no such device", "too long"])
def test_a_place_that_cannot_be_written_serves_and_says_so(tmp_path, mnist, monkeypatch, place):
    short = replace(mnist, train_images=mnist.train_images[:320], train_labels=mnist.train_labels[:320])
    monkeypatch.setattr("model.opening.load_mnist", lambda folder, say: short)
    path, said = unwritable(tmp_path)[place], []
    opened = open_classifier(path, recipe=Recipe(epochs=1), say=said.append)
    assert 0 < opened.classifier.test_accuracy < 1
    assert said[-1].startswith(f"Nothing was saved: {path} can't be written (")
    assert "not saved" in opened.origin
