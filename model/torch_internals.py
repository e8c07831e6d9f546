"""How PyTorch says that there is too little memory, which is private to it.

tests/model/test_torch_internals.py fails when that changes.
"""

from collections.abc import Iterator
from contextlib import contextmanager


class OutOfMemoryError(Exception):
    """There is too little memory for a training; the message says what to do."""


@contextmanager
def reporting_out_of_memory() -> Iterator[None]:
    """Turns every way in which Python, NumPy or PyTorch may run out of memory into one exception.

    Raises:
        OutOfMemoryError: if the work inside needs more memory than there is. The system may also end the process
            without a word, as Linux does.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        raise OutOfMemoryError("There is too little memory for training: give this machine more.") from None


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an exception says that there is too little memory.

    PyTorch's allocator for the CPU has no exception of its own: only the text of its RuntimeError tells.
    """
    return isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and "allocate memory" in str(error))
