"""A slider through its childhood: the network as it was at a dozen moments of its training."""

import base64
import json
from typing import Any

import torch
from gradio.components.base import server
from torch import Tensor

from demo.views.view import View
from model.classifier import Classifier
from model.snapshots import Snapshot


class Childhood(View):
    """Reads the drawing as the network did then, with its figures and the pictures of its weights.

    The snapshots are a megabyte: they travel when the view is opened first, by calling `snapshots`.
    """

    NAME = "childhood"
    TITLE = "Its childhood"

    def __init__(self, snapshots: tuple[Snapshot, ...], **props: Any) -> None:
        self._sent = json.dumps([described(snapshot) for snapshot in snapshots])
        super().__init__(**props)

    @classmethod
    def of(cls, classifier: Classifier) -> "Childhood":
        """The childhood of this classifier's network."""
        return cls(classifier.snapshots)

    @server
    def snapshots(self, _: Any = None) -> str:
        """All of them as JSON, in order, as `described` has each; none where the checkpoint has none."""
        return self._sent


def described(snapshot: Snapshot) -> dict[str, Any]:
    """A snapshot as the page's engine takes it: its figures, and its rounded network."""
    layers = snapshot.layers
    return {
        "step": snapshot.step,
        "epoch": snapshot.epoch,
        "loss": snapshot.loss,
        "accuracy": snapshot.test_accuracy,
        "network": {
            "widths": [layers[0].weights.shape[1], *(len(layer.biases) for layer in layers)],
            "weights": _as_text([layer.weights for layer in layers]),
            "scales": _as_text([layer.scale for layer in layers]),
            "biases": _as_text([layer.biases for layer in layers]),
        },
    }


def _as_text(tensors: list[Tensor]) -> str:
    """Tensors, one behind the other, as base64 of their little-endian numbers."""
    numbers = torch.cat([tensor.flatten() for tensor in tensors]).numpy()
    return base64.b64encode(numbers.astype(numbers.dtype.newbyteorder("<")).tobytes()).decode()
