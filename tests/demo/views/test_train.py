"""A training and a fine-tuning over plain HTTP, and what anyone else may send there."""

import json

import numpy as np
import pytest

from demo.views.handwriting import HandwritingView
from demo.views.train import TrainView
from model.data.pen import draw
from tests.demo.conftest import STEPS, Visitor, packed

INK = packed(draw([[(40, 40), (100, 40), (60, 110)]]))
QUICK = {"recipe": "baseline", "epochs": 1, "batch_size": 4000, "hidden": 8}
pytestmark = pytest.mark.filterwarnings("ignore")  # Gradio's own


def follow(visitor: Visitor, ticket: object) -> dict:
    return json.loads(visitor.call(TrainView, "follow", ticket))


def train(visitor: Visitor, **settings: object) -> dict:
    """Train to the end; what came of it."""
    ticket = visitor.start(QUICK | settings)["ticket"]
    for _ in range(1000):  # each takes 80 ms
        status = follow(visitor, ticket)
        if status["state"] not in ("queued", "running"):
            break
    assert status["state"] == "done", status
    assert status.keys() == {
        "state", "message", "place", "share", "points", "tests", "secondsLeft", "settings", "epochs", "hasResult"
    }  # fmt: skip
    return json.loads(visitor.call(TrainView, "result", ticket))


def predicting(visitor: Visitor, fingerprint: str) -> str:
    """The fingerprint of the network that answers to a drawing, if the page predicts with this one."""
    return visitor.send({"version": 1, "ink": INK, "steps": STEPS, "network": fingerprint})["network"]


def test_two_visitors_predict_with_their_own_networks_alone(page, pretrained):
    ann, ben = Visitor(page, "ann"), Visitor(page, "ben")
    of_ann, of_ben = (train(visitor, seed=seed) for seed, visitor in enumerate((ann, ben)))
    shared = pretrained.fingerprint()
    own = [result["network"]["fingerprint"] for result in (of_ann, of_ben)]
    assert len({shared, *own}) == 3
    assert [predicting(ann, one) for one in (shared, *own)] == [shared, own[0], shared]
    assert [predicting(ben, one) for one in (shared, *own)] == [shared, shared, own[1]]
    assert np.sum(of_ann["confusion"]) == 10_000
    assert of_ann["network"]["testAccuracy"] == np.trace(of_ann["confusion"]) / 10_000
    assert all(mistake["probability"] >= mistake["labelProbability"] for mistake in of_ann["mistakes"])


@pytest.mark.parametrize("view", [TrainView, HandwritingView])
@pytest.mark.parametrize("ticket", [None, 0, "", "x" * 100_000, [], {}, ["a"], {"a": 1}, True])
def test_without_a_ticket_there_is_nothing(page, view, ticket):
    visitor = Visitor(page, "eve")
    assert json.loads(visitor.call(view, "follow", ticket))["state"] == "lost"
    assert visitor.call(view, "result", ticket) == "null"
    assert visitor.call(view, "stop", ticket) is None


@pytest.mark.parametrize("settings", [None, 7, "", [], {}, QUICK | {"epochs": 10**400}, QUICK | {"hidden": [[]]}])
def test_hostile_settings_are_answered_in_a_sentence(page, settings):
    answer = Visitor(page, "eve").start(settings)
    assert answer.keys() == {"error"}
    assert answer["error"].endswith(".")
    assert len(answer["error"]) < 250
