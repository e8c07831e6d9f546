"""MNIST, found, checked and, where it must be, downloaded.

Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits". Every file is checked by its MD5 before
anything is trained on it.
"""

import gzip
import hashlib
import os
import socket
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from model.files import remove_stale, set_aside

DATA = Path(__file__).parent.parent / "data"

# The MD5 of each file's contents, unpacked; the sizes follow from the format (16 or 8 bytes of header).
CONTENTS = {
    "train-images-idx3-ubyte": ("6bbc9ace898e44ae57da46a324031adb", 47_040_016),
    "train-labels-idx1-ubyte": ("a25bea736e30d166cdddb491f175f624", 60_008),
    "t10k-images-idx3-ubyte": ("2646ac647ad5339dbf082846283269ea", 7_840_016),
    "t10k-labels-idx1-ubyte": ("27ae3e4e09519cfbb04c329615203637", 10_008),
}
STALL_SECONDS = 20.0  # without a byte from a mirror: try the next one


class MNISTError(Exception):
    """MNIST is neither on this machine nor to be downloaded; the message says why and what to do."""


@dataclass(frozen=True)
class Digits:
    """MNIST in memory: images (N, 28, 28) as uint8, ink bright on 0; labels (N,) as int64. 60,000 and 10,000."""

    train_images: Tensor
    train_labels: Tensor
    test_images: Tensor
    test_labels: Tensor


def load_mnist(folder: Path | None = None, say: Callable[[str], None] = print) -> Digits:
    """MNIST from a folder, else from the copy under data/, else downloaded (into the folder, or data/).

    Args:
        folder: holds the four files plain or as .gz, flat or in MNIST/raw.
        say: is told of every file set aside and of every mirror asked.

    Raises:
        MNISTError: where there is no way to it.
    """
    return find_mnist(folder, say) or _digits(_download(folder or DATA, say))


def find_mnist(folder: Path | None = None, say: Callable[[str], None] = print) -> Digits | None:
    """MNIST from a folder, else from the copy under data/; None where neither has it. Nothing is downloaded."""
    for place in (folder, DATA):
        if place and (contents := _find(place, say)):
            return _digits(contents)
    return None


def has_mnist(folder: Path | None = None) -> bool:
    """Whether `find_mnist` has four files to look into; what is in them is not checked, so it takes no time."""
    return any(
        place and all(any(path.is_file() for path in _paths(place, name)) for name in CONTENTS)
        for place in (folder, DATA)
    )


def _find(folder: Path, say: Callable[[str], None]) -> list[bytes] | None:
    """The contents of the four files in a folder, or None where one is missing; what fails its check is set aside."""
    found = [_find_one(folder, name, say) for name in CONTENTS]
    return None if None in found else found


def _find_one(folder: Path, name: str, say: Callable[[str], None]) -> bytes | None:
    for path in _paths(folder, name):
        if not path.is_file():
            continue
        try:
            content = _read_checked(path, name)
        except OSError as error:
            say(f"{path} can't be read ({error.strerror}).")
            continue
        if content is not None:
            return content
        say(f"{path} is not MNIST's {name}, or only a part of it: {set_aside(path)}.")
    return None


def _paths(folder: Path, name: str) -> list[Path]:
    """Where a file may lie in a folder."""
    return [place / form for place in (folder, folder / "MNIST/raw") for form in (name, f"{name}.gz")]


def _read_checked(path: Path, name: str) -> bytes | None:
    """A file's unpacked contents, or None where they are not, byte for byte, what they should be."""
    md5, size = CONTENTS[name]
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            content = file.read(size + 1)  # never more, whatever it would unpack to
    except (gzip.BadGzipFile, EOFError, zlib.error):
        return None
    return content if hashlib.md5(content, usedforsecurity=False).hexdigest() == md5 else None


def _digits(contents: list[bytes]) -> Digits:
    images = [torch.from_numpy(np.frombuffer(c, np.uint8, offset=16).copy()).view(-1, 28, 28) for c in contents[::2]]
    labels = [torch.from_numpy(np.frombuffer(c, np.uint8, offset=8).astype(np.int64)) for c in contents[1::2]]
    return Digits(images[0], labels[0], images[1], labels[1])


def _download(folder: Path, say: Callable[[str], None]) -> list[bytes]:
    """Fetch the four files through torchvision, mirror by mirror, and keep them where the folder can be written.

    They are fetched into a folder of their own and moved when they are whole and checked: a download that dies half-way
    leaves nothing that could be mistaken for data, and two at once do not meet.
    """
    from torchvision import datasets  # late: it takes seconds to import, and only a download needs it

    reasons = []
    for mirror in datasets.MNIST.mirrors:
        say(f"Downloading MNIST from {mirror}")
        with _scratch_folder(folder) as name:
            scratch = Path(name)
            reason = _fetch(type("MNIST", (datasets.MNIST,), {"mirrors": [mirror]}), scratch)
            contents = None if reason else _find(scratch, say)
            if contents:
                _keep(scratch / "MNIST/raw", folder / "MNIST/raw", say)
                return contents
        reasons.append(f"{mirror}: {reason or 'it sent something else'}")
    raise MNISTError(
        f"MNIST could not be downloaded ({'; '.join(reasons)}). Go online, or put its four files into a folder and "
        "name it with --data."
    )


def _fetch(dataset: type, folder: Path) -> str | None:
    """Download one torchvision data set; returns why that failed, or None."""
    patience = socket.getdefaulttimeout()
    socket.setdefaulttimeout(STALL_SECONDS)  # torchvision sets none: a mirror that stalls would be waited for for ever
    try:
        dataset(folder, download=True)
    except TimeoutError:
        return f"it stalled for {STALL_SECONDS:g} s"
    except (OSError, RuntimeError, ValueError, EOFError, HTTPException, zlib.error) as error:
        *_, last = str(error).splitlines() or [type(error).__name__]  # the lines before it repeat the address
        return last.removeprefix("<urlopen error ").rstrip(">.")[:200]
    finally:
        socket.setdefaulttimeout(patience)
    return None


def _scratch_folder(folder: Path) -> tempfile.TemporaryDirectory:
    """A folder to download into: beside the data, so that files move by renaming, or wherever one can be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        remove_stale(folder, ".download-*")
        return tempfile.TemporaryDirectory(dir=folder, prefix=".download-")
    except OSError:
        return tempfile.TemporaryDirectory(prefix="mnist-")


def _keep(source: Path, target: Path, say: Callable[[str], None]) -> None:
    try:
        target.mkdir(parents=True, exist_ok=True)
        for name in CONTENTS:
            os.replace(source / f"{name}.gz", target / f"{name}.gz")
    except OSError as error:
        say(f"MNIST was downloaded, but can't be kept in {target} ({error.strerror}).")
