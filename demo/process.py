"""What the server's process asks of the system; none of it needs an import that takes time."""

import contextlib
import ctypes
import os
import sys

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


def raise_open_file_limit() -> None:
    """Raise the number of open files as far as the system allows, from 1,024 on most: too few for 600 visitors."""
    with contextlib.suppress(ImportError, OSError, ValueError):  # Windows has no limit; some allow less than they say
        import resource

        now, allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = OPEN_FILES if allowed == resource.RLIM_INFINITY else min(allowed, OPEN_FILES)
        if now != resource.RLIM_INFINITY and now < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, allowed))


def give_freed_memory_back() -> None:
    """Have GNU/Linux's allocator give freed memory back: it gives each thread memory of its own, and keeps it.

    Lower thresholds would save a little more, but a training's steps would have to ask for their memory again.
    """
    with contextlib.suppress(OSError):  # other systems
        libc = ctypes.CDLL("libc.so.6")
        libc.mallopt(MMAP_THRESHOLD, MIB)
        libc.mallopt(TRIM_THRESHOLD, 16 * MIB)
        libc.mallopt(ARENA_MAX, 2)
