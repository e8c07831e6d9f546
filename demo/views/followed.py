"""A view in which something is trained, and that asks how it goes."""

import asyncio
import json
from typing import Any

from gradio.components.base import server

from demo.trainings import MISSING, Trainings
from demo.views.view import View
from model.classifier import Classifier

NEWS_EVERY = 0.08  # seconds between two states of a training
PLACES_EVERY = 1.0  # seconds between two states in the queue, where little happens
YOURS = "Yours alone, until you leave this page"  # a network's origin


class FollowedView(View):
    """A view with trainings.

    How a training goes on is asked for by calling `follow` again and again, not by an event: Gradio reloads a page
    that loses its server in the middle of one, and a page that waits for minutes would lose its drawing and curves.
    """

    def __init__(self, trainings: Trainings, has_mnist: bool, **props: Any) -> None:
        self._trainings = trainings
        super().__init__(missing="" if has_mnist else MISSING, **props)

    @classmethod
    def of(cls, classifier: Classifier, trainings: Trainings, has_mnist: bool) -> "FollowedView":
        """The view of these trainings."""
        return cls(trainings, has_mnist)

    def listen(self) -> None:
        """Its `begin` event starts a training."""
        self.begin(
            self.start,
            inputs=self,
            outputs=self,
            queue=False,
            show_progress="hidden",
            api_visibility="private",
        )

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
