"""MNIST, wherever it lies, whatever became of it, and from mirrors of every kind."""

import gzip
import shutil
import socket
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch

import model.mnist
from model.mnist import CONTENTS, MNISTError, load_mnist

IMAGES, LABELS = "train-images-idx3-ubyte", "t10k-labels-idx1-ubyte"


@pytest.fixture(scope="session")
def plain_folder(mnist_folder, tmp_path_factory) -> Path:
    """The four files, unpacked."""
    folder = tmp_path_factory.mktemp("plain")
    for name in CONTENTS:
        (folder / name).write_bytes(gzip.decompress((mnist_folder / f"{name}.gz").read_bytes()))
    return folder


@pytest.fixture(autouse=True)
def nowhere(tmp_path, monkeypatch) -> Path:
    """Neither this machine's own copy nor a mirror: a test gives what it needs."""
    monkeypatch.setattr(model.mnist, "DATA", tmp_path / "data")
    monkeypatch.setattr(model.mnist, "STALL_SECONDS", 0.5)
    use_mirrors(monkeypatch, "http://127.0.0.1:9/")
    return tmp_path / "data"


def use_mirrors(monkeypatch, *mirrors: str) -> None:
    monkeypatch.setattr("torchvision.datasets.MNIST.mirrors", list(mirrors))


def link(source: Path, target: Path) -> None:
    target.mkdir(parents=True)
    for path in source.iterdir():
        (target / path.name).symlink_to(path)


def files_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


DOWNLOADED = {f"MNIST/raw/{name}.gz" for name in CONTENTS}


# --- where it may lie ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [".", "MNIST/raw"])
@pytest.mark.parametrize("form", ["plain", "packed"])
@pytest.mark.parametrize("given", [True, False])
def test_every_place(mnist_folder, plain_folder, nowhere, tmp_path, place, form, given):
    folder = tmp_path / "given" if given else nowhere
    link(plain_folder if form == "plain" else mnist_folder, folder / place)
    said = []
    digits = load_mnist(folder if given else None, said.append)
    assert digits.train_images.shape == (60_000, 28, 28)
    assert digits.test_images.shape == (10_000, 28, 28)
    assert digits.train_images.dtype == digits.test_images.dtype == torch.uint8
    assert digits.train_labels.bincount().tolist()[:3] == [5923, 6742, 5958]
    assert digits.test_labels.bincount().tolist()[:3] == [980, 1135, 1032]
    assert said == []


def test_plain_and_packed_and_flat_and_deep_at_once(mnist_folder, plain_folder, tmp_path):
    (tmp_path / "mixed/MNIST/raw").mkdir(parents=True)
    for index, name in enumerate(CONTENTS):
        source = plain_folder / name if index % 2 else mnist_folder / f"{name}.gz"
        shutil.copy(source, tmp_path / "mixed" / ("." if index < 2 else "MNIST/raw"))
    assert len(load_mnist(tmp_path / "mixed").test_labels) == 10_000


def test_a_folder_without_it_falls_back_to_the_copy_under_data(mnist_folder, nowhere, tmp_path):
    link(mnist_folder, nowhere)
    assert len(load_mnist(tmp_path / "elsewhere").test_labels) == 10_000
    assert not (tmp_path / "elsewhere").exists()


def test_images_are_bright_on_black(mnist):
    assert mnist.train_images[:, 0, 0].float().mean() < 1
    assert mnist.train_images.amax() == 255


# --- what is wrong with it -------------------------------------------------------------------------------------------


