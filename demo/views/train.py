"""Train: the visitor trains a network of their own and watches it learn."""

import json
from typing import Any

from demo.jobs.job import TrainJob, TrainResult
from demo.jobs.queue import JobQueue
from demo.payloads import SETTINGS, parse_training_settings
from demo.views.following import JobView
from demo.wire import describe_train_result
from model.training.recipe import RECIPES


class TrainView(JobView):
    """A form for the settings, live curves, and what came of it. Its `start_job` event carries the settings."""

    def __init__(self, jobs: JobQueue, missing: str) -> None:
        recipes = {
            name: {setting: getattr(recipe, setting) for setting in SETTINGS} for name, recipe in RECIPES.items()
        }
        super().__init__("views/train", jobs, missing, recipes=json.dumps(recipes))

    def job(self, sent: Any, address: str) -> TrainJob:
        """A training by the settings that were sent."""
        return TrainJob(parse_training_settings(sent), address)

    def describe(self, result: TrainResult) -> dict[str, Any]:
        """The network, its confusion matrix and its worst mistakes."""
        return describe_train_result(result)
