"""A network's childhood: what it was at some moments of its training, small enough to travel in a checkpoint.

Weights are rounded to 8 bits. Loss and accuracy are measured on the rounded weights, so they are true of what is kept.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from model.mnist import Digits
from model.network import DIGITS, MLP, PIXELS, normalise
from model.rounding import RoundedLayer
from model.training import FIRST_REPORTS, Progress

FIRST_STEPS = (*FIRST_REPORTS, 100, 300, 1_000)
EPOCHS_KEPT = 5  # ends of epochs, spread over the whole training


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A network at one moment of its training.

    Attributes:
        step: gradient updates done by then; 0 where it is untrained.
        epoch: epochs done by then; a whole number at an epoch's end.
        loss: mean cross-entropy over MNIST's test digits.
        test_accuracy: share of them read correctly, 0 to 1.
        layers: three, from the pixels to the logits.

    Raises:
        ValueError: where a figure is of another type or out of its range, or the layers make no network.
    """

    step: int
    epoch: float
    loss: float
    test_accuracy: float
    layers: tuple[RoundedLayer, ...]

    def __post_init__(self) -> None:
        if type(self.step) is not int or not 0 <= self.step < 2**53:
            raise ValueError("a step that is no count")
        for figure in (self.epoch, self.loss, self.test_accuracy):
            if type(figure) is not float or not math.isfinite(figure) or figure < 0:
                raise ValueError("a figure out of range")
        if self.test_accuracy > 1:
            raise ValueError("an accuracy that is no share")
        shapes = [tuple(layer.weights.shape) for layer in self.layers]
        if len(shapes) != 3 or shapes != [(self.hidden, PIXELS), (self.hidden, self.hidden), (DIGITS, self.hidden)]:
            raise ValueError("layers that make no network")

    @property
    def hidden(self) -> int:
        """Width of both hidden layers."""
        return len(self.layers[0].biases)

    def network(self) -> MLP:
        """The network as it was then, but for the rounding."""
        return _network(self.layers)


class Childhood:
    """Takes snapshots of a network while it is trained, and leaves the training as it is.

    Untrained, after FIRST_STEPS, and at the end of epochs: of each up to EPOCHS_KEPT, and of so many in longer
    trainings; the last one is the trained network. Where a training reports more rarely, at the next report.

    Args:
        network: not trained yet.
    """

    def __init__(self, network: MLP) -> None:
        self._network = network
        self._moments: list[tuple[int, float, tuple[RoundedLayer, ...]]] = []
        self._keep(0, 0.0)

    def note(self, progress: Progress) -> None:
        """Take a snapshot if this is one of the moments; to be told of every progress."""
        if progress.diverged:
            return
        before = self._moments[-1][0]
        first = any(before < step <= progress.total_step for step in FIRST_STEPS)
        kept = {math.ceil(progress.epochs * part / EPOCHS_KEPT) for part in range(1, EPOCHS_KEPT + 1)}
        if first or (progress.step == progress.steps and progress.epoch in kept):
            self._keep(progress.total_step, progress.epoch - 1 + progress.step / progress.steps)

    def snapshots(self, data: Digits) -> tuple[Snapshot, ...]:
        """All that were taken, in order, each measured on the test digits."""
        inputs = normalise(data.test_images)
        return tuple(
            Snapshot(step, epoch, *_measured(layers, inputs, data.test_labels), layers)
            for step, epoch, layers in self._moments
        )

    def _keep(self, step: int, epoch: float) -> None:
        layers = tuple(RoundedLayer.of(layer) for layer in self._network.children())
        self._moments.append((step, epoch, layers))


def _network(layers: tuple[RoundedLayer, ...]) -> MLP:
    network = MLP(hidden=len(layers[0].biases))
    for rounded, layer in zip(layers, network.children(), strict=True):
        rounded.copy_to(layer)
    return network


def _measured(layers: tuple[RoundedLayer, ...], inputs: Tensor, labels: Tensor) -> tuple[float, float]:
    """Loss and accuracy of rounded layers on normalised pictures (N, 1, 28, 28) with their labels (N,)."""
    with torch.inference_mode():
        logits = _network(layers)(inputs)  # (N, 10)
    return F.cross_entropy(logits, labels).item(), int((logits.argmax(1) == labels).sum()) / len(labels)
