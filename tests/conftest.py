"""What all tests share."""

import contextlib
import os
import shutil
import signal
import tempfile
from pathlib import Path

import pytest
from filelock import FileLock

from model import checkpoint, paths, runtime
from model.classifier import Classifier
from model.data.mnist import Digits, load_mnist
from model.pipeline import LoadedClassifier

runtime.configure()

# A run in a script's background ignores Ctrl+C from the start, and so would every process that the tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)


SESSION = "SKETCHPAD_TEST_SESSION"  # names a folder that all test processes of a session share


def pytest_configure(config: pytest.Config) -> None:
    """Make the session's folder, before there are any workers."""
    if not hasattr(config, "workerinput"):
        os.environ[SESSION] = tempfile.mkdtemp(prefix="sketchpad-tests-")


def pytest_unconfigure(config: pytest.Config) -> None:
    """After the last worker: end the processes that the session shared."""
    if hasattr(config, "workerinput"):
        return
    folder = Path(os.environ[SESSION])
    for file in folder.glob("*.pid"):
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(file.read_text()), signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def session_folder() -> Path:
    """A folder that all test processes of this session share; what runs until its end leaves a *.pid there."""
    return Path(os.environ[SESSION])


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data: beside the repository, or where DIGITS_SHARED points."""
    folder = Path(os.environ.get("DIGITS_SHARED") or paths.ROOT.parent / "shared").absolute()
    if not (folder / "data").is_dir():
        pytest.skip(f"needs the reference data, which is not in {folder}; DIGITS_SHARED may point to it")
    return folder


@pytest.fixture(scope="session")
def mnist_folder() -> Path:
    """The folder with MNIST's four official files."""
    return paths.DATA / "MNIST" / "raw"


@pytest.fixture(scope="session")
def mnist(mnist_folder: Path) -> Digits:
    """MNIST in memory."""
    return load_mnist(mnist_folder)


@pytest.fixture(scope="session")
def pretrained() -> Classifier:
    """The pretrained classifier."""
    return checkpoint.load(paths.PRETRAINED)


@pytest.fixture(scope="session")
def site_folder(session_folder: Path, pretrained: Classifier) -> Path:
    """The folder with the static site."""
    folder = session_folder / "any where" / "digits"
    with FileLock(session_folder / "site.lock"):
        if not folder.exists():
            from demo.export import export  # late: Gradio takes seconds to import, and few tests need it

            export(LoadedClassifier(pretrained, "For a test"), folder)
    return folder
