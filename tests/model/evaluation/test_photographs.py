"""Photographs made from pen strokes, and what the pretrained classifier makes of them."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from model.data.unipen import WrittenDigit, load_written_digits
from model.evaluation.datasets import EXACT, DataSet
from model.evaluation.photographs import KINDS, PHOTOGRAPH_SIDE, collect_photographs, photograph
from model.evaluation.report import evaluate, table
from model.evaluation.sheets import photographs_sheet
from model.paths import PEN_STROKES

SEVEN = [[(40.0, 40.0), (100.0, 40.0), (60.0, 110.0)]]


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_photograph(kind):
    first, again = (photograph(SEVEN, KINDS[kind], np.random.default_rng(3)) for _ in range(2))
    assert first == again
    assert first != photograph(SEVEN, KINDS[kind], np.random.default_rng(4))
    image = Image.open(io.BytesIO(first))
    assert (image.format, image.mode, image.size) == ("JPEG", "L", (PHOTOGRAPH_SIDE, PHOTOGRAPH_SIDE))


def test_every_writer_is_photographed_equally_often_and_the_report_counts_what_is_right(pretrained):
    written = [WrittenDigit(7, SEVEN, writer) for writer in (1, 1, 1, 2, 2)]
    photographs = collect_photographs(written, per_writer=2)
    assert {kind: data_set.labels.tolist() for kind, data_set in photographs.items()} == dict.fromkeys(KINDS, [7] * 4)

    blank = torch.zeros(1, 28, 28, dtype=torch.uint8)
    sevens = photographs["even"].images[:1]
    images, labels = torch.cat([blank, sevens, sevens]), torch.tensor([7, 7, 3])
    digits = {"mnist": DataSet(labels, {EXACT: images}), "canvas": DataSet(labels, {EXACT: images})}
    result = evaluate(pretrained, digits, {}, {"even": DataSet(labels, {EXACT: images})})
    assert result["photographs"] == {"even": {"accuracy": 1 / 3, "rejected": 0}}
    assert any(line.split() == ["even", "33.33%"] for line in table([result]).splitlines())
    assert "photographs" not in evaluate(pretrained, digits, {})


def test_a_contact_sheet_shows_photographs_above_what_was_found_in_them(pretrained):
    three = WrittenDigit(3, SEVEN, 1)  # which is a seven
    contact_sheet = photographs_sheet(pretrained, [WrittenDigit(7, SEVEN, 1), three], per_writer=2)
    rows = 2 * len(KINDS)  # a misread one of each kind, and one that is read
    assert rows * 224 < contact_sheet.height < rows * 250


def test_the_pretrained_one_predicts_photographs_nearly_as_well_as_strokes(shared, pretrained):
    written = [digit for digit in load_written_digits(shared / PEN_STROKES) if digit.writer % 2]
    photographs = collect_photographs(written, per_writer=1)  # 60: evaluate measures more
    labels = torch.cat([data_set.labels for data_set in photographs.values()]).tolist()
    predictions = pretrained.predict_images(torch.cat([data_set.images for data_set in photographs.values()]))
    pairs = zip(predictions, labels, strict=True)
    verdicts = [prediction.verdict for prediction, label in pairs if prediction.digit == label]
    assert len(verdicts) >= 0.94 * len(labels)
    assert verdicts.count("not a digit") <= 0.04 * len(verdicts)
