"""MNIST, wherever it is, whatever happened to it, and from mirrors of every kind."""

import gzip
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch

import model.data.mnist
from model.data.mnist import CONTENTS, MNISTError, has_mnist, load_mnist
from model.paths import DATA

RAW = DATA / "MNIST/raw"
IMAGES, LABELS = "train-images-idx3-ubyte", "t10k-labels-idx1-ubyte"
DOWNLOADED = {f"MNIST/raw/{name}.gz" for name in CONTENTS}


@pytest.fixture(scope="session")
def plain_folder(tmp_path_factory) -> Path:
    """The four files, unpacked."""
    folder = tmp_path_factory.mktemp("plain")
    for name in CONTENTS:
        (folder / name).write_bytes(gzip.decompress((RAW / f"{name}.gz").read_bytes()))
    return folder


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch) -> Path:
    """The folder that stands for the repository's data/, empty; and there is no mirror."""
    monkeypatch.setattr(model.data.mnist, "DATA", tmp_path / "data")
    use_mirrors(monkeypatch, "http://127.0.0.1:9/")
    return tmp_path / "data"


def use_mirrors(monkeypatch, *mirrors: str) -> None:
    monkeypatch.setattr("torchvision.datasets.MNIST.mirrors", list(mirrors))


def link(source: Path, target: Path) -> Path:
    target.mkdir(parents=True)
    for path in source.glob("*ubyte*"):
        (target / path.name).symlink_to(path)
    return target


def replace_file(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    path.write_bytes(content)


def files_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


# --- where it may be -------------------------------------------------------------------------------------------------


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
@pytest.mark.parametrize("form", ["plain", "packed"])
def test_every_place_and_form(plain_folder, tmp_path, place, form):
    link(plain_folder if form == "plain" else RAW, tmp_path / "given" / place)
    assert has_mnist(tmp_path / "given")
    digits = load_mnist(tmp_path / "given", pytest.fail)
    assert len(digits.test_labels) == 10_000


def test_a_folder_without_it_falls_back_on_data(data, tmp_path):
    assert not has_mnist(tmp_path / "elsewhere")
    link(RAW, data)
    assert has_mnist(tmp_path / "elsewhere")
    assert len(load_mnist(tmp_path / "elsewhere", pytest.fail).test_labels) == 10_000
    assert not (tmp_path / "elsewhere").exists()


# --- what may be wrong with it ---------------------------------------------------------------------------------------

DAMAGES = {
    "truncated": lambda content: content[: len(content) // 2],
    "one bit": lambda content: content[:-9] + bytes([content[-9] ^ 1]) + content[-8:],
    "foreign": lambda content: b"<html>Sign in to the network</html>",
    "unpacks to far too much": lambda content: gzip.compress(bytes(10**8), 1),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
@pytest.mark.parametrize("form", ["plain", "packed"])
def test_a_damaged_file_is_named_and_set_aside(plain_folder, data, damage, form):
    folder = link(plain_folder if form == "plain" else RAW, data)
    (bad,) = folder.glob(f"{LABELS}*")
    content = damage(bad.read_bytes())
    replace_file(bad, content)
    said = []
    with pytest.raises(MNISTError):
        load_mnist(folder, said.append)
    assert f"{bad} is not MNIST's {LABELS}, or only a part of it: set aside as {bad.name}.unusable-1." in said
    assert not bad.exists()
    assert (folder / f"{bad.name}.unusable-1").read_bytes() == content


def test_other_files_of_the_same_names_are_left_alone_outside_the_repository(tmp_path):
    folder = link(RAW, tmp_path / "fashion")
    replace_file(folder / f"{LABELS}.gz", gzip.compress(b"FashionMNIST's"))
    before = {path: path.read_bytes() for path in folder.iterdir()}
    said = []
    with pytest.raises(MNISTError):
        load_mnist(folder, said.append)
    assert f"{folder / LABELS}.gz is not MNIST's {LABELS}, or only a part of it: left as it is." in said
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_a_file_that_cannot_be_read_is_named_and_the_good_one_beside_it_found(tmp_path, monkeypatch):
    folder = link(RAW, tmp_path / "given")
    (folder / LABELS).touch()
    said = []

    def refusing(*arguments):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refusing)  # root may read whatever its permissions say
    assert len(load_mnist(folder, said.append).test_labels) == 10_000  # from the .gz beside it
    assert said == [f"{folder / LABELS} can't be read (Permission denied)."]


# --- mirrors ---------------------------------------------------------------------------------------------------------


class Mirror(BaseHTTPRequestHandler):
    """Serves the official files, well or badly."""

    def __init__(self, *arguments, manner: str, done: threading.Event) -> None:
        self.manner, self.done = manner, done
        super().__init__(*arguments)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        name = self.path.rsplit("/", 1)[-1]
        content = (RAW / name).read_bytes()
        if self.manner == "lacks one" and LABELS in name:
            return self.send_error(404)
        if self.manner == "wrong" and IMAGES not in name:
            content = content[::-1]
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content[: len(content) // 2] if self.manner in ("truncated", "stalls") else content)
            if self.manner == "stalls":
                self.done.wait()
        return None

    def log_message(self, *arguments) -> None:
        pass


@pytest.fixture
def mirror() -> Iterator:
    """Starts mirrors; gives their address."""
    done, servers = threading.Event(), []

    def started(manner: str) -> str:
        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), partial(Mirror, manner=manner, done=done)))
        threading.Thread(target=servers[-1].serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}/mnist/"

    yield started
    done.set()
    for server in servers:
        server.shutdown()
        server.server_close()


