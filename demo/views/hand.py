"""Does it read my hand? Twenty digits by the reader, their score beside MNIST's, and a network that is taught them."""

import json
from typing import Any

import gradio as gr
from gradio.components.base import server

from demo.door import address_of
from demo.lessons import LessonError, lesson_of
from demo.network import carried
from demo.trainings import TrainingError
from demo.views.followed import YOURS, FollowedView


class Hand(FollowedView):
    """Asks for twenty digits, and says how many were read. Its `begin` event carries them, where they are a lesson."""

    NAME = "hand"
    TITLE = "My hand"

    def start(self, lesson: Any, request: gr.Request) -> str:
        """Begin to teach; {"ticket"} to follow it by, or {"error"}, a sentence, as JSON."""
        try:
            pictures, labels = lesson_of(lesson)
            address = address_of(request.client.host)
            return json.dumps({"ticket": self._trainings.teach(request.session_hash or "", pictures, labels, address)})
        except (LessonError, TrainingError) as error:
            return json.dumps({"error": str(error)})

    @server
    def result(self, ticket: Any) -> str:
        """What came of a lesson, as JSON.

        Returns:
            network: as the page's engine takes it, with its provenance; before, after, examined: what the drawings are
            read as; mnistBefore, mnistAfter: ten rows of ten counts. As `model.finetuning.Taught` has them; null where
            nothing came of it.
        """
        training = self._trainings.result(ticket)
        if training is None or training.taught is None:
            return "null"
        taught = training.taught
        return json.dumps(
            {
                "network": carried(taught.classifier, YOURS),
                "before": taught.before.tolist(),
                "after": taught.after.tolist(),
                "examined": taught.examined.tolist(),
                "mnistBefore": taught.mnist_before.tolist(),
                "mnistAfter": taught.mnist_after.tolist(),
            }
        )
