"""Files are complete or not there, and nothing is overwritten that can't be used."""

import os
import resource
from pathlib import Path

import pytest

from model.files import check_writable, set_aside, write_atomically

CONTENT = bytes(range(256)) * 4_000  # a megabyte


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "folder" / "file.bin"


def write(path: Path) -> None:
    write_atomically(path, CONTENT)


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
