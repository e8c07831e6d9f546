"""Files are complete or not there, and nothing is overwritten that can't be used."""

import os
import resource
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from model.files import check_writable, set_aside, write_atomically

CONTENT = bytes(range(256)) * 4_000  # a megabyte


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "folder" / "file.bin"


def write(path: Path) -> None:
    write_atomically(path, CONTENT)


@contextmanager
def writing_forever(path: Path) -> Iterator[None]:
    """A process that writes again and again, ended by SIGKILL; forked from this one, so that it starts at once."""
    process = os.fork()
    if process == 0:
        try:
            while True:
                write(path)
        finally:
            os._exit(1)  # never on into the tests
    try:
        yield
    finally:
        os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
    assert os.WIFSIGNALED(status)  # it had not ended by itself


def wait_for_change(path: Path) -> None:
    before = path.stat().st_mtime_ns
    while path.stat().st_mtime_ns == before:
        time.sleep(0.001)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_killed_at_any_moment_while_another_one_writes_the_file_is_complete(path):
    write(path)
    for moment in range(5):
        with writing_forever(path), writing_forever(path):
            wait_for_change(path)
            time.sleep(moment / 1000)
        assert path.read_bytes() == CONTENT


def test_a_write_that_finds_the_disk_full_leaves_the_old_file(path):
    write(path)

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limits[1]))  # bytes: fails as on a full disk
    try:
        with pytest.raises(OSError, match="large"):
            write(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == CONTENT
    assert list(path.parent.iterdir()) == [path]


def test_a_place_that_cannot_be_written_is_known_before(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "taken" / "file.bin").mkdir(parents=True)
    os.mkfifo(tmp_path / "pipe")
    for place, why in {"file/file.bin": "Not a directory", "taken/file.bin": "regular", "pipe": "regular"}.items():
        with pytest.raises(OSError, match=why):
            check_writable(tmp_path / place)
        with pytest.raises(OSError, match=why):
            write(tmp_path / place)
    check_writable(tmp_path / "new" / "file.bin")
    assert not list((tmp_path / "new").iterdir())
    assert (tmp_path / "pipe").is_fifo()


def test_nothing_set_aside_is_overwritten(tmp_path):
    path = tmp_path / "mlp.pt"
    for number in range(3):
        path.write_text(str(number))
        assert set_aside(path) == f"set aside as mlp.pt.unusable-{number + 1}"
    assert [path.read_text() for path in sorted(tmp_path.iterdir())] == ["0", "1", "2"]
    assert "could not be set aside" in set_aside(path)
