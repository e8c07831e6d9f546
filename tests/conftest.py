"""What all tests share: the reference data, where it is there."""

import os
from pathlib import Path

import pytest

from model.mnist import Digits, load_mnist

SHARED = Path(os.environ.get("DIGITS_SHARED") or Path(__file__).parents[2] / "shared")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data."""
    if not (SHARED / "data").is_dir():
        pytest.skip(f"needs the reference data, which is not in {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def mnist(shared: Path) -> Digits:
    """MNIST in memory."""
    return load_mnist(shared / "data" / "mnist")
