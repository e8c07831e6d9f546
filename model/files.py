"""Files that are never half-written and never lost."""

import errno
import glob
import os
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

STALE_SECONDS = 3600.0  # no process that is still writing leaves a temporary file untouched for so long


def write_atomically(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a file so that, whenever the machine stops, it is either the old one or the new one, complete.

    Raises:
        OSError: if the folder can't be made or written, the disk is full, or the path is a device or the like; the old
            file is then untouched.
    """
    _check_regular(path)
    _make_folder(path.parent)
    _remove_stale(path)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)  # mkstemp lets only the owner read
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def check_writable(path: Path) -> None:
    """Find out whether a file can be written, before work whose result would be lost.

    Raises:
        OSError: if it can't.
    """
    _make_folder(path.parent)
    _check_regular(path)
    tempfile.TemporaryFile(dir=path.parent).close()


def set_aside(path: Path) -> str:
    """Rename a file that can't be used to an unused name; returns what happened, as the end of a sentence."""
    if not path.is_file() and path.exists():
        return "left as it is: it is not a regular file"
    number = 1
    while (aside := path.with_name(f"{path.name}.unusable-{number}")).exists():
        number += 1
    try:
        path.rename(aside)
    except FileNotFoundError:
        return "it is gone already"  # another process set it aside
    except OSError as error:
        return f"it could not be set aside ({error.strerror})"
    return f"set aside as {aside.name}"


def is_inside(path: Path, folder: Path) -> bool:
    """Whether a file is in a folder of the repository's: elsewhere it may be another program's, and is left alone."""
    return path.resolve().is_relative_to(folder.resolve())


def _check_regular(path: Path) -> None:
    """Check that a file may be replaced, which is not so for folders, devices, pipes and sockets."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "Not a regular file", str(path))


def _remove_stale(path: Path) -> None:
    """Remove the temporary files that killed processes left beside a file."""
    for temporary in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
        with suppress(OSError):  # another process removed it first, or owns it
            if time.time() - temporary.stat().st_mtime > STALE_SECONDS:
                temporary.unlink()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:  # there is a file of that name; "File exists" would not say what is wrong with that
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder)) from None


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable."""
    with suppress(OSError):  # Windows can't open folders
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
