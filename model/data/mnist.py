"""MNIST: found, checked and, if necessary, downloaded.

Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits". Every file is checked by its MD5 before
anything is trained on it. The repository brings the four files along, in data/MNIST/raw.
"""

import gzip
import hashlib
import socket
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http.client import HTTPException
from pathlib import Path
from shutil import copyfileobj

import numpy as np
import torch
from torch import Tensor

from model.files import is_inside, set_aside, write_atomically
from model.paths import DATA

# The MD5 and size of each file's contents, unpacked.
CONTENTS = {
    "train-images-idx3-ubyte": ("6bbc9ace898e44ae57da46a324031adb", 47_040_016),
    "train-labels-idx1-ubyte": ("a25bea736e30d166cdddb491f175f624", 60_008),
    "t10k-images-idx3-ubyte": ("2646ac647ad5339dbf082846283269ea", 7_840_016),
    "t10k-labels-idx1-ubyte": ("27ae3e4e09519cfbb04c329615203637", 10_008),
}
IMAGES_HEADER, LABELS_HEADER = 16, 8  # bytes
VALIDATION = 5_000  # the last of MNIST's training digits are held out
STALL_SECONDS = 20.0  # without a byte from a mirror: the next one is tried


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


def load_mnist(folder: Path | None = None, say: Callable[[str], None] = print) -> Digits:
    """MNIST from a folder, else from the repository's data/, else downloaded (into the folder, or data/).

    Args:
        folder: holds the four files plain or as .gz, directly or in MNIST/raw.
        say: is called with a sentence about every file that is not MNIST's and every mirror tried.

    Raises:
        MNISTError: if there is no way to get it.
    """
    return find_mnist(folder, say) or _digits(_download(folder or DATA, say))


def find_mnist(folder: Path | None = None, say: Callable[[str], None] = print) -> Digits | None:
    """MNIST from a folder, else from the repository's data/; None if neither has it. Nothing is downloaded."""
    for place in (folder, DATA):
        if place and (contents := _find(place, say)):
            return _digits(contents)
    return None


def has_mnist(folder: Path | None = None) -> bool:
    """Whether `find_mnist` would find four files; their contents are not checked, so it takes no time."""
    return any(
        place and all(any(path.is_file() for path in _paths(place, name)) for name in CONTENTS)
        for place in (folder, DATA)
    )


def _find(folder: Path, say: Callable[[str], None]) -> list[bytes] | None:
    """The contents of the four files in a folder, or None if one is missing or fails its check."""
    contents = [content for name in CONTENTS if (content := _find_one(folder, name, say)) is not None]
    return contents if len(contents) == len(CONTENTS) else None


def _find_one(folder: Path, name: str, say: Callable[[str], None]) -> bytes | None:
    for path in filter(Path.is_file, _paths(folder, name)):
        try:
            content = _read_checked(path, name)
        except OSError as error:
            say(f"{path} can't be read ({error.strerror}).")
            continue
        if content is not None:
            return content
        fate = set_aside(path) if is_inside(path, DATA) else "left as it is"
        say(f"{path} is not MNIST's {name}, or only a part of it: {fate}.")
    return None


def _paths(folder: Path, name: str) -> list[Path]:
    """Where in a folder a file may be."""
    return [place / form for place in (folder, folder / "MNIST/raw") for form in (name, f"{name}.gz")]


def _read_checked(path: Path, name: str) -> bytes | None:
    """A file's unpacked contents, or None if they are not, byte for byte, what they should be."""
    md5, size = CONTENTS[name]
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            content = file.read(size + 1)  # never more, whatever it would unpack to
    except (gzip.BadGzipFile, EOFError, zlib.error):
        return None
    return content if hashlib.md5(content, usedforsecurity=False).hexdigest() == md5 else None


def _digits(contents: list[bytes]) -> Digits:
    train_images, train_labels, test_images, test_labels = contents
    images, labels = _images(train_images), _labels(train_labels)
    return Digits(
        train_images=images[:-VALIDATION],
        train_labels=labels[:-VALIDATION],
        validation_images=images[-VALIDATION:],
        validation_labels=labels[-VALIDATION:],
        test_images=_images(test_images),
        test_labels=_labels(test_labels),
    )


def _images(content: bytes) -> Tensor:
    return torch.from_numpy(np.frombuffer(content, np.uint8, offset=IMAGES_HEADER).copy()).view(-1, 28, 28)


def _labels(content: bytes) -> Tensor:
    return torch.from_numpy(np.frombuffer(content, np.uint8, offset=LABELS_HEADER).astype(np.int64))


def _download(folder: Path, say: Callable[[str], None]) -> list[bytes]:
    """Download the four files through torchvision, mirror by mirror, and keep them if the folder can be written.

    They are downloaded into a temporary folder and kept when they are complete and checked: a download that is
    interrupted leaves nothing that could be mistaken for data, and two at once do not disturb each other.
    """
    from torchvision.datasets import MNIST  # late: it takes seconds to import, and only a download needs it

    reasons = []
    for mirror in MNIST.mirrors:
        say(f"Downloading MNIST from {mirror}")
        with tempfile.TemporaryDirectory(prefix="mnist-") as name:
            try:
                _fetch(mirror, MNIST.resources, Path(name))
            except (OSError, RuntimeError, HTTPException) as error:
                reasons.append(f"{mirror}: {getattr(error, 'reason', error)}")  # urllib wraps what went wrong
            else:
                if contents := _find(Path(name), say):
                    _keep(Path(name), folder / "MNIST/raw", say)
                    return contents
    raise MNISTError(
        f"MNIST could not be downloaded ({'; '.join(reasons)}). Go online, or put its four files into a folder and "
        "name it with --data."
    )


def _fetch(mirror: str, files: list[tuple[str, str]], folder: Path) -> None:
    """Download files (name and MD5) from a mirror."""
    from torchvision.datasets.utils import download_url

    timeout = socket.getdefaulttimeout()
    socket.setdefaulttimeout(STALL_SECONDS)  # torchvision sets none: it would wait forever for a mirror that stalls
    try:
        for name, md5 in files:
            download_url(f"{mirror}{name}", folder, md5=md5)
    finally:
        socket.setdefaulttimeout(timeout)


def _keep(source: Path, target: Path, say: Callable[[str], None]) -> None:
    try:
        for path in source.iterdir():
            kept = target / path.name
            if kept.exists() and not is_inside(kept, DATA):
                say(f"The downloaded {path.name} is not kept: {target} has another file of that name.")
                continue
            with path.open("rb") as file:
                write_atomically(kept, partial(copyfileobj, file))
    except OSError as error:
        say(f"MNIST was downloaded, but can't be kept in {target} ({error.strerror}).")
