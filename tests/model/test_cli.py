"""python -m model train | evaluate | classify | export."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from model import checkpoint
from model.classifier import Classifier
from model.cli import main
from model.data.pen import draw
from model.network import MLP
from model.paths import PRETRAINED
from model.training.loop import DivergedError
from model.training.recipe import DEFAULT_RECIPE, Recipe

SEVEN = 255 - draw([[(40, 40), (100, 40), (60, 110)]]).numpy()
BLANK = np.full((140, 140), 255, np.uint8)


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """A folder of its own, with a few drawings, and nothing set by the environment."""
    for name in ("DATA", "CHECKPOINT", "RECIPE"):
        monkeypatch.delenv(f"DIGITS_{name}", raising=False)
    monkeypatch.chdir(tmp_path)
    Image.fromarray(SEVEN).save("seven.png")
    Image.fromarray(BLANK).save("blank.png")
    np.save("a.npy", np.stack([SEVEN, BLANK, 255 - SEVEN]))
    Path("notes.txt").write_text("not an image")
    return tmp_path


@pytest.fixture
def command(monkeypatch, capsys):
    """Run a command: its exit status, standard output and standard error."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["model", *map(str, arguments)])
        try:
            status = main()
        except SystemExit as ended:
            status = ended.code
        return status, *capsys.readouterr()

    return run


# --- classify --------------------------------------------------------------------------------------------------------


def test_one_json_object_a_line_in_the_order_of_the_drawings(command):
    np.save("long.npy", np.stack([SEVEN, BLANK] * 300))  # more than a batch
    status, out, _ = command("classify", "--checkpoint", PRETRAINED, "seven.png", "long.npy", "blank.png")
    lines = [json.loads(line) for line in out.splitlines()]
    sources = ["seven.png", *(f"long.npy[{index}]" for index in range(600)), "blank.png"]
    assert status == 0
    assert [line["source"] for line in lines] == sources
    assert [line["verdict"] for line in lines] == ["digit", *["digit", "blank"] * 300, "blank"]
    for line in lines:
        is_blank = line["verdict"] == "blank"
        assert list(line) == ["source", "digit", "probabilities", "verdict"]
        assert len(line["probabilities"]) == 10
        assert sum(line["probabilities"]) == pytest.approx(0 if is_blank else 1, abs=1e-5)
        assert line["digit"] == (None if is_blank else 7)


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_classified(command):
    np.save("float.npy", np.zeros((2, 9, 9)))
    status, out, err = command(
        "classify", "--checkpoint", PRETRAINED, "notes.txt", "none.png", "seven.png", "float.npy", "blank.png"
    )
    assert status == 1
    assert [json.loads(line)["source"] for line in out.splitlines()] == ["seven.png", "blank.png"]
    notes, none, float_ = err.splitlines()
    assert notes.startswith("notes.txt: The file is damaged, or not an image")
    assert none == "none.png: There is no such file."
    assert float_.startswith("float.npy: An .npy file must hold")


def test_without_a_checkpoint_the_pretrained_network_is_used(command):
    status, out, err = command("classify", "--checkpoint", "none.pt", "seven.png")
    assert (status, json.loads(out)["digit"]) == (0, 7)
    assert "none.pt" in err
    assert "pretrained.pt" in err
    for not_one in ("notes.txt", "."):
        status, out, err = command("classify", "--checkpoint", not_one, "seven.png")
        assert (status, out, err.count("\n")) == (1, "", 1)
        assert err.startswith(not_one)


# --- train, evaluate, export -----------------------------------------------------------------------------------------


def test_train_saves_a_checkpoint_and_prints_the_test_accuracy(command, monkeypatch, mnist):
    monkeypatch.setattr("model.cli.load_mnist", lambda folder, say: mnist)
    monkeypatch.setattr("model.cli.train_classifier", lambda digits, recipe, say: Classifier(MLP(), recipe, 0.97254))
    told = command("train", "--checkpoint", "new/mlp.pt", "--recipe", "baseline,epochs=1,seed=4")
    assert told == (0, "Test accuracy: 97.25%\n", "Saved new/mlp.pt.\n")
    assert checkpoint.load(Path("new/mlp.pt")).recipe == Recipe("baseline, changed", epochs=1, seed=4)
    assert command("train", "--checkpoint", "other.pt")[0] == 0
    assert checkpoint.load(Path("other.pt")).recipe == DEFAULT_RECIPE


def test_evaluate(command, monkeypatch, mnist, pretrained):
    short = replace(mnist, test_images=mnist.test_images[:500], test_labels=mnist.test_labels[:500])
    monkeypatch.setattr("model.cli.load_mnist", lambda folder, say: short)
    status, out, _ = command("evaluate", "--json", "--checkpoint", PRETRAINED, "--compare", PRETRAINED)
    result = json.loads(out)
    assert status == 0
    assert result["recipe"] == {"name": "augmented", "description": str(pretrained.recipe)}
    assert result["compared"][0]["digits"] == result["digits"]
    assert result["digits"]["MNIST test set"]["accuracy"] > 0.96
    assert command("evaluate", "--checkpoint", PRETRAINED)[1].startswith("correct ")


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (DivergedError("The training diverged: choose a lower learning rate."), 1, "learning rate"),
        (KeyboardInterrupt(), 130, "Stopped; nothing was changed."),
        (OSError(28, "No space left on device", "new.pt"), 1, "new.pt: No space left on device."),
    ],
)
def test_a_training_that_fails_or_is_stopped(command, monkeypatch, mnist, here, error, status, message):
    def failing(*arguments) -> None:
        raise error

    monkeypatch.setattr("model.cli.load_mnist", lambda folder, say: mnist)
    monkeypatch.setattr("model.cli.train_classifier", failing)
    told = command("train", "--checkpoint", "new.pt")
    assert told[:2] == (status, "")
    assert message in told[2]
    assert not (here / "new.pt").exists()
