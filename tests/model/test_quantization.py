"""Weights as 8-bit integers."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from model.quantization import QuantizedLayer


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(0, 2**32), st.sampled_from([1e-6, 1.0, 1e6]))
def test_no_weight_moves_by_more_than_half_a_step_of_its_neurons_scale(seed, size):
    layer = nn.Linear(30, 20)
    layer.weight.data = size * torch.randn(20, 30, generator=torch.Generator().manual_seed(seed))
    quantized = QuantizedLayer.of(layer)
    error = (quantized.dequantized_weights() - layer.weight).abs()
    assert (error <= 0.5001 * quantized.scale[:, None]).all()
    assert (quantized.weights.abs().amax(dim=1) == 127).all()

    copy = nn.Linear(30, 20)
    quantized.copy_to(copy)
    assert torch.equal(copy.bias, layer.bias)
    assert quantized.is_exact(copy)
    assert not quantized.is_exact(layer)