def truncated(content: bytes) -> bytes:
    return content[: len(content) // 2]


def flipped(content: bytes) -> bytes:
    return content[:-9] + bytes([content[-9] ^ 1]) + content[-8:]


def foreign(content: bytes) -> bytes:
    return b"<html>Sign in to the network</html>"


def empty(content: bytes) -> bytes:
    return b""


def longer(content: bytes) -> bytes:
    return content + bytes(100)


DAMAGES = [(damage, form) for damage in (truncated, flipped, foreign, empty) for form in ("plain", "packed")]


@pytest.mark.parametrize(("damage", "form"), [*DAMAGES, (longer, "plain")])
def test_a_damaged_file_is_named_set_aside_and_never_used(mnist_folder, plain_folder, tmp_path, damage, form):
    folder = tmp_path / "given"
    link(plain_folder if form == "plain" else mnist_folder, folder)
    (bad,) = folder.glob(f"{LABELS}*")
    content = damage(bad.read_bytes())
    bad.unlink()
    bad.write_bytes(content)
    said = []
    with pytest.raises(MNISTError):
        load_mnist(folder, said.append)
    assert f"{bad} is not MNIST's {LABELS}, or only a part of it: set aside as {bad.name}.unusable-1." in said
    assert not bad.exists()
    assert (folder / f"{bad.name}.unusable-1").read_bytes() == content


def test_a_good_file_beside_the_damaged_one_is_found(mnist_folder, plain_folder, tmp_path):
    folder = tmp_path / "given"
    link(mnist_folder, folder)
    (folder / LABELS).write_bytes(b"half of it")
    said = []
    assert len(load_mnist(folder, said.append).test_labels) == 10_000
    assert len(said) == 1


def test_what_unpacks_to_far_too_much_is_not_unpacked_whole(mnist_folder, tmp_path):
    folder = tmp_path / "given"
    link(mnist_folder, folder)
    (folder / f"{LABELS}.gz").unlink()
    (folder / f"{LABELS}.gz").write_bytes(gzip.compress(bytes(10**8), 1))
    with pytest.raises(MNISTError):
        load_mnist(folder, lambda sentence: None)


def test_a_file_that_cannot_be_read_is_named(mnist_folder, tmp_path, monkeypatch):
    folder = tmp_path / "given"
    link(mnist_folder, folder)
    whole_open = Path.open

    def refusing(path: Path, *arguments, **options):
        if path.name == LABELS:
            raise PermissionError(13, "Permission denied", str(path))
        return whole_open(path, *arguments, **options)

    (folder / LABELS).write_bytes(b"")
    monkeypatch.setattr(Path, "open", refusing)  # root may read whatever its permissions say
    said = []
    assert len(load_mnist(folder, said.append).test_labels) == 10_000
    assert said == [f"{folder / LABELS} can't be read (Permission denied)."]


# --- mirrors ---------------------------------------------------------------------------------------------------------


class Mirror(BaseHTTPRequestHandler):
    """Serves the official files, well or badly."""

    def __init__(self, *arguments, folder: Path, manner: str, done: threading.Event) -> None:
        self.folder, self.manner, self.done = folder, manner, done
        super().__init__(*arguments)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        name = self.path.rsplit("/", 1)[-1]
        content = (self.folder / name).read_bytes()
        if self.manner == "missing" or (self.manner == "lacks one" and LABELS in name):
            return self.send_error(404)
        if self.manner == "silent":
            self.done.wait()
            return None
        if self.manner == "wrong" and IMAGES not in name:
            content = content[::-1]
        self.send_response(200)
        if self.manner != "unannounced":
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "HEAD":
            return None
        if self.manner in ("truncated", "unannounced", "stalls"):
            content = content[: len(content) // 2]
        self.wfile.write(content)
        if self.manner == "stalls":
            self.wfile.flush()
            self.done.wait()
        return None

    def log_message(self, *arguments) -> None:
        pass


@pytest.fixture
def mirror(mnist_folder) -> Iterator:
    """Opens mirrors of a manner; gives their address."""
    done, servers = threading.Event(), []

    def opened(manner: str) -> str:
        handler = partial(Mirror, folder=mnist_folder, manner=manner, done=done)
        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), handler))
        threading.Thread(target=servers[-1].serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}/mnist/"

    yield opened
    done.set()
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_good_mirror(mirror, monkeypatch, nowhere, mnist, capfd):
    address = mirror("good")
    use_mirrors(monkeypatch, address)
    said = []
    digits = load_mnist(None, said.append)
    assert torch.equal(digits.train_images, mnist.train_images)
    assert torch.equal(digits.test_labels, mnist.test_labels)
    assert said == [f"Downloading MNIST from {address}"]
    assert "100%" in capfd.readouterr().err  # torchvision's progress bars
    assert files_in(nowhere) == DOWNLOADED
    use_mirrors(monkeypatch)
    assert len(load_mnist(None, said.append).test_labels) == 10_000  # now from its own copy


