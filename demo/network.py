"""The masthead: says which network is reading, and carries it to the page."""

import base64
from typing import Any

import gradio as gr
import torch

from demo.assets import text
from model.classifier import SURE_FROM, Classifier
from model.network import MLP
from model.opening import Opened


class NetworkCard(gr.HTML):
    """Tells the page which network reads; its value is the network itself with its provenance."""

    def __init__(self, opened: Opened) -> None:
        super().__init__(
            value=described(opened.classifier)
            | {
                "name": opened.classifier.recipe.name,
                "recipe": str(opened.classifier.recipe),
                "test_accuracy": opened.classifier.test_accuracy,
                "origin": opened.origin,
            },
            html_template=text("network.html"),
            js_on_load=text("network.js"),
            apply_default_css=False,
        )

    def api_info(self) -> dict[str, Any]:
        """What clients are told of the value."""
        return {"type": "object"}


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
    parameters = torch.cat([parameter.detach().flatten() for parameter in network.parameters()])
    little_endian = parameters.numpy().astype("<f4")  # as every browser has it
    return {
        "parameters": base64.b64encode(little_endian.tobytes()).decode(),
        "widths": [network.hidden1.in_features, *(len(layer.bias) for layer in network.children())],
    }
