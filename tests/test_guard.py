"""What is a digit, what is none, and what is a guess."""

from pathlib import Path

import pytest
import torch

from model import checkpoint
from model.checkpoint import CheckpointError
from model.classifier import BLANK, DIGIT, NOT_A_DIGIT, UNSURE, Classifier
from model.framing import frame
from model.mnist import Digits
from model.network import MLP
from model.opening import PRETRAINED
from model.pen import draw
from model.recipe import Recipe
from model.refusal import LETTERS, collect_others, evaluate_guard, load_letters
from model.unipen import WRITTEN, draw_somewhere, load_writings

SEVEN = [[(40, 30), (100, 30), (60, 110)]]
SCRIBBLE = [[(20 + 10 * index, 20 + 100 * (index % 2)) for index in range(11)]]


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return checkpoint.load(PRETRAINED)


def test_each_drawing_gets_its_verdict(classifier: Classifier):
    ink = torch.stack([draw([]), draw(SEVEN), draw(SCRIBBLE)])
    blank, seven, scribble = classifier.read(ink)
    assert (blank.verdict, blank.digit) == (BLANK, None)
    assert (seven.verdict, seven.digit) == (DIGIT, 7)
    assert scribble.verdict == NOT_A_DIGIT
    assert sum(scribble.probabilities) == pytest.approx(1)


def test_without_a_probable_digit_the_verdict_is_unsure():
    (reading,) = Classifier(MLP(), Recipe(), 0.1).read(draw(SEVEN)[None])
    assert max(reading.probabilities) < 0.6
    assert reading.verdict == UNSURE


def test_a_checkpoint_keeps_the_guard(classifier: Classifier, tmp_path: Path):
    checkpoint.save(classifier, tmp_path / "copy.pt")
    copy = checkpoint.load(tmp_path / "copy.pt")
    assert copy.guard.threshold == classifier.guard.threshold
    assert copy.read(draw(SCRIBBLE)[None]) == classifier.read(draw(SCRIBBLE)[None])


@pytest.mark.parametrize("threshold", [float("nan"), None, "low"])
def test_a_guard_without_a_threshold_is_refused(classifier: Classifier, tmp_path: Path, threshold):
    path = tmp_path / "bad.pt"
    checkpoint.save(classifier, path)
    content = torch.load(path, weights_only=True)
    content["guard"]["threshold"] = threshold
    torch.save(content, path)
    with pytest.raises(CheckpointError):
        checkpoint.load(path)


def test_a_classifier_without_a_guard_has_nothing_to_measure():
    assert evaluate_guard(Classifier(MLP(), Recipe(), 0.1), torch.zeros(1, 28, 28, dtype=torch.uint8), {}) is None


def test_shapes_it_was_not_shown_are_told_from_digits(classifier: Classifier, mnist: Digits):
    result = evaluate_guard(classifier, mnist.test_images, collect_others(count=300))
    assert result["digits"] <= 0.02
    assert set(result["others"]) == {"cross", "smiley", "square", "scribble"}
    assert all(other["auroc"] >= 0.97 for other in result["others"].values())


def test_letters_are_told_from_written_digits(classifier: Classifier, shared: Path):
    generator = torch.Generator().manual_seed(0)
    writings = load_writings(shared / WRITTEN)[::5]
    digits = torch.cat([frame(draw_somewhere(writing.strokes, generator)[None]) for writing in writings])
    result = evaluate_guard(classifier, digits, collect_others(load_letters(shared / LETTERS), count=1))
    assert result["digits"] <= 0.02
    assert result["others"]["letters"]["refused"] >= 0.6
    assert result["others"]["letters"]["auroc"] >= 0.93
