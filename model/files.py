"""Files that are never half-written and never lost."""

import errno
import os
import tempfile
from pathlib import Path


def write_atomically(path: Path, content: bytes | memoryview) -> None:
    """Write a file so that, whenever the machine stops, it is either the old one or the new one, complete.

    Raises:
        OSError: if the folder can't be made or written, the disk is full, or the path is a device or the like; the old
            file is then untouched.
    """
    check_writable(path)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)  # mkstemp lets only the owner read
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def check_writable(path: Path) -> None:
    """Find out whether a file can be written, before work whose result would be lost; its folder is made.

    Raises:
        OSError: if it can't.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except FileExistsError:  # "File exists" would not say what is wrong with that
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path.parent)) from None
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "Not a regular file", str(path))
    tempfile.TemporaryFile(dir=path.parent).close()


def set_aside(path: Path) -> str:
    """Rename a file that can't be used to an unused name; returns what happened, as the end of a sentence."""
    number = 1
    while (aside := path.with_name(f"{path.name}.unusable-{number}")).exists():
        number += 1
    try:
        path.rename(aside)
    except OSError as error:
        return f"it could not be set aside ({error.strerror})"
    return f"set aside as {aside.name}"
