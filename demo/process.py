"""What the server's process asks of the system."""

import contextlib
import ctypes
import os
import sys
import tempfile
from pathlib import Path

OPEN_FILES = 16_384  # an open page holds one or two
TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8  # of mallopt(3)
MIB = 2**20


def prepare_output() -> None:
    """Have each sentence reach the terminal or log at once, whatever it can encode; a closed one takes it, too."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  # as long as the process runs
        else:
            stream.reconfigure(line_buffering=True, errors="replace")


def bypass_proxy(host: str | None) -> None:
    """Have Gradio ask its own server directly at launch, even if the environment names a proxy."""
    known = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
    hosts = [known, "localhost", "127.0.0.1", host and host.strip("[]")]
    os.environ["no_proxy"] = ",".join(name for name in hosts if name)


def choose_upload_folder() -> None:
    """Have Gradio keep uploads in a folder of its own, if the usual one is another user's; before it is imported."""
    if os.environ.get("GRADIO_TEMP_DIR"):
        return
    folder = Path(tempfile.gettempdir(), "gradio")
    try:
        folder.mkdir(exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        os.environ["GRADIO_TEMP_DIR"] = tempfile.mkdtemp(prefix="gradio-")


def raise_open_file_limit() -> None:
    """Raise the number of files that may be open as far as the system allows.

    A process starts with 1,024 on most systems, which is too few for 600 visitors (tests/benchmarks/load.py). Windows
    has no such limit.
    """
    try:
        import resource
    except ImportError:
        return
    now, allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if allowed == resource.RLIM_INFINITY else min(allowed, OPEN_FILES)
    if now != resource.RLIM_INFINITY and now < wanted:
        with contextlib.suppress(OSError, ValueError):  # some systems allow less than they say
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, allowed))


def give_freed_memory_back() -> None:
    """Have freed memory go back to the system, so that the server stays as small as it started.

    GNU/Linux's allocator gives threads memory of their own, raises its thresholds as large pieces are freed, and keeps
    both: over 20,000 hostile requests (tests/benchmarks/fuzz.py), the server has up to 305 MB more than when idle, and
    117 MB with these settings. Lower thresholds save a little more, but let a training take 1.5 times as long: what a
    step frees is given back, and the next step has to ask for it again. On other systems nothing is done.
    """
    try:
        libc = ctypes.CDLL("libc.so.6")
    except OSError:
        return
    libc.mallopt(MMAP_THRESHOLD, MIB)
    libc.mallopt(TRIM_THRESHOLD, 16 * MIB)
    libc.mallopt(ARENA_MAX, 2)
