"""Snapshots: the network at some moments of its training, small enough for a checkpoint.

Weights are quantized to 8 bits. Loss and accuracy are measured on the quantized weights, so they hold for what is kept.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from model.evaluation.metrics import accuracy
from model.network import MLP, normalize
from model.quantization import QuantizedLayer

if TYPE_CHECKING:  # a checkpoint with snapshots is loaded without what trains
    from model.training.loop import Progress

FIRST_STEPS = (1, 3, 10, 30, 100, 300, 1_000)  # a network changes fastest at first
EPOCH_ENDS = 5  # snapshots at ends of epochs, spread over the whole training


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A network at one moment of its training.

    Attributes:
        step: gradient updates done by then; 0 for the untrained network.
        epoch: epochs done by then; a whole number at an epoch's end.
        loss: mean cross-entropy over the validation digits.
        accuracy: share of them predicted correctly, 0 to 1.
        layers: from the pixels to the logits.
    """

    step: int
    epoch: float
    loss: float
    accuracy: float
    layers: tuple[QuantizedLayer, ...]

    def network(self, relu: bool = True) -> MLP:
        """The network as it was then, except for the quantization."""
        return _network(self.layers, relu)


class SnapshotRecorder:
    """Takes snapshots of a network while it is trained; the training is not affected.

    They are taken before the first step, after FIRST_STEPS, and at the ends of EPOCH_ENDS epochs, evenly spread (all
    of them in short runs). The last one is the trained network. If a training reports its progress less often, they
    are taken at the next report.

    Args:
        network: not trained yet.
    """

    def __init__(self, network: MLP) -> None:
        self._layers: list[nn.Linear] = network.layers()
        self._relu = network.relu
        self._taken: list[tuple[int, float, tuple[QuantizedLayer, ...]]] = []
        self._take(0, 0.0)

    def record(self, progress: "Progress") -> None:
        """Take a snapshot if this is one of the moments; to be called with every report."""
        if progress.diverged:
            return
        before = self._taken[-1][0]
        is_early = any(before < step <= progress.total_step for step in FIRST_STEPS)
        ends = {math.ceil(progress.epochs * part / EPOCH_ENDS) for part in range(1, EPOCH_ENDS + 1)}
        if is_early or (progress.step == progress.steps and progress.epoch in ends):
            self._take(progress.total_step, progress.epochs_done)

    def snapshots(self, images: Tensor, labels: Tensor) -> tuple[Snapshot, ...]:
        """All that were taken, in order, each measured on digits (N, 28, 28), uint8, and their labels (N,)."""
        inputs = normalize(images)
        snapshots = []
        for step, epoch, layers in self._taken:
            with torch.inference_mode():
                logits = _network(layers, self._relu)(inputs)
            loss = F.cross_entropy(logits, labels).item()
            snapshots.append(Snapshot(step, epoch, loss, accuracy(logits, labels), layers))
        return tuple(snapshots)

    def _take(self, step: int, epoch: float) -> None:
        self._taken.append((step, epoch, tuple(QuantizedLayer.of(layer) for layer in self._layers)))


def _network(layers: tuple[QuantizedLayer, ...], relu: bool) -> MLP:
    network = MLP(hidden=len(layers[0].biases), hidden_layers=len(layers) - 1, relu=relu)
    for quantized, layer in zip(layers, network.layers(), strict=True):
        quantized.copy_to(layer)
    return network