def test_a_download_goes_where_the_data_was_asked_for(mirror, monkeypatch, nowhere, tmp_path):
    use_mirrors(monkeypatch, mirror("good"))
    load_mnist(tmp_path / "asked", lambda sentence: None)
    assert files_in(tmp_path / "asked") == DOWNLOADED
    assert not nowhere.exists()


BAD = {
    "stalls": "stalled for 0.5 s",
    "silent": "stalled for 0.5 s",
    "wrong": "corrupted",
    "truncated": "corrupted",
    "unannounced": "corrupted",
    "missing": "404",
    "lacks one": "404",
}


@pytest.mark.parametrize(("manner", "reason"), BAD.items())
def test_a_bad_mirror_is_told_and_leaves_nothing(mirror, monkeypatch, nowhere, manner, reason):
    address = mirror(manner)
    use_mirrors(monkeypatch, address)
    with pytest.raises(MNISTError) as caught:
        load_mnist(None, lambda sentence: None)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert f"{address}: " in sentence
    assert reason in sentence
    assert "--data" in sentence
    assert sentence.count(address) == 1
    assert files_in(nowhere) == set()
    assert not list(nowhere.glob("*"))


def test_a_mirror_that_is_not_there(monkeypatch, nowhere):
    use_mirrors(monkeypatch, "http://127.0.0.1:9/", "http://no-such-host.invalid/")
    with pytest.raises(MNISTError) as caught:
        load_mnist(None, lambda sentence: None)
    assert "127.0.0.1:9/: " in str(caught.value)
    assert "no-such-host.invalid/: " in str(caught.value)
    assert not list(nowhere.glob("*"))


@pytest.mark.parametrize("manner", BAD)
def test_a_bad_mirror_then_a_good_one(mirror, monkeypatch, nowhere, manner):
    use_mirrors(monkeypatch, mirror(manner), mirror("good"))
    said = []
    assert len(load_mnist(None, said.append).test_labels) == 10_000
    assert len(said) == 2
    assert files_in(nowhere) == DOWNLOADED


def test_a_damaged_file_is_fetched_again(mirror, monkeypatch, mnist_folder, tmp_path):
    folder = tmp_path / "given"
    link(mnist_folder, folder / "MNIST/raw")
    bad = folder / "MNIST/raw" / f"{LABELS}.gz"
    bad.unlink()
    bad.write_bytes(b"half of it")
    use_mirrors(monkeypatch, mirror("good"))
    assert len(load_mnist(folder, lambda sentence: None).test_labels) == 10_000
    assert files_in(folder) == DOWNLOADED | {f"MNIST/raw/{bad.name}.unusable-1"}
    assert load_mnist(folder, pytest.fail).test_labels.sum() > 0


def test_a_folder_that_cannot_be_written_still_gives_the_data(mirror, monkeypatch, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    use_mirrors(monkeypatch, mirror("good"))
    said = []
    assert len(load_mnist(tmp_path / "file" / "data", said.append).test_labels) == 10_000
    assert "can't be kept" in said[-1]


def test_two_downloads_at_once(mirror, monkeypatch, nowhere):
    use_mirrors(monkeypatch, mirror("good"))
    loaded = []
    threads = [threading.Thread(target=lambda: loaded.append(load_mnist(None, lambda s: None))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loaded) == 2
    assert files_in(nowhere) == DOWNLOADED


def test_the_patience_of_others_is_left_alone(nowhere):
    socket.setdefaulttimeout(17)
    try:
        with pytest.raises(MNISTError):
            load_mnist(None, lambda sentence: None)
        assert socket.getdefaulttimeout() == 17
    finally:
        socket.setdefaulttimeout(None)
