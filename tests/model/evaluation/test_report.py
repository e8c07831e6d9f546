"""What classifiers are measured on, and the figures of the pretrained one."""

import json
from dataclasses import replace

import pytest
import torch

from model.data.styles import load_styles, write_styles
from model.data.unipen import WrittenDigit, load_written_digits
from model.evaluation.datasets import EXACT, collect_digits, collect_negatives, load_letters
from model.evaluation.preprocessing_baselines import BASELINES
from model.evaluation.rejection import evaluate_rejection
from model.evaluation.report import evaluate, table
from model.evaluation.sheets import mistakes_sheet
from model.paths import LETTERS, PEN_STROKES


@pytest.fixture(scope="module")
def styled() -> tuple[torch.Tensor, torch.Tensor]:
    """Four hundred digits and their labels."""
    return write_styles(load_styles(), 400, seed=11)


@pytest.fixture(scope="module")
def negatives() -> dict[str, torch.Tensor]:
    """What no detector was trained on, by kind."""
    return collect_negatives()


@pytest.mark.parametrize("preprocess", BASELINES.values(), ids=BASELINES)
def test_baselines_keep_the_ink_and_accept_blanks(preprocess):
    ink = torch.zeros(2, 140, 140, dtype=torch.uint8)
    ink[0, 30:80, 90:100] = 255
    images = preprocess(ink)
    assert images.shape == (2, 28, 28)
    assert images[0].max() > 200
    assert images[1].max() == 0


def test_figures_agree_with_each_other(styled, negatives, pretrained):
    data_sets = collect_digits(*styled, [WrittenDigit(1, [[(0, 0), (0, 9)]])] * 20)
    result = evaluate(pretrained, data_sets, negatives)
    assert set(data_sets) == {"mnist", "canvas", "pen_strokes"}
    for name, data_set in data_sets.items():
        confusion = torch.tensor(result[name]["confusion"])
        is_correct = pretrained.logits(data_set.images).argmax(dim=1) == data_set.labels
        assert confusion.sum() == len(data_set.labels)
        assert confusion.diagonal().sum() == is_correct.sum()
        assert result[name]["accuracy"] == is_correct.sum().item() / len(data_set.labels)
        assert result[name]["preprocessing"][EXACT] == result[name]["accuracy"]
        rows = len(data_set.labels[~is_correct].unique())  # at least, on a contact sheet of the mistakes
        assert mistakes_sheet(pretrained, data_set).height >= max(rows * 28, 1)
    assert result["test_accuracy"] == result["mnist"]["accuracy"]
    assert result["pen_strokes"]["accuracy"] == 1
    assert result["rejection"] == evaluate_rejection(pretrained.detector, data_sets["pen_strokes"].images, negatives)
    assert json.loads(json.dumps(result)) == result

    other = evaluate(replace(pretrained, detector=None), data_sets, negatives)
    assert other["rejection"] is None
    lines = table([result, other]).splitlines()
    figure = f"{result['canvas']['accuracy']:.2%}"
    (canvas,) = (line for line in lines if line.startswith("MNIST through the canvas ") and figure in line)
    assert canvas.split()[-2:] == [figure, figure]
    assert sum(line.startswith("    AUROC") for line in lines) == len(negatives)


def test_without_pen_strokes_the_table_says_so(styled, pretrained):
    result = evaluate(pretrained, collect_digits(*styled, baselines=False), {})
    assert "pen_strokes" not in result
    assert "skipped" in table([result])


def test_the_pretrained_one_predicts_drawings_as_well_as_mnist(shared, mnist, pretrained):
    written = load_written_digits(shared / PEN_STROKES)[::5]
    data_sets = collect_digits(mnist.test_images[::3], mnist.test_labels[::3], written)
    result = evaluate(pretrained, data_sets, {})
    assert result["canvas"]["accuracy"] >= result["mnist"]["accuracy"] - 0.004
    assert result["pen_strokes"]["accuracy"] >= 0.97
    assert result["rejection"]["digits"] <= 0.02
    for name in ("canvas", "pen_strokes"):
        assert all(result[name]["preprocessing"][way] < result[name]["accuracy"] for way in BASELINES)


def test_shapes_that_the_detector_was_not_trained_on_and_letters_are_rejected(shared, mnist, pretrained):
    negatives = collect_negatives(load_letters(shared / LETTERS)[::5])
    result = evaluate_rejection(pretrained.detector, mnist.test_images, negatives)
    letters = result["negatives"].pop("letters")
    assert result["digits"] <= 0.02
    assert set(result["negatives"]) == {"cross", "smiley", "square", "scribble"}
    assert all(kind["auroc"] >= 0.97 for kind in result["negatives"].values())
    assert letters["rejected"] >= 0.7
    assert letters["auroc"] >= 0.93
