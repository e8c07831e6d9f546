"""A slider through its childhood: the network as it was at a dozen moments of its training."""

import json
from typing import Any

from gradio.components.base import server

from demo.network import rounded_layers
from demo.trainings import Trainings
from demo.views.view import View
from model.classifier import Classifier
from model.snapshots import Snapshot


class Childhood(View):
    """Reads the drawing as the network did then, with its figures and the pictures of its weights.

    The snapshots are a megabyte: they travel when the view is opened first, by calling `snapshots`, which writes them
    out in some milliseconds for each page that asks. So none are written, nor kept, for pages that never do.
    """

    NAME = "childhood"
    TITLE = "Childhood"

    def __init__(self, taken: tuple[Snapshot, ...], **props: Any) -> None:
        self._taken = taken
        super().__init__(**props)

    @classmethod
    def of(cls, classifier: Classifier, trainings: Trainings, has_mnist: bool) -> "Childhood":
        """The childhood of this classifier's network."""
        return cls(classifier.snapshots)

    @server
    def snapshots(self, _: Any = None) -> str:
        """All of them as JSON, in order, as `described` has each; none where the checkpoint has none."""
        return json.dumps([described(snapshot) for snapshot in self._taken])


def described(snapshot: Snapshot) -> dict[str, Any]:
    """A snapshot as the page's engine takes it: its figures, and its rounded network."""
    return {
        "step": snapshot.step,
        "epoch": snapshot.epoch,
        "loss": snapshot.loss,
        "accuracy": snapshot.test_accuracy,
        "network": rounded_layers(snapshot.layers),
    }
