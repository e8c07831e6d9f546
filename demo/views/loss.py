"""Softmax & loss: its test digits show what one gradient step does to the accuracy on other digits."""

import base64
from typing import Any

from demo.components import DeferredComponent
from demo.server.gradio_internals import server
from model.paths import MINI_TEST_SET


class LossView(DeferredComponent):
    """Shows logits, softmax, loss, and one gradient step. The test digits travel when the view first needs them."""

    def __init__(self) -> None:
        super().__init__("views/loss")

    @server
    def mini_test_set(self, _: Any = None) -> str:
        """The file of `model.data.mini_test_set`, in base64."""
        return base64.b64encode(MINI_TEST_SET.read_bytes()).decode()
