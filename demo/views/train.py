"""Train: the visitor trains a network of their own and watches it learn."""

import json
from typing import Any

from demo.jobs.job import TrainJob, TrainResult
from demo.jobs.queue import JobQueue
from demo.payloads import SETTINGS, parse_training_settings
from demo.server.gradio_internals import server
from demo.views.following import JobView
from demo.wire import describe_train_result, encode_image
from model.classifier import Classifier
from model.network import DIGITS
from model.training.recipe import RECIPES


class TrainView(JobView):
    """A form for the settings, live curves, and what came of it. Its `start_job` event carries the settings."""

    def __init__(self, jobs: JobQueue, missing: str, baseline: Classifier) -> None:
        recipes = {
            name: {setting: getattr(recipe, setting) for setting in SETTINGS} for name, recipe in RECIPES.items()
        }
        curve = {"settings": str(baseline.recipe), "epochs": baseline.recipe.epochs, "points": baseline.curve}
        super().__init__("views/train", jobs, missing, recipes=json.dumps(recipes), baseline=json.dumps(curve))

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
        try:
            ticket, *cell = json.loads(sent)
        except (TypeError, ValueError, RecursionError):
            return "[]"
        result = self._jobs.result(ticket)
        if not isinstance(result, TrainResult) or len(cell) != 2:
            return "[]"
        if not all(type(digit) is int and 0 <= digit < DIGITS for digit in cell):
            return "[]"
        return json.dumps([encode_image(image) for image in result.classified_as(*cell)])
