"""What Hugging Face Spaces needs of the repository."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from demo import zerogpu
from model import checkpoint
from model.classifier import Classifier
from model.paths import ROOT
from tests.launching import clean_environment

FRONT_MATTER = dict(
    line.split(": ", 1) for line in (ROOT / "README.md").read_text(encoding="utf-8").split("---\n")[1].splitlines()
)
REQUIREMENTS = [
    line.split("#")[0].strip() for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
]

SPACES = """
import multiprocessing
import sys
assert "torch" not in sys.modules
forks = multiprocessing.get_context("fork")
lends = True

def GPU(duration):
    def asking(train):
        print(train.__name__, "asks for a GPU")

        def lent(*arguments):
            if not lends:
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


def test_the_spaces_gradio_is_the_required_minor_version() -> None:
    (required,) = (line for line in REQUIREMENTS if line.startswith("gradio"))
    assert required == f"gradio=={'.'.join(FRONT_MATTER['sdk_version'].split('.')[:2])}.*"


def test_requirements_are_the_five_packages() -> None:
    names = [re.match(r"[a-z]+", line)[0] for line in REQUIREMENTS if line]
    assert sorted(names) == ["gradio", "numpy", "torch", "torchvision", "tqdm"]


def test_zerogpu_has_versions_that_are_required() -> None:
    """ZeroGPU runs Python 3.10 or 3.12, and torch 2.8 to 2.11."""
    assert FRONT_MATTER["python_version"].strip('"') in ("3.10", "3.12")
    offered = re.search(r"`torch>=([\d.]+),<([\d.]+)`", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert offered.groups() == ("2.8", "2.12")
    required = next(line for line in REQUIREMENTS if line.startswith("torch>="))
    assert version(required.removeprefix("torch>=")) <= version("2.11")


FIRST_LAUNCH = """
import sys
from pathlib import Path
from demo import zerogpu
train = zerogpu.prepare()
from model import checkpoint, paths, pipeline, runtime
runtime.configure()
pipeline.train_classifier = lambda *arguments: checkpoint.load(paths.PRETRAINED)  # which takes no time
for is_lent in (True, False):
    sys.modules["spaces"].lends = is_lent
    print(is_lent)
    pipeline.load_or_train(Path(f"{is_lent}.pt"), Path(sys.argv[1]), train=train)
"""


def test_zerogpu_lends_its_gpu_to_the_first_training(
    tmp_path: Path, mnist_folder: Path, pretrained: Classifier
) -> None:
    """With a stand-in for the package that only their machines have: it forks, as theirs does, or has no GPU left."""
    (tmp_path / "spaces.py").write_text(SPACES)
    environment = clean_environment(SPACES_ZERO_GPU="true", PYTHONPATH=f"{tmp_path}:{ROOT}")
    run = [sys.executable, "-c", FIRST_LAUNCH, mnist_folder]
    done = subprocess.run(run, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    asked, lent, not_lent = re.split("True\n|False\n", done.stdout)
    assert asked == "train_with_gpu asks for a GPU\n"
    assert "Training elsewhere." in lent
    assert "lends no GPU now (quota exceeded). The training does without." in not_lent
    for path in ("True.pt", "False.pt"):
        assert checkpoint.load(tmp_path / path).fingerprint() == pretrained.fingerprint()


def test_anywhere_else_nothing_is_prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPACES_ZERO_GPU", raising=False)
    assert zerogpu.prepare() is None


def version(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))
