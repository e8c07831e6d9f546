"""Fine-tuning on one person's handwriting: what it gains, what it costs, and that it is measured fairly."""

from itertools import pairwise

import pytest
import torch

from model.classifier import Classifier
from model.data.mnist import Digits
from model.data.strokes import UNIPEN, draw, load_drawings, samples
from model.evaluation.metrics import accuracy
from model.training.finetuning import FOLDS, FineTuningProgress, fine_tune

WRITER = 174  # of the validation writers, whose digits are the hardest


@pytest.fixture(scope="module")
def handwriting() -> tuple[torch.Tensor, torch.Tensor]:
    """The images and labels of one writer."""
    drawings = load_drawings()
    written = drawings[drawings.are_digits & (drawings.sources == UNIPEN) & (drawings.writers == WRITER)]
    return draw(written, torch.Generator().manual_seed(0), varied=False), written.digits


@pytest.fixture(scope="module")
def chosen(handwriting) -> torch.Tensor:
    """Which of them to fine-tune on: two of each digit."""
    _, labels = handwriting
    return torch.cat([(labels == digit).nonzero()[:2, 0] for digit in range(10)])


@pytest.fixture(scope="module")
def reports(pretrained: Classifier, handwriting, chosen, mnist: Digits) -> list[FineTuningProgress]:
    images, labels = handwriting
    return list(fine_tune(pretrained, images[chosen], labels[chosen], mnist))


def test_a_handwriting_is_learned_and_little_is_forgotten(pretrained, reports, handwriting, chosen, mnist):
    images, labels = handwriting
    result = reports[-1].result
    others = torch.ones_like(labels, dtype=torch.bool)
    others[chosen] = False

    def correct(classifier: Classifier) -> float:
        return accuracy(classifier.logits(images[others]), labels[others])

    assert correct(result.classifier) > correct(pretrained) + 0.02
    assert result.after.tolist() == labels[chosen].tolist()
    assert result.before.tolist() == pretrained.logits(images[chosen]).argmax(dim=1).tolist()
    assert (result.out_of_fold == labels[chosen]).sum() >= (result.before == labels[chosen]).sum()
    before, after = (counts.diagonal().sum().item() / 10_000 for counts in (result.mnist_before, result.mnist_after))
    assert before == pytest.approx(pretrained.test_accuracy, abs=5e-4)
    assert after == result.classifier.test_accuracy
    assert after > before - 0.005
    assert result.mnist_after.sum(dim=1).tolist() == mnist.test_labels.bincount().tolist()


def test_it_is_a_copy_with_the_same_detector(pretrained, reports):
    tuned = reports[-1].result.classifier
    assert tuned.detector is pretrained.detector
    assert tuned.fingerprint() != pretrained.fingerprint()
    assert tuned.recipe.name == "augmented, fine-tuned"
    assert tuned.snapshots == ()


def test_progress_grows_and_the_result_comes_last(reports):
    assert {report.count for report in reports} == {FOLDS + 1}
    assert all(one < other for one, other in pairwise(report.share for report in reports[:-1]))
    assert reports[-1].share == 1
    assert [report.result is None for report in reports] == [True] * (len(reports) - 1) + [False]


def test_out_of_fold_predictions_come_from_copies_that_did_not_see_the_drawing(pretrained, mnist):
    """Wrong labels can be learned by heart, but nobody guesses the wrong label of a digit that was not shown."""
    generator = torch.Generator().manual_seed(0)
    digits = torch.arange(10)
    images = torch.cat([draw(drawings[:1], generator, varied=False) for drawings in samples()])
    wrong = (digits + 1) % 10
    *_, last = fine_tune(pretrained, images, wrong, mnist)
    assert last.result.after.tolist() == wrong.tolist()
    assert (last.result.out_of_fold == wrong).sum() <= 1


def test_the_same_drawings_give_the_same_network(pretrained, reports, handwriting, chosen, mnist):
    images, labels = handwriting
    *_, last = fine_tune(pretrained, images[chosen], labels[chosen], mnist)
    assert last.result.classifier.fingerprint() == reports[-1].result.classifier.fingerprint()
