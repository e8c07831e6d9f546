"""Watch it learn: a training of the reader's own, live."""

import asyncio
import base64
import json
from typing import Any

import gradio as gr
from gradio.components.base import server

from demo.network import carried
from demo.trainings import MISSING, SETTINGS, Trainings, TrainingError
from demo.views.view import View
from model.recipe import RECIPES, RecipeError

NEWS_EVERY = 0.08  # seconds between two states of a training
PLACES_EVERY = 1.0  # seconds between two states in the queue, where little happens


class Learn(View):
    """A form for the settings, live curves, and what became of it. Its `train` event carries the settings.

    How a training goes on is asked for by calling `follow` again and again, not by an event: Gradio reloads a page
    that loses its server in the middle of one, and a page that waits for minutes would lose its drawing and curves.
    """

    NAME = "learn"
    TITLE = "Watch it learn"

    def __init__(self, trainings: Trainings, has_mnist: bool, **props: Any) -> None:
        self._trainings = trainings
        recipes = {
            name: {setting: getattr(recipe, setting) for setting in SETTINGS} for name, recipe in RECIPES.items()
        }
        super().__init__(recipes=json.dumps(recipes), missing="" if has_mnist else MISSING, **props)

    def start(self, settings: Any, request: gr.Request) -> str:
        """Begin a training; {"ticket"} to follow it by, or {"error"}, a sentence, as JSON."""
        try:
            return json.dumps({"ticket": self._trainings.start(request.session_hash or "", settings)})
        except (RecipeError, TrainingError) as error:
            return json.dumps({"error": str(error)})

    @server
    async def follow(self, ticket: Any) -> str:
        """How a training stands, a moment from now, whole, as JSON; as `Trainings.follow` has it."""
        await asyncio.sleep(NEWS_EVERY)
        news = self._trainings.follow(ticket)
        waited, place = NEWS_EVERY, news.get("place")
        while place and news["place"] == place and waited < PLACES_EVERY:
            await asyncio.sleep(NEWS_EVERY)
            waited += NEWS_EVERY
            news = self._trainings.follow(ticket)
        return json.dumps(news)

    @server
    def stop(self, ticket: Any) -> None:
        """Stop a training, or leave the queue."""
        self._trainings.stop(ticket)

    @server
    def result(self, ticket: Any) -> str:
        """What came of a training, as JSON.

        Returns:
            network: as the page's engine takes it, with its provenance; confusion: ten rows of ten counts; mistakes:
            the test digits it gets most wrong, each {picture: base64 of 784 tones, label, answer, probability,
            ofLabel}. Null where there is no network.
        """
        training = self._trainings.result(ticket)
        if training is None:
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
                "network": carried(training.classifier, "Yours alone, until you leave this page"),
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
