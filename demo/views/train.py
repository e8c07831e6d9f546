"""Train: the visitor trains a network of their own and watches it learn."""

import base64
import json
import threading
from typing import Any

from demo.jobs.job import TrainJob, TrainResult
from demo.jobs.queue import JobQueue
from demo.payloads import RANGES, SETTINGS, parse_training_settings
from demo.server.gradio_internals import server
from demo.views.following import JobView
from demo.wire import LOST, describe_settings, describe_train_result, encode_image
from model.classifier import Classifier
from model.network import DIGITS
from model.onnx import OnnxError, onnx_file
from model.training.recipe import RECIPES
from model.training.script import state_dict_file


class TrainView(JobView):
    """A form for the settings, live curves, and what came of it. Its `start_job` event carries the settings."""

    def __init__(self, jobs: JobQueue, missing: str, baseline: Classifier) -> None:
        recipes = {
            name: {setting: getattr(recipe, setting) for setting in SETTINGS} for name, recipe in RECIPES.items()
        }
        curve = {
            "settings": describe_settings(baseline.recipe),
            "epochs": baseline.recipe.epochs,
            "points": baseline.curve,
        }
        props = {"recipes": recipes, "ranges": RANGES, "baseline": curve}
        super().__init__("views/train", jobs, missing, **{name: json.dumps(value) for name, value in props.items()})
        self._exporting = threading.Lock()
        self._onnx: tuple[str, bytes] | None = None  # the newest, with its network's ticket: it takes seconds to make

    def job(self, sent: Any, address: str) -> TrainJob:
        """A training by the settings that were sent."""
        return TrainJob(parse_training_settings(sent), address)

    def describe(self, result: TrainResult) -> dict[str, Any]:
        """The network, its confusion matrix and its worst mistakes."""
        return describe_train_result(result)

    @server
    def classified_as(self, sent: Any) -> str:
        """The test digits in a cell of the confusion matrix: images as base64 of 784 tones, in a JSON list.

        Args:
            sent: [ticket, label, predicted digit], as JSON.
        """
        _, result, cell = self._asked(sent)
        if result is None or len(cell) != 2 or not all(type(digit) is int and 0 <= digit < DIGITS for digit in cell):
            return "[]"
        return json.dumps([encode_image(image) for image in result.classified_as(*cell)])

    @server
    def weights(self, sent: Any) -> str:
        """A trained network as a file. As JSON: {"file"}, in base64, or {"error"}, a sentence.

        Args:
            sent: [ticket, "pt" or "onnx"], as JSON.
        """
        ticket, result, kind = self._asked(sent)
        if result is None or kind not in (["pt"], ["onnx"]):
            return json.dumps({"error": LOST})
        try:
            classifier = result.classifier
            file = state_dict_file(classifier.network) if kind == ["pt"] else self._onnx_file(ticket, classifier)
        except OnnxError as error:
            return json.dumps({"error": f"{error}."})
        return json.dumps({"file": base64.b64encode(file).decode()})

    def _asked(self, sent: Any) -> tuple[str, TrainResult | None, list[Any]]:
        """What a page asks for: a ticket, the result of its training if there is one, and the rest of the list."""
        try:
            ticket, *rest = json.loads(sent)
        except (TypeError, ValueError, RecursionError):
            return "", None, []
        result = self._jobs.result(ticket)
        return str(ticket), result if isinstance(result, TrainResult) else None, rest

    def _onnx_file(self, ticket: str, classifier: Classifier) -> bytes:
        with self._exporting:
            if self._onnx is None or self._onnx[0] != ticket:
                self._onnx = ticket, onnx_file(classifier)
            return self._onnx[1]
