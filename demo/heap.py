"""Memory that was freed goes back to the system, so that a server that runs for weeks stays as small as it began.

The allocator of GNU/Linux keeps freed memory for each thread that used it, and more of it the larger the pieces were.
A few dozen visitors and trainings made that hundreds of megabytes. Elsewhere nothing is done.
"""

import ctypes

TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8  # mallopt(3)
ARENAS = 2
LARGE = 128 * 1024  # bytes: allocated apart, and given back at once; setting it keeps it from growing


def give_freed_memory_back() -> None:
    """Tell the allocator so; best before anything large is allocated."""
    try:
        libc = ctypes.CDLL("libc.so.6")
    except OSError:
        return
    libc.mallopt(ARENA_MAX, ARENAS)
    libc.mallopt(MMAP_THRESHOLD, LARGE)
    libc.mallopt(TRIM_THRESHOLD, LARGE)
