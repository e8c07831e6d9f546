"""Weights rounded to 8 bits, with one scale for each neuron: a quarter of the size, and readings change little.

After B. Jacob and others, "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
Inference" (CVPR 2018), but for the arithmetic, which stays in float32.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

LARGEST = 127  # of an 8-bit weight, in multiples of its scale


@dataclass(frozen=True, eq=False)
class RoundedLayer:
    """A fully connected layer, its weights rounded to 8 bits.

    Attributes:
        weights: (outputs, inputs), int8, in multiples of the scale.
        scale: one for each neuron (outputs,), float32, above 0.
        biases: (outputs,), float32, as they were.

    Raises:
        ValueError: where a tensor is of another type or shape, or not finite.
    """

    weights: Tensor
    scale: Tensor
    biases: Tensor

    def __post_init__(self) -> None:
        for tensor, kind in ((self.weights, torch.int8), (self.scale, torch.float32), (self.biases, torch.float32)):
            if not isinstance(tensor, Tensor) or tensor.dtype != kind or tensor.layout != torch.strided:
                raise ValueError("a layer of another type")
        if self.weights.dim() != 2 or not self.scale.shape == self.biases.shape == self.weights.shape[:1]:
            raise ValueError("a layer of another shape")
        if not (self.biases.isfinite().all() and (self.scale > 0).all() and (self.scale * LARGEST).isfinite().all()):
            raise ValueError("a layer that is not finite")

    @classmethod
    def of(cls, layer: nn.Linear) -> "RoundedLayer":
        """Round a layer."""
        weights = layer.weight.detach()
        scale = (weights.abs().amax(dim=1) / LARGEST).clamp(min=1e-30)  # a neuron without weights has one, too
        return cls((weights / scale[:, None]).round().to(torch.int8), scale, layer.bias.detach().clone())

    def copy_to(self, layer: nn.Linear) -> None:
        """Give a layer these weights and biases."""
        layer.weight.data = self.weights * self.scale[:, None]
        layer.bias.data = self.biases.clone()

    def is_exact(self, layer: nn.Linear) -> bool:
        """Whether nothing of a layer was lost in rounding: it had been rounded before."""
        return torch.allclose(self.weights * self.scale[:, None], layer.weight, rtol=1e-6, atol=0)


def round_weights(network: nn.Module) -> None:
    """Round the weights of a network's fully connected layers, in place."""
    for layer in network.children():
        RoundedLayer.of(layer).copy_to(layer)