def test_bad_mirrors_then_a_good_one(mirror, monkeypatch, data, mnist):
    addresses = mirror("truncated"), mirror("lacks one"), mirror("good")
    use_mirrors(monkeypatch, *addresses)
    said = []
    digits = load_mnist(None, said.append)
    assert torch.equal(digits.train_images, mnist.train_images)
    assert torch.equal(digits.test_labels, mnist.test_labels)
    assert said == [f"Downloading MNIST from {address}" for address in addresses]
    assert files_in(data) == DOWNLOADED
    use_mirrors(monkeypatch)
    assert len(load_mnist(None, pytest.fail).test_labels) == 10_000  # now from data/


@pytest.mark.parametrize(
    ("manner", "reason"), [("stalls", "timed out"), ("wrong", "corrupted"), ("lacks one", "Not Found")]
)
def test_a_bad_mirror_is_named_and_leaves_nothing(mirror, monkeypatch, data, manner, reason):
    if manner == "stalls":  # not for all: the mirrors of these tests have the same timeout
        monkeypatch.setattr(model.data.mnist, "STALL_SECONDS", 0.3)
    address = mirror(manner)
    use_mirrors(monkeypatch, address)
    timeout = socket.getdefaulttimeout()
    with pytest.raises(MNISTError) as caught:
        load_mnist(None, lambda sentence: None)
    assert socket.getdefaulttimeout() == timeout
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.count(f"{address}: ") == 1
    assert reason in sentence
    assert "--data" in sentence
    assert not list(data.glob("*"))


def test_mirrors_that_are_not_there(monkeypatch):
    use_mirrors(monkeypatch, "http://127.0.0.1:9/", "http://127.0.0.1:8/")
    with pytest.raises(MNISTError, match=r"127\.0\.0\.1:9/: .*Connection.*; http://127\.0\.0\.1:8/: .*Connection"):
        load_mnist(None, lambda sentence: None)


def test_a_missing_file_is_downloaded_into_the_folder_that_was_named(mirror, monkeypatch, data, tmp_path):
    raw = link(RAW, tmp_path / "given/MNIST/raw")
    (raw / f"{LABELS}.gz").unlink()
    use_mirrors(monkeypatch, mirror("good"))
    assert len(load_mnist(tmp_path / "given", lambda sentence: None).test_labels) == 10_000
    assert files_in(tmp_path / "given") == DOWNLOADED
    assert not data.exists()


def test_a_download_overwrites_nothing_outside_the_repository(mirror, monkeypatch, data, tmp_path):
    raw = link(RAW, tmp_path / "given/MNIST/raw")
    replace_file(raw / f"{LABELS}.gz", b"half of it")
    use_mirrors(monkeypatch, mirror("good"))
    said = []
    assert len(load_mnist(tmp_path / "given", said.append).test_labels) == 10_000
    assert f"The downloaded {LABELS}.gz is not kept: {raw} has another file of that name." in said
    assert (raw / f"{LABELS}.gz").read_bytes() == b"half of it"
    assert files_in(tmp_path / "given") == DOWNLOADED
    assert not data.exists()


def test_a_folder_that_cannot_be_written_still_gives_the_data(mirror, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    use_mirrors(monkeypatch, mirror("good"))
    said = []
    assert len(load_mnist(tmp_path / "file" / "data", said.append).test_labels) == 10_000
    assert "can't be kept" in said[-1]


def test_two_downloads_at_once(mirror, monkeypatch, data):
    use_mirrors(monkeypatch, mirror("good"))
    with ThreadPoolExecutor() as threads:
        loaded = list(threads.map(load_mnist, [None] * 2, [str] * 2))
    assert [len(digits.test_labels) for digits in loaded] == [10_000] * 2
    assert files_in(data) == DOWNLOADED
