"""Weights quantized to 8 bits, with one scale for each neuron: a quarter of the size, nearly the same predictions.

After B. Jacob and others, "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
Inference" (CVPR 2018), except that the arithmetic stays in float32.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from model.network import MLP

LARGEST = 127  # an 8-bit weight's greatest value, in multiples of its scale


@dataclass(frozen=True, eq=False)
class QuantizedLayer:
    """A fully connected layer, its weights quantized to 8 bits.

    Attributes:
        weights: (outputs, inputs), int8, in multiples of the scale.
        scale: one for each neuron (outputs,), float32, above 0.
        biases: (outputs,), float32, not quantized.
    """

    weights: Tensor
    scale: Tensor
    biases: Tensor

    @classmethod
    def of(cls, layer: nn.Linear) -> "QuantizedLayer":
        """Quantize a layer."""
        weights = layer.weight.detach()
        scale = (weights.abs().amax(dim=1) / LARGEST).clamp(min=1e-30)  # also where all weights are 0
        return cls((weights / scale[:, None]).round().to(torch.int8), scale, layer.bias.detach().clone())

    def dequantized_weights(self) -> Tensor:
        """The weights as numbers again: (outputs, inputs), float32."""
        return self.weights * self.scale[:, None]

    def copy_to(self, layer: nn.Linear) -> None:
        """Give a layer these weights and biases."""
        layer.weight.data = self.dequantized_weights()
        layer.bias.data = self.biases.clone()

    def is_exact(self, layer: nn.Linear) -> bool:
        """True if a layer's weights had been quantized before, so that nothing was lost."""
        return torch.allclose(self.dequantized_weights(), layer.weight, rtol=1e-6, atol=0)


def quantize(network: MLP) -> None:
    """Quantize the weights of a network's layers, in place."""
    for layer in network.layers():
        QuantizedLayer.of(layer).copy_to(layer)
