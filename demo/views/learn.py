"""Watch it learn: a training of the reader's own, live."""

import base64
import json
from typing import Any

import gradio as gr
from gradio.components.base import server

from demo.door import address_of
from demo.network import carried
from demo.trainings import SETTINGS, TrainingError, Trainings
from demo.views.followed import YOURS, FollowedView
from model.recipe import RECIPES, RecipeError


class Learn(FollowedView):
    """A form for the settings, live curves, and what became of it. Its `begin` event carries the settings."""

    NAME = "learn"
    TITLE = "Watch it learn"
    NEEDS_PYTHON = True

    def __init__(self, trainings: Trainings, has_mnist: bool, **props: Any) -> None:
        recipes = {
            name: {setting: getattr(recipe, setting) for setting in SETTINGS} for name, recipe in RECIPES.items()
        }
        super().__init__(trainings, has_mnist, recipes=json.dumps(recipes), **props)

    def start(self, settings: Any, request: gr.Request) -> str:
        """Begin a training; {"ticket"} to follow it by, or {"error"}, a sentence, as JSON."""
        try:
            ticket = self._trainings.start(request.session_hash or "", settings, address_of(request.client.host))
            return json.dumps({"ticket": ticket})
        except (RecipeError, TrainingError) as error:
            return json.dumps({"error": str(error)})

    @server
    def result(self, ticket: Any) -> str:
        """What came of a training, as JSON.

        Returns:
            network: as the page's engine takes it, with its provenance; confusion: ten rows of ten counts; mistakes:
            the test digits it gets most wrong, each {picture: base64 of 784 tones, label, answer, probability,
            ofLabel}. Null where there is no network.
        """
        training = self._trainings.result(ticket)
        if training is None or training.mistakes is None:
            return "null"
        mistakes = training.mistakes
        parts = (
            mistakes.pictures,
            mistakes.labels.tolist(),
            mistakes.answers.tolist(),
            mistakes.probabilities.tolist(),
        )
        return json.dumps(
            {
                "network": carried(training.classifier, YOURS),
                "confusion": training.confusion.tolist(),
                "mistakes": [
                    {
                        "picture": base64.b64encode(picture.numpy().tobytes()).decode(),
                        "label": label,
                        "answer": answer,
                        "probability": probabilities[answer],
                        "ofLabel": probabilities[label],
                    }
                    for picture, label, answer, probabilities in zip(*parts, strict=True)
                ],
            }
        )
