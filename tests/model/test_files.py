"""Files are complete or not there, and nothing is overwritten that can't be used."""

import os
import resource
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from model.files import STALE_SECONDS, check_writable, set_aside, write_atomically

CONTENT = bytes(range(256)) * 4_000  # a megabyte


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "folder" / "file.bin"


def write(path: Path) -> None:
    write_atomically(path, lambda file: file.write(CONTENT))


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
    for moment in range(10):
        with writing_forever(path), writing_forever(path):
            wait_for_change(path)
            time.sleep(moment / 1000)
        assert path.read_bytes() == CONTENT


def test_what_a_killed_process_left_is_removed_in_time(path):
    path.parent.mkdir()
    old, new, other = (path.parent / name for name in (".file.bin.old.part", ".file.bin.new.part", ".else.old.part"))
    for part in (old, new, other):
        part.write_bytes(b"half")
    long_ago = time.time() - STALE_SECONDS - 60
    os.utime(old, (long_ago, long_ago))
    os.utime(other, (long_ago, long_ago))
    write(path)
    assert sorted(path.parent.iterdir()) == sorted([new, other, path])


def test_a_write_that_is_interrupted_or_finds_the_disk_full_leaves_the_old_file(path):
    write(path)

    def interrupted(file) -> None:
        file.write(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, interrupted)
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
    for place in (tmp_path / "file" / "file.bin", tmp_path / "taken" / "file.bin", Path("/proc/nowhere/file.bin")):
        with pytest.raises(OSError, match="irectory"):
            check_writable(place)
    check_writable(tmp_path / "new" / "file.bin")
    assert not list((tmp_path / "new").iterdir())


def test_a_device_or_pipe_is_neither_replaced_nor_set_aside(tmp_path):
    os.mkfifo(pipe := tmp_path / "pipe")
    for write_to in (write, check_writable):
        with pytest.raises(OSError, match="Not a regular file"):
            write_to(pipe)
    assert "not a regular file" in set_aside(pipe)
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]


def test_nothing_set_aside_is_overwritten(tmp_path):
    path = tmp_path / "mlp.pt"
    for number in range(3):
        path.write_text(str(number))
        assert set_aside(path) == f"set aside as mlp.pt.unusable-{number + 1}"
    assert [path.read_text() for path in sorted(tmp_path.iterdir())] == ["0", "1", "2"]
    assert "gone" in set_aside(path)
