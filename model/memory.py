"""Too little memory, told in one sentence, whoever runs out of it first: Python, NumPy or torch."""

from collections.abc import Iterator
from contextlib import contextmanager


class OutOfMemoryError(Exception):
    """There is too little memory for a piece of work; the message says what to do."""


@contextmanager
def telling_of_memory() -> Iterator[None]:
    """Work that may need more memory than there is.

    Raises:
        OutOfMemoryError: where it does. Another process that the system ends for it, as Linux may, can't be told of.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        # torch's allocator for the CPU has no exception of its own
        if isinstance(error, RuntimeError) and "allocate memory" not in str(error):
            raise
        raise OutOfMemoryError("There is too little memory for training: give this machine more.") from None
