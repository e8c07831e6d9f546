"""What is sent to the page's server: what is not as it should be is rejected in one sentence."""

import json

import numpy as np
import pytest
import torch

from demo.payloads import MAX_DRAWINGS_TEXT, PayloadError, parse_labeled_drawings, parse_training_settings
from model.data.pen import CANVAS_SIDE, draw
from model.preprocessing import preprocess
from model.training.recipe import RECIPES
from tests.demo.conftest import packed
from tests.page.drawing import STROKES

GOOD = [{"label": digit, "ink": packed(draw(strokes))} for digit, strokes in STROKES.items()]


def test_drawings_are_preprocessed_and_keep_their_order():
    images, labels = parse_labeled_drawings(json.dumps(GOOD * 2))
    assert labels.tolist() == [drawing["label"] for drawing in GOOD] * 2
    assert labels.dtype == torch.int64
    assert torch.equal(images[:10], preprocess(torch.stack([draw(strokes) for strokes in STROKES.values()])))


def changed(**drawing) -> str:
    return json.dumps([*GOOD[:-1], GOOD[-1] | drawing])


HOSTILE = [
    *(None, 7, [], GOOD, {"a": 1}, "", "nothing", "null", "7", "{}", "[" * 100_000, "x" * (MAX_DRAWINGS_TEXT + 1)),
    *(json.dumps(GOOD * times) for times in (0, 11)),
    *(json.dumps([*GOOD[:9], drawing]) for drawing in (None, [], {}, 7, {"label": 1}, {"ink": GOOD[0]["ink"]})),
    *(changed(label=label) for label in (None, -1, 10, 1.0, True, "7", [], 10**30)),
    *(changed(ink=ink) for ink in (None, 7, "", "?", "é", "A" * 10_001, packed(np.zeros(5)), packed(np.zeros(10**6)))),
    changed(ink=packed(np.zeros((CANVAS_SIDE, CANVAS_SIDE)))),
]


@pytest.mark.parametrize("sent", HOSTILE, ids=lambda sent: str(sent)[:20])
def test_anything_else_than_drawings_is_rejected_in_one_sentence(sent):
    with pytest.raises(PayloadError) as rejected:
        parse_labeled_drawings(sent)
    assert 10 < len(str(rejected.value)) < 150
    assert str(rejected.value).endswith(".")


def test_settings_change_a_recipe():
    assert parse_training_settings({"recipe": "augmented"}) == RECIPES["augmented"]
    assert parse_training_settings({"recipe": "baseline", "seed": 9}).name == "baseline"
    assert parse_training_settings({"recipe": "baseline", "epochs": 9}).name == "baseline, changed"


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"learning_rate": 0}, "learning_rate must be a number above 0 and at most 100."),
        ({"learning_rate": float("nan")}, "learning_rate must be"),
        ({"learning_rate": "0.1"}, "learning_rate must be"),
        ({"batch_size": 1.5}, "batch_size must be"),
        ({"batch_size": 4_097}, "at most 4,096 digits"),
        ({"batch_size": True}, "batch_size must be"),
        ({"epochs": 51}, "at most 50 epochs"),
        ({"epochs": 10**30}, "epochs must be"),
        ({"batch_size": 1, "epochs": 4}, "220,000 steps"),
        ({"hidden": None}, "hidden must be"),
        ({"seed": -1}, "seed must be"),
        ({"optimizer": "adamw"}, "optimizer must be one of adam, rmsprop, sgd."),
        ({"optimizer": ["adam"]}, "optimizer must be one of"),
        ({"optimizer": {}}, "optimizer must be one of"),
    ],
)
def test_settings_out_of_range_are_named(settings, told):
    with pytest.raises(PayloadError) as rejected:
        parse_training_settings({"recipe": "baseline"} | settings)
    assert told in str(rejected.value)
    assert str(rejected.value).endswith(".")


@pytest.mark.parametrize(
    "sent",
    [None, 7, "baseline", [], {}, {"recipe": "mine"}, {"recipe": []}, {"recipe": "baseline", "name": "x" * 10**6},
     {"recipe": "baseline", "stroke_images": 100_000}, {"recipe": "baseline", "schedule": "one-cycle"}],
)  # fmt: skip
def test_anything_else_than_settings_is_rejected(sent):
    with pytest.raises(PayloadError, match="started with a recipe"):
        parse_training_settings(sent)
