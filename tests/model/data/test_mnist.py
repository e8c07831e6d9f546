"""MNIST, wherever it is, whatever happened to it, and from mirrors; four tiny files stand for the official ones."""

import gzip
import hashlib
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch

import model.data.mnist
from model.data.mnist import FILES, MNISTError, load_mnist

LABELS = "t10k-labels-idx1-ubyte"
CONTENTS = {name: bytes(16) + bytes(784 * 7) if "images" in name else bytes(8) + bytes(range(7)) for name in FILES}
PACKED = {f"{name}.gz": gzip.compress(content) for name, content in CONTENTS.items()}


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch) -> Path:
    """The folder that stands for the repository's data/, empty; the tiny files are MNIST, and there is no mirror."""
    monkeypatch.setattr(model.data.mnist, "DATA", tmp_path / "data")
    monkeypatch.setattr(model.data.mnist, "FILES", {name: md5(content) for name, content in CONTENTS.items()})
    monkeypatch.setattr(model.data.mnist, "VALIDATION", 2)
    resources = [(name, md5(content)) for name, content in PACKED.items()]
    monkeypatch.setattr("torchvision.datasets.MNIST.resources", resources)
    use_mirrors(monkeypatch, "http://127.0.0.1:9/")
    return tmp_path / "data"


def use_mirrors(monkeypatch, *mirrors: str) -> None:
    monkeypatch.setattr("torchvision.datasets.MNIST.mirrors", list(mirrors))


def write(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def test_the_repository_has_it(mnist):
    assert (len(mnist.train_labels), len(mnist.validation_labels), len(mnist.test_labels)) == (55_000, 5_000, 10_000)
    for images in (mnist.train_images, mnist.validation_images, mnist.test_images):
        assert images.shape[1:] == (28, 28)
        assert images.dtype == torch.uint8
        assert images[:, 0, 0].float().mean() < 1  # bright ink on black
        assert images.amax() == 255
    labels = torch.cat([mnist.train_labels, mnist.validation_labels])
    assert labels.bincount().tolist()[:3] == [5923, 6742, 5958]
    assert mnist.test_labels.bincount().tolist()[:3] == [980, 1135, 1032]


@pytest.mark.parametrize("place", [".", "MNIST/raw"])
@pytest.mark.parametrize("files", [CONTENTS, PACKED], ids=["plain", "packed"])
def test_every_place_and_form(tmp_path, place, files):
    write(tmp_path / "given" / place, files)
    digits = load_mnist(tmp_path / "given", pytest.fail)
    assert digits.train_labels.tolist() == [0, 1, 2, 3, 4]
    assert digits.validation_labels.tolist() == [5, 6]
    assert digits.test_labels.tolist() == list(range(7))
    assert digits.test_images.shape == (7, 28, 28)


@pytest.mark.parametrize(
    "damaged",
    [b"", PACKED[f"{LABELS}.gz"][:-9], gzip.compress(b"FashionMNIST's"), b"<html>"],
    ids=["empty", "a part", "another set", "a page"],
)
def test_a_file_that_is_not_mnists_is_named_and_left_alone(tmp_path, damaged):
    folder = write(tmp_path / "given", PACKED | {f"{LABELS}.gz": damaged})
    said = []
    with pytest.raises(MNISTError, match="--data"):
        load_mnist(folder, said.append)
    assert said[0] == f"{folder / LABELS}.gz is not MNIST's {LABELS}, or only a part of it, or can't be read."
    assert (folder / f"{LABELS}.gz").read_bytes() == damaged


# --- mirrors ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def mirror(tmp_path) -> Iterator[Callable[[dict[str, bytes]], str]]:
    """Starts servers of files; gives their address."""
    servers = []

    def started(files: dict[str, bytes]) -> str:
        folder = write(tmp_path / f"mirror-{len(servers)}", files)
        handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), handler))
        threading.Thread(target=servers[-1].serve_forever, args=(0.05,), daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}/"

    yield started
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("folder", [None, "given"])
def test_bad_mirrors_then_a_good_one(mirror, monkeypatch, data, tmp_path, folder):
    damaged = PACKED | {f"{LABELS}.gz": PACKED[f"{LABELS}.gz"][:-9]}
    lacking = {name: content for name, content in PACKED.items() if LABELS not in name}
    addresses = [mirror(files) for files in (damaged, lacking, PACKED)]
    use_mirrors(monkeypatch, *addresses)
    said = []
    place = folder and tmp_path / folder
    assert load_mnist(place, said.append).test_labels.tolist() == list(range(7))
    assert said == [f"Downloading MNIST from {address}" for address in addresses]
    assert {path.name for path in (place or data).rglob("*.gz")} == PACKED.keys()
    use_mirrors(monkeypatch)
    assert len(load_mnist(place, pytest.fail).test_labels) == 7  # now from the disk


def test_mirrors_that_are_not_there(monkeypatch):
    use_mirrors(monkeypatch, "http://127.0.0.1:9/", "http://127.0.0.1:8/")
    with pytest.raises(MNISTError, match=r"127\.0\.0\.1:9/: .*Connection.*; http://127\.0\.0\.1:8/: .*Connection"):
        load_mnist(None, lambda sentence: None)
