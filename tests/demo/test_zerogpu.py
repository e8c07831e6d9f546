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


def test_the_spaces_gradio_is_the_required_minor_version() -> None:
    version = re.search(r"^sdk_version: (\d+\.\d+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.M)[1]
    assert f"gradio=={version}.*" in (ROOT / "requirements.txt").read_text(encoding="utf-8")


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


@pytest.mark.slow
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
