"""The door for lessons: what is no lesson is refused in one sentence."""

import base64
import json
import zlib

import numpy as np
import pytest
import torch

from demo.lessons import LARGEST_LESSON, LessonError, lesson_of
from model.framing import frame
from model.pen import PAPER, draw
from tests.page.hand import STROKES


def packed(ink) -> str:
    return base64.b64encode(zlib.compress(np.asarray(ink, np.uint8).tobytes())).decode()


GOOD = [{"label": digit, "ink": packed(draw(strokes))} for digit, strokes in STROKES.items()]


def test_a_lesson_is_framed_and_keeps_its_order():
    pictures, labels = lesson_of(json.dumps(GOOD * 2))
    assert labels.tolist() == [drawing["label"] for drawing in GOOD] * 2
    assert labels.dtype == torch.int64
    assert torch.equal(pictures[:10], frame(torch.stack([draw(strokes) for strokes in STROKES.values()])))


def changed(**drawing) -> str:
    return json.dumps([*GOOD[:-1], GOOD[-1] | drawing])


HOSTILE = [
    *(None, 7, [], GOOD, {"a": 1}, "", "nothing", "null", "7", "{}", "[" * 100_000, "x" * (LARGEST_LESSON + 1)),
    *(json.dumps(GOOD * times) for times in (0, 11)),
    *(json.dumps([*GOOD[:9], drawing]) for drawing in (None, [], {}, 7, {"label": 1}, {"ink": GOOD[0]["ink"]})),
    *(changed(label=label) for label in (None, -1, 10, 1.0, True, "7", [], 10**30)),
    *(changed(ink=ink) for ink in (None, 7, "", "?", "é", "A" * 10_001, packed(np.zeros(5)), packed(np.zeros(10**6)))),
    changed(ink=packed(np.zeros((PAPER, PAPER)))),
]


@pytest.mark.parametrize("sent", HOSTILE, ids=lambda sent: str(sent)[:20])
def test_what_is_no_lesson_is_refused_in_one_sentence(sent):
    with pytest.raises(LessonError) as refused:
        lesson_of(sent)
    assert 10 < len(str(refused.value)) < 150
    assert str(refused.value).endswith(".")
