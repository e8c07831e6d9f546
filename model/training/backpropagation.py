"""The forward and the backward pass of a multi-layer perceptron, written out: the chain rule, layer by layer.

Every layer computes y = x W^T + b, and every layer but the last is followed by a ReLU, max(y, 0). Backpropagation asks
how the loss L changes with each number on the way, from the logits back to the first layer (D. E. Rumelhart,
G. E. Hinton and R. J. Williams, "Learning Representations by Back-Propagating Errors", 1986). With delta = dL/dy, three
products answer that for a layer:

    dL/dW = delta^T x        dL/db = sum of delta over the batch        dL/dx = delta W

and dL/dx, where the ReLU below is not at 0, is the delta of the layer below.

PyTorch's autograd finds the same gradients (tests/model/training/test_backpropagation.py proves it), but records every
operation first. For a network this small that takes longer than the arithmetic.
"""

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from model.evaluation.metrics import predicted_digits


class Loss(Protocol):
    """What a training minimizes: the mean over a batch of a loss for each sample."""

    def targets(self, labels: Tensor, outputs: int) -> Tensor:
        """Labels (N,) in the form that `gradient` takes them, (N, outputs)."""
        ...

    def gradient(self, logits: Tensor, targets: Tensor) -> Tensor:
        """dL/dlogits, (N, outputs), of the mean loss."""
        ...

    def each(self, logits: Tensor, labels: Tensor) -> Tensor:
        """The loss of each sample, (N,)."""
        ...

    def correct(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Which samples are predicted correctly, (N,), bool."""
        ...


class CrossEntropy:
    """Softmax and cross-entropy, -log p(label), for ten digits."""

    def targets(self, labels: Tensor, outputs: int) -> Tensor:
        """One-hot: 1 for the label, 0 for all others."""
        return F.one_hot(labels, outputs).float()

    def gradient(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Softmax minus one-hot."""
        return torch.softmax(logits, dim=1).sub_(targets).mul_(1 / len(logits))

    def each(self, logits: Tensor, labels: Tensor) -> Tensor:
        """-log p(label) of each sample, (N,)."""
        return F.cross_entropy(logits, labels, reduction="none")

    def correct(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Where the highest logit is the label's."""
        return predicted_digits(logits) == labels


CROSS_ENTROPY = CrossEntropy()


class BinaryCrossEntropy:
    """Sigmoid and binary cross-entropy, for one logit and labels of 1 (yes) and 0 (no).

    Args:
        pos_weight: how much more a sample labeled 1 counts than one labeled 0.
    """

    def __init__(self, pos_weight: float = 1.0) -> None:
        self.pos_weight = pos_weight

    def targets(self, labels: Tensor, outputs: int) -> Tensor:
        """A column of zeros and ones, (N, 1)."""
        return labels[:, None].float()

    def gradient(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Sigmoid minus target, with each sample's weight."""
        weights = 1 + (self.pos_weight - 1) * targets
        return torch.sigmoid(logits).sub_(targets).mul_(weights).mul_(1 / len(logits))

    def each(self, logits: Tensor, labels: Tensor) -> Tensor:
        """-log p of each sample's label, weighted, (N,)."""
        weight = torch.tensor(self.pos_weight, dtype=logits.dtype)
        return F.binary_cross_entropy_with_logits(
            logits[:, 0], labels.to(logits.dtype), pos_weight=weight, reduction="none"
        )

    def correct(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Where the more probable of the two is the label."""
        return (logits[:, 0] > 0) == (labels > 0)


class Backpropagation:
    """The gradient of a network's loss.

    The parameters of all layers become views of one flat vector, and their gradients views of another, so that an
    optimizer moves the whole network with a few operations on whole vectors.

    Args:
        layers: fully connected, from the input to the logits, each as wide as the next one's input.
        loss: taken on the logits.
        relu: whether a ReLU follows every layer but the last.

    Attributes:
        parameters: (P,), all weights and biases, layer by layer; the layers' own parameters are views of it.
        gradient: (P,), dL/dparameters of the last batch.
    """

    def __init__(self, layers: Sequence[nn.Linear], loss: Loss, relu: bool = True) -> None:
        own = [parameter for layer in layers for parameter in (layer.weight, layer.bias)]
        sizes = [parameter.numel() for parameter in own]
        self.parameters = torch.cat([parameter.detach().flatten() for parameter in own])
        self.gradient = torch.zeros_like(self.parameters)
        values = [part.view_as(like) for part, like in zip(self.parameters.split(sizes), own, strict=True)]
        gradients = [part.view_as(like) for part, like in zip(self.gradient.split(sizes), own, strict=True)]
        for parameter, value in zip(own, values, strict=True):
            parameter.data = value
        self._weights, self._biases = values[::2], values[1::2]
        self._weights_transposed = [weight.t() for weight in self._weights]  # views, too
        self._weight_gradients, self._bias_gradients = gradients[::2], gradients[1::2]
        self._loss = loss
        self._relu = relu

    def __call__(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """The logits (N, outputs) for a batch of inputs (N, pixels), after which `gradient` is this batch's."""
        # Forward: a layer has I inputs and O outputs.
        x = inputs
        layer_inputs: list[Tensor] = []
        for weight_transposed, bias in zip(self._weights_transposed, self._biases, strict=True):
            if layer_inputs and self._relu:
                x.relu_()
            layer_inputs.append(x)  # (N, I)
            x = torch.addmm(bias, x, weight_transposed)  # (O,) + (N, I) (I, O) = (N, O)
        logits = x

        # Backward: delta is dL/dy of the layer in hand.
        delta = self._loss.gradient(logits, targets)  # (N, outputs)
        for layer in reversed(range(len(layer_inputs))):
            x = layer_inputs[layer]  # (N, I)
            torch.mm(delta.t(), x, out=self._weight_gradients[layer])  # (O, N) (N, I) = (O, I)
            torch.sum(delta, dim=0, out=self._bias_gradients[layer])  # (O,)
            if layer > 0:
                delta = torch.mm(delta, self._weights[layer])  # (N, O) (O, I) = (N, I)
                if self._relu:
                    delta.mul_(x.sign())  # the slope of ReLU: 1 where its output is positive, 0 where it is 0
        return logits
