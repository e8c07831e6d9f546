"""What the server's process asks of the system, so that it runs for weeks and for crowds. Best done first."""

import contextlib
import ctypes
import os
import signal
import sys
import threading

TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8  # mallopt(3)
ARENAS = 2
LARGE = 128 * 1024  # bytes: allocated apart, and given back at once; setting it keeps it from growing
OPEN_FILES = 16_384  # an open page holds one or two


def give_freed_memory_back() -> None:
    """Have freed memory go back to the system, so that the server stays as small as it began.

    The allocator of GNU/Linux keeps it for each thread that used it, and more of it the larger the pieces were. A few
    dozen visitors and trainings made that hundreds of megabytes. Elsewhere nothing is done.
    """
    try:
        libc = ctypes.CDLL("libc.so.6")
    except OSError:
        return
    libc.mallopt(ARENA_MAX, ARENAS)
    libc.mallopt(MMAP_THRESHOLD, LARGE)
    libc.mallopt(TRIM_THRESHOLD, LARGE)


def allow_many_open_files() -> None:
    """Raise the number of files that may be open as far as is allowed.

    A process begins with 1,024 on most systems, and its 600th visitor would find the door shut. Windows has no such
    limit.
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


def end_on_sigterm() -> None:
    """End at once on SIGTERM as the first process of a container, too, where it has no effect of its own.

    Elsewhere it does just that by itself. A handler in Python would wait until the main thread has time for it, which
    takes seconds while it trains; here another thread waits for the signal.
    """
    if os.getpid() != 1 or sys.platform == "win32":
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})  # for all threads that begin from now on, too

    def wait() -> None:
        signal.sigwait({signal.SIGTERM})
        os._exit(128 + signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()
