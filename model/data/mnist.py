"""MNIST: found, checked and, if necessary, downloaded.

Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits". The repository brings the four files along,
in data/MNIST/raw. `torchvision.datasets.MNIST` takes two seconds to import and would unpack 55 MB beside them, so it is
only used to download.
"""

import gzip
import hashlib
import socket
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from model.paths import DATA

# MD5 of each file's content, unpacked.
FILES = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}
IMAGES_HEADER, LABELS_HEADER = 16, 8  # bytes
VALIDATION = 5_000  # the last of MNIST's training digits, held out
STALL_SECONDS = 20.0  # time without a byte from a mirror, after which the next one is tried

Say = Callable[[str], object]


class MNISTError(Exception):
    """MNIST is not on this machine and can't be downloaded; the message says why and what to do."""


@dataclass(frozen=True)
class Digits:
    """MNIST in memory: 55,000 digits to train on, 5,000 for validation (held out), 10,000 to test on.

    Images are (N, 28, 28), uint8: 0 is background, 255 the darkest ink. Labels are (N,), int64.
    """

    train_images: Tensor
    train_labels: Tensor
    validation_images: Tensor
    validation_labels: Tensor
    test_images: Tensor
    test_labels: Tensor


def load_mnist(folder: Path | None = None, say: Say = print) -> Digits:
    """MNIST from a folder, else from the repository's data/, else downloaded (into the folder, or data/).

    Args:
        folder: holds the four files plain or as .gz, directly or in MNIST/raw.
        say: is called with a sentence about every file that is not MNIST's and every mirror tried.

    Raises:
        MNISTError: if there is no way to get it.
    """
    for place in (folder, DATA):
        if place and (digits := _read(place, say)):
            return digits
    return _download(folder or DATA, say)


def _find(folder: Path, name: str) -> Path | None:
    paths = (place / form for place in (folder, folder / "MNIST/raw") for form in (name, f"{name}.gz"))
    return next(filter(Path.is_file, paths), None)


def _read(folder: Path, say: Say) -> Digits | None:
    """The digits in a folder, or None if one of the four files is missing or not, byte for byte, MNIST's."""
    contents = []
    for name, md5 in FILES.items():
        path = _find(folder, name)
        if not path:
            return None
        try:
            with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
                content = file.read()
        except (OSError, EOFError, zlib.error):
            content = b""
        if hashlib.md5(content, usedforsecurity=False).hexdigest() != md5:
            say(f"{path} is not MNIST's {name}, or only a part of it, or can't be read.")
            return None
        contents.append(content)
    images, labels, test_images, test_labels = contents
    train_images, validation_images = _images(images).tensor_split([-VALIDATION])
    train_labels, validation_labels = _labels(labels).tensor_split([-VALIDATION])
    test = _images(test_images), _labels(test_labels)
    return Digits(train_images, train_labels, validation_images, validation_labels, *test)


def _images(content: bytes) -> Tensor:
    return torch.from_numpy(np.frombuffer(content, np.uint8, offset=IMAGES_HEADER).copy()).view(-1, 28, 28)


def _labels(content: bytes) -> Tensor:
    return torch.from_numpy(np.frombuffer(content, np.uint8, offset=LABELS_HEADER).astype(np.int64))


def _download(folder: Path, say: Say) -> Digits:
    from torchvision.datasets import MNIST  # late: it takes seconds to import, and only a download needs it
    from torchvision.datasets.utils import download_url

    reasons = []
    timeout = socket.getdefaulttimeout()
    socket.setdefaulttimeout(STALL_SECONDS)  # torchvision sets none: it would wait forever for a mirror that stalls
    try:
        for mirror in MNIST.mirrors:
            say(f"Downloading MNIST from {mirror}")
            try:
                for name, md5 in MNIST.resources:  # a file that is there, and right, is not downloaded again
                    download_url(f"{mirror}{name}", folder / "MNIST/raw", md5=md5)
            except (OSError, RuntimeError, HTTPException) as error:
                reasons.append(f"{mirror}: {getattr(error, 'reason', error)}")  # urllib wraps what went wrong
            else:
                if digits := _read(folder / "MNIST/raw", say):
                    return digits
    finally:
        socket.setdefaulttimeout(timeout)
    raise MNISTError(
        f"MNIST could not be downloaded ({'; '.join(reasons)}). Go online, or put its four files into a folder and "
        "name it with --data."
    )
