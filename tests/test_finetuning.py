"""Teaching a network one person's hand: what it gains, what it forgets, and that it is told fairly."""

from itertools import pairwise

import pytest
import torch

from model.classifier import Classifier
from model.finetuning import FOLDS, Lesson, answers, teach
from model.framing import frame
from model.mnist import Digits
from model.styles import load_styles, write
from model.unipen import WRITTEN, draw_somewhere, load_writings

HAND = 14  # whose digits are the hardest


@pytest.fixture(scope="module")
def writer(shared) -> tuple[torch.Tensor, torch.Tensor]:
    """The pictures and labels of one writer."""
    writings = [writing for writing in load_writings(shared / WRITTEN) if writing.writer == HAND]
    generator = torch.Generator().manual_seed(0)
    pictures = torch.cat([frame(draw_somewhere(writing.strokes, generator)[None]) for writing in writings])
    return pictures, torch.tensor([writing.label for writing in writings])


@pytest.fixture(scope="module")
def chosen(writer) -> torch.Tensor:
    """Which of them are the lesson: two of each digit."""
    _, labels = writer
    return torch.cat([(labels == digit).nonzero()[:2, 0] for digit in range(10)])


@pytest.fixture(scope="module")
def lessons(pretrained: Classifier, writer, chosen, mnist: Digits) -> list[Lesson]:
    pictures, labels = writer
    return list(teach(pretrained, pictures[chosen], labels[chosen], mnist))


def test_a_hand_is_learned_and_little_is_forgotten(pretrained, lessons, writer, chosen, mnist):
    pictures, labels = writer
    taught = lessons[-1].taught
    others = torch.ones_like(labels, dtype=torch.bool)
    others[chosen] = False

    def right(classifier: Classifier) -> float:
        return (answers(classifier, pictures[others]) == labels[others]).float().mean().item()

    assert right(taught.classifier) > right(pretrained) + 0.02
    assert taught.after.tolist() == labels[chosen].tolist()
    assert taught.before.tolist() == answers(pretrained, pictures[chosen]).tolist()
    assert (taught.examined == labels[chosen]).sum() >= (taught.before == labels[chosen]).sum()
    before, after = (counts.diagonal().sum().item() / 10_000 for counts in (taught.mnist_before, taught.mnist_after))
    assert (before, after) == (pretrained.test_accuracy, taught.classifier.test_accuracy)
    assert after > before - 0.005
    assert taught.mnist_after.sum(dim=1).tolist() == mnist.test_labels.bincount().tolist()


def test_it_is_a_copy_with_the_same_guard(pretrained, lessons):
    taught = lessons[-1].taught.classifier
    assert taught.guard is pretrained.guard
    assert taught.fingerprint() != pretrained.fingerprint()
    assert taught.recipe.name == "drawing, taught a hand"
    assert all(parameter.grad is None for parameter in taught.network.parameters())


def test_the_way_is_told_and_the_result_comes_last(lessons):
    assert {lesson.count for lesson in lessons} == {FOLDS + 1}
    done = [(lesson.number, lesson.progress.step) for lesson in lessons[:-1]]
    assert all(one < other for one, other in pairwise(done))
    assert [lesson.taught is None for lesson in lessons] == [True] * (len(lessons) - 1) + [False]


def test_what_is_examined_was_not_taught(pretrained, mnist):
    """Wrong names can be learned by heart, but nobody guesses the wrong name of a digit that was not taught."""
    styles = {style.label: style for style in load_styles()}
    generator = torch.Generator().manual_seed(0)
    digits = torch.arange(10)
    pictures = torch.cat([frame(write(styles[digit], 1, generator)) for digit in digits.tolist()])
    wrong = (digits + 1) % 10
    *_, last = teach(pretrained, pictures, wrong, mnist)
    assert last.taught.after.tolist() == wrong.tolist()
    assert (last.taught.examined == wrong).sum() <= 1


def test_the_same_lesson_gives_the_same_network(pretrained, lessons, writer, chosen, mnist):
    pictures, labels = writer
    *_, last = teach(pretrained, pictures[chosen], labels[chosen], mnist)
    assert last.taught.classifier.fingerprint() == lessons[-1].taught.classifier.fingerprint()
