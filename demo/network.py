"""The masthead: says which network is reading, and carries it to the page."""

import base64
from typing import Any

import gradio as gr

from demo.assets import text
from model.classifier import Classifier
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
    """A classifier's network as the page's engine takes it: weights, normalisation and fingerprint."""
    weights = classifier.parameters().numpy().astype("<f4").tobytes()  # little-endian, as every browser has it
    return {
        "parameters": base64.b64encode(weights).decode(),
        "hidden": classifier.network.hidden1.out_features,
        "mean": classifier.mean,
        "std": classifier.std,
        "fingerprint": classifier.fingerprint(),
    }
