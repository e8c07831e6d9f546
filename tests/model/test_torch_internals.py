"""What is private to PyTorch still does what this project relies on."""

import pytest
import torch

from model.torch_internals import OutOfMemoryError, reporting_out_of_memory


def allocate_by_pytorch() -> None:
    torch.empty(2**61, dtype=torch.uint8)


def allocate_by_python() -> None:
    bytearray(2**61)


@pytest.mark.parametrize("allocate", [allocate_by_pytorch, allocate_by_python])
def test_too_little_memory_is_one_exception(allocate):
    with pytest.raises(OutOfMemoryError, match="too little memory"), reporting_out_of_memory():
        allocate()


def test_other_errors_stay_what_they_are():
    with pytest.raises(RuntimeError, match="shapes"), reporting_out_of_memory():
        torch.zeros(2, 3) @ torch.zeros(2, 3)
