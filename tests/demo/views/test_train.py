"""A training and a fine-tuning over plain HTTP, and what anyone else may send there."""

import base64
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
        "state", "message", "place", "wait", "share", "points", "validation", "secondsLeft", "settings", "epochs",
        "hasResult",
    }  # fmt: skip
    return json.loads(visitor.call(TrainView, "result", ticket))


def predicting(visitor: Visitor, fingerprint: str, ticket: str = "") -> str:
    """The fingerprint of the network that answers to a drawing, if the page predicts with this one."""
    drawing = {"version": 1, "ink": INK, "steps": STEPS, "network": fingerprint, "ticket": ticket}
    return visitor.send(drawing)["network"]


def test_a_network_predicts_for_whoever_has_its_ticket_alone(page, pretrained):
    """The session's hash, which stands in addresses and in a proxy's log, gives nothing."""
    ann, ben = Visitor(page, "ann"), Visitor(page, "ben")
    of_ann, of_ben = (train(visitor, seed=seed)["network"] for seed, visitor in enumerate((ann, ben)))
    shared = pretrained.fingerprint()
    assert len({shared, of_ann["fingerprint"], of_ben["fingerprint"]}) == 3
    for own in (of_ann, of_ben):
        assert predicting(Visitor(page, "eve"), own["fingerprint"], own["ticket"]) == own["fingerprint"]
        assert predicting(ann, own["fingerprint"], "guessed") == predicting(ann, own["fingerprint"]) == shared
        assert predicting(ann, shared, own["ticket"]) == shared
    assert predicting(ann, of_ben["fingerprint"], of_ann["ticket"]) == shared


def test_the_result_of_a_training_is_measured(page):
    result = train(Visitor(page), seed=2)
    assert np.sum(result["confusion"]) == 10_000
    assert result["network"]["testAccuracy"] == np.trace(result["confusion"]) / 10_000
    assert all(mistake["probability"] >= mistake["labelProbability"] for mistake in result["mistakes"])


def test_weights_as_files(page):
    visitor = Visitor(page)
    ticket = train(visitor, seed=4)["network"]["ticket"]
    for kind in ("pt", "onnx"):
        answer = json.loads(visitor.call(TrainView, "weights", json.dumps([ticket, kind])))
        assert len(base64.b64decode(answer["file"])) > 25_000
    for sent in ([ticket, "exe"], [ticket], ["guessed", "pt"], [ticket, ["pt"]], None, [[]]):
        assert json.loads(visitor.call(TrainView, "weights", json.dumps(sent))).keys() == {"error"}


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
