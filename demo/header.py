"""The header: the network that predicts, and the baseline network to compare it with."""

import json
from typing import Any

from demo.components import Component
from demo.server.gradio_internals import server
from demo.wire import describe_loaded
from model.pipeline import LoadedClassifier


class Header(Component):
    """Carries the network to the page. The baseline network follows when it is asked for."""

    def __init__(self, loaded: LoadedClassifier, baseline: LoadedClassifier) -> None:
        self._baseline = baseline
        super().__init__("page/header", describe_loaded(loaded))

    @server
    def baseline_network(self, _: Any = None) -> str:
        """The baseline network as JSON."""
        return json.dumps(describe_loaded(self._baseline))
