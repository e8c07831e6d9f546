"""What is private to PyTorch still does what this project relies on."""

import pytest
import torch

from model.torch_internals import OutOfMemoryError, fused_adam, reporting_out_of_memory


def test_the_fused_kernel_is_adam():
    generator = torch.Generator().manual_seed(0)
    parameters = torch.randn(1_000, generator=generator)
    reference = torch.nn.Parameter(parameters.clone())
    optimizer = torch.optim.Adam([reference], lr=0.01)
    mean, square = torch.zeros(1_000), torch.zeros(1_000)
    for step in range(1, 21):
        gradient = torch.randn(1_000, generator=generator)
        fused_adam(parameters, gradient, mean, square, torch.tensor(float(step)), 0.01, 0.9, 0.999, 1e-8)
        reference.grad = gradient
        optimizer.step()
    torch.testing.assert_close(parameters, reference.data)


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
