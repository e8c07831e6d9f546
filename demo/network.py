"""The masthead: says which network is reading, and carries it to the page."""

import base64
from typing import Any

from demo.component import Component
from model.classifier import SURE_FROM, Classifier
from model.network import MLP
from model.opening import Opened


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
    """All weights and biases, layer by layer, as base64 of float32, and the widths of the layers."""
    little_endian = network.flat_parameters().numpy().astype("<f4")  # as every browser has it
    return {
        "parameters": base64.b64encode(little_endian.tobytes()).decode(),
        "widths": [network.hidden1.in_features, *(len(layer.bias) for layer in network.children())],
    }
