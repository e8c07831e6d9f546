"""What Hugging Face Spaces needs of the repository."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from model import checkpoint
from model.mnist import load_mnist
from model.opening import train_classifier
from model.recipe import parse_recipe
from tests.launching import ROOT, Launch, clean_environment

FRONT_MATTER = dict(
    line.split(": ", 1) for line in (ROOT / "README.md").read_text(encoding="utf-8").split("---\n")[1].splitlines()
)
REQUIREMENTS = (ROOT / "requirements.txt").read_text().split()

SPACES = """
import multiprocessing, sys
assert "torch" not in sys.modules
import torch

def refuse():
    raise RuntimeError("no driver")

torch.cuda.is_current_stream_capturing = refuse
forks = multiprocessing.get_context("fork")

def GPU(duration):
    def asking(train):
        print(train.__name__, "asks for a GPU")

        def lent(*arguments):
            if not {lends}:
                raise RuntimeError("quota exceeded")
            print("Training elsewhere.")
            answer, taken = forks.SimpleQueue(), forks.Event()
            worker = forks.Process(target=lambda: (answer.put(train(*arguments)), taken.wait()), daemon=True)
            worker.start()
            classifier = answer.get()
            taken.set()
            return classifier

        return lent

    return asking
"""


def test_front_matter_is_complete() -> None:
    needed = {
        "title", "emoji", "colorFrom", "colorTo", "sdk", "sdk_version", "python_version", "app_file",
        "short_description", "license", "startup_duration_timeout",
    }  # fmt: skip
    assert needed <= FRONT_MATTER.keys()
    assert FRONT_MATTER["sdk"] == "gradio"
    assert (ROOT / FRONT_MATTER["app_file"]).is_file()
    assert len(FRONT_MATTER["short_description"].strip('"')) <= 60


def test_the_spaces_gradio_is_one_that_is_required() -> None:
    required = next(line for line in REQUIREMENTS if line.startswith("gradio"))
    low, high = re.fullmatch(r"gradio>=([\d.]+),<([\d.]+)", required).groups()
    assert version(low) <= version(FRONT_MATTER["sdk_version"]) < version(high)


def test_requirements_are_the_four_packages() -> None:
    assert [re.match(r"[a-z]+", line)[0] for line in REQUIREMENTS] == ["torch", "torchvision", "gradio", "numpy"]


def test_zerogpu_has_versions_that_are_required() -> None:
    """ZeroGPU runs Python 3.10 or 3.12, and torch 2.8 to 2.11."""
    assert FRONT_MATTER["python_version"].strip('"') in ("3.10", "3.12")
    offered = re.search(r"`torch>=([\d.]+),<([\d.]+)`", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert offered.groups() == ("2.8", "2.12")
    required = next(line for line in REQUIREMENTS if line.startswith("torch>="))
    assert version(required.removeprefix("torch>=")) <= version("2.11")


@pytest.mark.parametrize("lends", [True, False])
def test_zerogpu_lends_its_gpu_to_the_first_training(tmp_path: Path, mnist_folder: Path, lends: bool) -> None:
    """With a stand-in for the package that only their machines have: it forks, as theirs does, or has no GPU left."""
    (tmp_path / "spaces.py").write_text(SPACES.format(lends=lends))
    path, recipe = tmp_path / "mlp.pt", "chapter,epochs=1"
    flags = "--checkpoint", path, "--data", mnist_folder, "--recipe", recipe
    with Launch(tmp_path / "log", *flags, SPACES_ZERO_GPU="true", PYTHONPATH=str(tmp_path)) as launch:
        launch.wait_until_serving()
        assert launch.said.startswith("train_lent asks for a GPU")
        assert ("elsewhere" in launch.said) is lends
        assert ("lends no GPU now (quota exceeded). The training does without." in launch.said) is not lends
    expected = train_classifier(load_mnist(mnist_folder), parse_recipe(recipe), say=lambda sentence: None)
    assert checkpoint.load(path).fingerprint() == expected.fingerprint()


def test_zerogpu_lets_the_processor_train_beside_it(tmp_path: Path) -> None:
    """Every step of an optimiser asks the GPU for a graph, there, though none is lent to a visitor's training."""
    (tmp_path / "spaces.py").write_text(SPACES.format(lends=False))
    environment = clean_environment(SPACES_ZERO_GPU="true", PYTHONPATH=str(tmp_path))
    asking = [sys.executable, "-c", "import app, torch; print(torch.cuda.is_current_stream_capturing())"]
    done = subprocess.run(asking, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1:] == ["False"], done.stderr


def version(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))
