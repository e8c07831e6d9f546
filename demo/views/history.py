"""Training history: the network as it was at a dozen moments of its training."""

import json
from typing import Any

from demo.components import DeferredComponent
from demo.server.gradio_internals import server
from demo.wire import describe_snapshot
from model.training.snapshots import Snapshot


class HistoryView(DeferredComponent):
    """Predicts the drawing as the network did then, and shows its figures and its weights as images.

    The snapshots are a megabyte, so they travel when the view is first opened, and are described only then.
    """

    # Gradio tells the page every attribute that has the name of a parameter, so none may be called `snapshots`.
    def __init__(self, history: tuple[Snapshot, ...]) -> None:
        self._history = history
        super().__init__("views/history")

    @server
    def snapshots(self, _: Any = None) -> str:
        """All of them as JSON, in order, as `describe_snapshot` has each; an empty list if there are none."""
        return json.dumps([describe_snapshot(snapshot) for snapshot in self._history])
