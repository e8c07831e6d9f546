"""The masthead: says which network is reading, and carries it to the page."""

import base64
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from demo.component import Component
from model.classifier import SURE_FROM, Classifier
from model.network import MLP
from model.opening import Opened
from model.rounding import RoundedLayer


class NetworkCard(Component):
    """Tells the page which network reads; its value is the network itself, with its provenance."""

    def __init__(self, opened: Opened) -> None:
        super().__init__("network", value=carried(opened.classifier, opened.origin))


def carried(classifier: Classifier, origin: str) -> dict[str, Any]:
    """A classifier as it goes to the page: as `described`, with its provenance."""
    provenance = {
        "name": classifier.recipe.name,
        "recipe": str(classifier.recipe),
        "test_accuracy": classifier.test_accuracy,
        "origin": origin,
    }
    return described(classifier) | provenance


def described(classifier: Classifier) -> dict[str, Any]:
    """A classifier as the page's engine takes it: networks, normalisation, thresholds and fingerprint."""
    guard = classifier.guard
    return {
        "network": _layers(classifier.network),
        "guard": guard and {"network": _layers(guard.network), "threshold": guard.threshold},
        "sureFrom": SURE_FROM,
        "mean": classifier.mean,
        "std": classifier.std,
        "fingerprint": classifier.fingerprint(),
    }


def _layers(network: MLP) -> dict[str, Any]:
    """All weights and biases, layer by layer, and the layers' widths; in bytes where they were rounded to such."""
    rounded = [RoundedLayer.of(layer) for layer in network.children()]
    if all(kept.is_exact(layer) for kept, layer in zip(rounded, network.children(), strict=True)):
        return rounded_layers(rounded)
    widths = [network.hidden1.in_features, *(len(layer.bias) for layer in network.children())]
    return {"parameters": _as_text([network.flat_parameters()]), "widths": widths}


def rounded_layers(layers: Sequence[RoundedLayer]) -> dict[str, Any]:
    """The same of layers that are rounded: weights in multiples of the scales, one for each neuron."""
    return {
        "weights": _as_text([layer.weights for layer in layers]),
        "scales": _as_text([layer.scale for layer in layers]),
        "biases": _as_text([layer.biases for layer in layers]),
        "widths": [layers[0].weights.shape[1], *(len(layer.biases) for layer in layers)],
    }


def _as_text(tensors: Sequence[Tensor]) -> str:
    """Tensors, one behind the other, as base64 of their little-endian numbers."""
    numbers = torch.cat([tensor.flatten() for tensor in tensors]).numpy()
    return base64.b64encode(numbers.astype(numbers.dtype.newbyteorder("<")).tobytes()).decode()
