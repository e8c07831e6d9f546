"""What the tests share. The data that some of them need lies beside the repository, or where DIGITS_SHARED points."""

import os
import signal
from pathlib import Path

import pytest

from model import checkpoint
from model.classifier import Classifier
from model.mnist import Digits, load_mnist
from model.opening import PRETRAINED

ROOT = Path(__file__).parent.parent
SHARED = Path(os.environ.get("DIGITS_SHARED") or ROOT.parent / "shared").absolute()

# A run in a script's background is born deaf to Ctrl+C, and so would be the products that it launches and interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data."""
    if not (SHARED / "data").is_dir():
        pytest.skip(f"needs the reference data, which is not in {SHARED}; DIGITS_SHARED may point to it")
    return SHARED


@pytest.fixture(scope="session")
def mnist_folder(shared: Path) -> Path:
    """The folder with MNIST's four official files."""
    folder = shared / "data" / "mnist"
    if not folder.is_dir():
        pytest.skip(f"there is no {folder}")
    return folder


@pytest.fixture(scope="session")
def mnist(mnist_folder: Path) -> Digits:
    """MNIST in memory."""
    return load_mnist(mnist_folder)


@pytest.fixture(scope="session")
def pretrained() -> Classifier:
    """The classifier that comes along."""
    return checkpoint.load(PRETRAINED)
