"""Everything private of PyTorch's that this project relies on, each with the reason.

tests/model/test_torch_internals.py fails when one of them changes.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor


def fused_adam(
    parameters: Tensor,
    gradient: Tensor,
    mean: Tensor,
    square: Tensor,
    step: Tensor,
    learning_rate: float,
    beta1: float,
    beta2: float,
    epsilon: float,
) -> None:
    """One step of Adam in one pass over the memory, in place.

    It is the kernel of `torch.optim.Adam(fused=True)`. The optimizer around it imports `torch._dynamo` at its first
    step, which takes longer than a third of a whole training, and twice the kernel's own time at every step. The same
    written as operations on whole vectors takes twice the kernel's time as well.

    Args:
        parameters, gradient: (P,).
        mean, square: (P,), the running averages of the gradient and of its square.
        step: a float32 scalar, the number of this step, from 1.
        learning_rate, beta1, beta2, epsilon: Adam's settings.
    """
    torch._fused_adam_(
        [parameters],
        [gradient],
        [mean],
        [square],
        [],
        [step],
        lr=learning_rate,
        beta1=beta1,
        beta2=beta2,
        weight_decay=0.0,
        eps=epsilon,
        amsgrad=False,
        maximize=False,
    )


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
