"""Files that are never half-written and never lost."""

import errno
import glob
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

STALE_SECONDS = 3600.0  # a temporary file this old belongs to nobody who is still writing


def write_whole(path: Path, write: Callable[[BinaryIO], None]) -> None:
    """Write a file so that, whenever the machine stops, it is either the old one or the new one, whole.

    Raises:
        OSError: where the folder can't be made or written, or the disk is full; the old file is then untouched.
    """
    _make_folder(path.parent)
    remove_stale(path.parent, f".{glob.escape(path.name)}.*.part")
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)  # mkstemp's is for the owner alone
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def try_writing(path: Path) -> None:
    """Find out whether a file can be written, before work whose result would be lost.

    Raises:
        OSError: where it can't.
    """
    _make_folder(path.parent)
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    tempfile.TemporaryFile(dir=path.parent).close()


def set_aside(path: Path) -> str:
    """Rename a file that can't be used, to a name nobody has; returns what became of it, for a sentence."""
    for number in range(1, 1000):
        aside = path.with_name(f"{path.name}.unusable-{number}")
        if aside.exists():
            continue
        try:
            path.rename(aside)
        except FileNotFoundError:
            return "it is gone already"  # another launch set it aside
        except OSError as error:
            return f"it could not be set aside ({error.strerror})"
        return f"set aside as {aside.name}"
    return "it was left where it is"


def remove_stale(folder: Path, pattern: str) -> None:
    """Remove what a killed process left behind: files and folders of this pattern that nobody touched for an hour."""
    for path in folder.glob(pattern):
        try:
            if time.time() - path.stat().st_mtime > STALE_SECONDS:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        except OSError:
            continue  # another process was quicker, or owns it


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:  # as a file, which "File exists" would leave in the dark
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder)) from None


def _sync_folder(folder: Path) -> None:
    """Make the rename itself last, where the system can open folders (Windows can't)."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)
