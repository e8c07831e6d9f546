"""python -m model train | evaluate | classify, and what importing it costs."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from model import checkpoint
from model.__main__ import main
from model.classifier import Classifier
from model.network import MLP
from model.opening import PRETRAINED
from model.pen import draw
from model.recipe import Recipe
from tests.conftest import ROOT
from tests.launching import clean_environment

SEVEN = 255 - draw([[(40, 40), (100, 40), (60, 110)]]).numpy()
BLANK = np.full((140, 140), 255, np.uint8)


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """A folder of its own, with a few drawings; no data but what a test names, and no mirror."""
    for name in ("DATA", "CHECKPOINT", "RECIPE"):
        monkeypatch.delenv(f"DIGITS_{name}", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("model.mnist.DATA", tmp_path / "none")
    monkeypatch.setattr("torchvision.datasets.MNIST.mirrors", [])
    Image.fromarray(SEVEN).save("seven.png")
    Image.fromarray(BLANK).save("blank.png")
    np.save("a.npy", np.stack([SEVEN, BLANK, 255 - SEVEN]))
    (tmp_path / "notes.txt").write_text("no picture")
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


def in_a_process(*arguments: object, **options) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "model", *map(str, arguments)],
        cwd=ROOT,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


# --- classify --------------------------------------------------------------------------------------------------------


def test_one_json_object_a_line(command):
    status, out, _ = command("classify", "--checkpoint", PRETRAINED, "seven.png", "a.npy", "blank.png")
    lines = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert [line["source"] for line in lines] == ["seven.png", "a.npy[0]", "a.npy[1]", "a.npy[2]", "blank.png"]
    assert [line["verdict"] for line in lines] == ["digit", "digit", "blank", "digit", "blank"]
    for line in lines:
        assert list(line) == ["source", "digit", "probabilities", "verdict"]
        assert len(line["probabilities"]) == 10
        if line["verdict"] == "digit":
            assert line["digit"] == np.argmax(line["probabilities"]) == 7
            assert sum(line["probabilities"]) == pytest.approx(1, abs=1e-5)
        else:
            assert line["digit"] is None
            assert line["probabilities"] == [0] * 10


def test_stacks_longer_than_a_batch_keep_their_order(command):
    np.save("long.npy", np.stack([SEVEN, BLANK] * 300))
    _, out, _ = command("classify", "long.npy")
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["source"] for line in lines] == [f"long.npy[{index}]" for index in range(600)]
    assert [line["verdict"] for line in lines] == ["digit", "blank"] * 300


def test_what_cannot_be_read_is_told_and_the_rest_read(command):
    np.save("float.npy", np.zeros((2, 9, 9)))
    status, out, err = command("classify", "notes.txt", "none.png", "seven.png", "float.npy", "blank.png")
    assert status == 1
    assert [json.loads(line)["source"] for line in out.splitlines()] == ["seven.png", "blank.png"]
    *_, notes, none, float_ = err.splitlines()
    assert notes.startswith("notes.txt: The file is damaged, or no picture")
    assert none == "none.png: There is no such file."
    assert float_.startswith("float.npy: An .npy file must hold")


def test_without_a_checkpoint_the_one_that_came_along_reads(command):
    status, out, err = command("classify", "--checkpoint", "none.pt", "seven.png")
    assert (status, json.loads(out)["digit"]) == (0, 7)
    assert "none.pt" in err
    assert "pretrained.pt" in err


@pytest.mark.parametrize("name", ["notes.txt", "."])
def test_a_checkpoint_that_is_none(command, name):
    status, out, err = command("classify", "--checkpoint", name, "seven.png")
    assert (status, out) == (1, "")
    assert len(err.splitlines()) == 1
    assert err.startswith(f"{name}")


def test_a_reader_that_leaves_early(here):
    np.save("many.npy", np.stack([SEVEN] * 2_000))
    process = in_a_process("classify", "--checkpoint", PRETRAINED, here / "many.npy")
    assert json.loads(process.stdout.readline())["digit"] == 7
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait() != 0


def with_labels(text: str) -> tuple[str, ...]:
    """The arguments that read a.npy, a seven, a blank and a seven, beside labels of this text."""
    Path("labels.csv").write_text(text)
    return "classify", "--checkpoint", str(PRETRAINED), "a.npy", "--labels", "labels.csv"


def test_drawings_with_labels_are_scored(command):
    status, out, err = command(*with_labels("index,label\n2,7\n0,7\n1,3\n"))
    lines = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert [(line["label"], line["digit"]) for line in lines] == [(7, 7), (3, None), (7, 7)]
    assert list(lines[0]) == ["source", "label", "digit", "probabilities", "verdict"]
    assert err == "Read correctly: 2 of 3 (66.7%).\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "The first line must be index,label."),
        ("number,digit\n0,7\n", "The first line must be index,label."),
        ("index,label\n0,7\n1,3\n3,7\n", "Line 4: '3' is no drawing's index: there are 3, from 0 on."),
        ("index,label\n-1,7\n", "Line 2: '-1' is no drawing's index: there are 3, from 0 on."),
        ("index,label\n0,ten\n", "Line 2: the label must be a digit from 0 to 9, not 'ten'."),
        ("index,label\n0,10\n", "Line 2: the label must be a digit from 0 to 9, not '10'."),
        ("index,label\n0,7,1\n", "Line 2 must be an index and a label, with a comma between them."),
        ("index,label\n0,7\n0,7\n", "Line 3: drawing 0 has a label already."),
        ("index,label\n0,7\n", "2 of 3 drawings have no label; the first is 1."),
    ],
)
def test_labels_that_do_not_fit_the_drawings(command, text, said):
    assert command(*with_labels(text)) == (1, "", f"labels.csv: {said}\n")


def test_labels_that_are_none(command, here):
    scored = with_labels("")
    (here / "labels.csv").unlink()
    assert command(*scored) == (1, "", "labels.csv: There is no such file.\n")
    (here / "labels.csv").write_bytes(b"\xff\xfe\x00")
    assert command(*scored) == (1, "", "labels.csv: The file is no CSV text.\n")
    (here / "labels.csv").unlink()
    (here / "labels.csv").mkdir()
    status, out, err = command(*scored)
    assert (status, out) == (1, "")
    assert err.startswith("labels.csv: The file can't be opened")


# --- train and evaluate ----------------------------------------------------------------------------------------------


def test_train_ends_with_the_test_accuracy(command, mnist_folder, mnist):
    trained = "--data", mnist_folder, "--checkpoint", "new/mlp.pt"
    status, out, err = command("train", *trained, "--recipe", "chapter,epochs=1,seed=4")
    assert status == 0
    classifier = checkpoint.load(Path("new/mlp.pt"))
    assert out == f"Test accuracy: {classifier.test_accuracy:.2%}\n"
    assert classifier.recipe.seed == 4
    assert "epoch 1/1" in err
    assert "Saved new/mlp.pt." in err

    status, out, _ = command("evaluate", "--json", "--shared", "none", *trained)
    result = json.loads(out)
    assert result["test_accuracy"] == classifier.test_accuracy
    confusion = np.array(result["mnist"]["confusion"])
    assert confusion.sum(axis=1).tolist() == mnist.test_labels.bincount().tolist()
    assert np.trace(confusion) == 10_000 * result["test_accuracy"]


@pytest.mark.parametrize("name", ["train", "evaluate"])
def test_without_data(command, name):
    status, out, err = command(name, "--checkpoint", PRETRAINED if name == "evaluate" else "new.pt")
    assert (status, out) == (1, "")
    assert len(err.splitlines()) == 1
    assert "--data" in err


def test_a_place_that_cannot_be_written_is_told_before_the_training(command, mnist_folder):
    status, out, err = command("train", "--data", mnist_folder, "--checkpoint", "notes.txt/mlp.pt")
    assert (status, out) == (1, "")
    assert "epoch 1/" not in err
    assert err.strip() == "Nothing was trained: notes.txt/mlp.pt can't be written (Not a directory)."


def test_a_training_that_diverges(command, mnist_folder, here):
    recipe = "chapter,optimiser=sgd,learning_rate=100"
    status, out, err = command("train", "--data", mnist_folder, "--checkpoint", "new.pt", "--recipe", recipe)
    assert (status, out) == (1, "")
    *_, last_report, told = err.splitlines()
    assert last_report.endswith("diverged")
    assert "learning rate" in told
    assert not (here / "new.pt").exists()


def test_stopped_by_the_user(command, monkeypatch):
    def stopped(*arguments) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("model.__main__.load_mnist", stopped)
    status, out, err = command("train", "--checkpoint", "new.pt")
    assert (status, out) == (130, "")
    assert err.strip() == "Stopped; nothing was changed."


@pytest.mark.parametrize("arguments", [[], ["classify"], ["read", "x.png"], ["train", "--recipe", "none"]])
def test_a_command_that_is_none(command, arguments):
    status, out, err = command(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("usage: python -m model")


def test_settings_from_the_environment(command, monkeypatch):
    checkpoint.save(Classifier(MLP(), Recipe("mine"), 0.1), Path("mine.pt"))
    monkeypatch.setenv("DIGITS_CHECKPOINT", "mine.pt")
    _, out, err = command("classify", "seven.png")
    assert max(json.loads(out)["probabilities"]) < 0.5  # untrained
    assert err == ""


# --- import hygiene --------------------------------------------------------------------------------------------------


def test_serving_and_reading_import_late_what_they_do_not_need():
    script = "import sys, model.opening, model.__main__; print({'gradio', 'torchvision'}.isdisjoint(sys.modules))"
    told = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout == "True\n"


def test_the_network_knows_no_page():
    for path in (ROOT / "model").glob("*.py"):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert not [line for line in lines if line.strip().startswith(("import gradio", "from gradio", "from demo"))]


def test_training_leaves_one_thread():
    assert torch.get_num_threads() == 1
