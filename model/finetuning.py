"""Teaching a network one person's hand: a copy of it is trained on, on a few of their drawings.

A network that only sees what is new forgets what it knew (M. McCloskey and N. J. Cohen, "Catastrophic Interference in
Connectionist Networks", 1989). So half of what it is shown are MNIST's digits, to be rehearsed (A. Robins,
"Catastrophic Forgetting, Rehearsal and Pseudorehearsal", 1995), and what it forgets all the same is counted.

Drawings that it was taught are no fair test of it: it may know them by heart. What it would make of others by the same
hand is told by cross-validation: the drawings are parted, and a copy that was taught the rest is asked about each part.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from model.classifier import Classifier
from model.evaluation import confusion
from model.mnist import Digits
from model.network import normalise
from model.recipe import Recipe
from model.training import Progress, train

# Chosen with 30 people's pen strokes: tests/benchmarks/finetuning.py measures them.
RECIPE = Recipe("taught a hand", learning_rate=5e-4, schedule="one-cycle", epochs=1, augmentation=1.0)
REHEARSED = 8_000  # of MNIST's training digits
SHOWN = 5_000  # pictures of the drawings: each as often as any other, and never twice distorted alike
FOLDS = 4


@dataclass(frozen=True)
class Taught:
    """A classifier that was taught a hand, beside the one that it was before.

    Attributes:
        classifier: the one that was taught; its guard is the other's.
        before, after: (N,), what the drawings were read as, and are now.
        examined: (N,), what each is read as by a copy that was taught the others, but not it nor the rest of its fold.
        mnist_before, mnist_after: (10, 10), counts of MNIST's test digits: a row for each, a column for each answer.
    """

    classifier: Classifier
    before: Tensor
    after: Tensor
    examined: Tensor
    mnist_before: Tensor
    mnist_after: Tensor


@dataclass(frozen=True)
class Lesson:
    """Where the teaching stands.

    Attributes:
        number, count: the training in hand, from 1, and how many there are: one for each fold, and the one that counts.
        progress: of the training in hand.
        taught: what came of it, at the end; None before.
    """

    number: int
    count: int
    progress: Progress
    taught: Taught | None = None

    @property
    def share(self) -> float:
        """How much of all of it is done, 0 to 1."""
        return (self.number - 1 + self.progress.total_step / self.progress.total_steps) / self.count


def teach(classifier: Classifier, pictures: Tensor, labels: Tensor, data: Digits, seed: int = 0) -> Iterator[Lesson]:
    """Teach a copy of a classifier some drawings, yielding how far it is; the last has the result.

    The same drawings, seed and machine give the same result. Stop by not asking for more.

    Args:
        classifier: it is left as it is.
        pictures: (N, 28, 28), uint8, framed; N is FOLDS or more.
        labels: (N,), int64, 0 to 9.
        data: MNIST, to rehearse and to be measured on.
        seed: of the folds, the distortions and the digits rehearsed.

    Raises:
        DivergedError: where loss or weights are no numbers any more.
    """
    recipe = replace(RECIPE, seed=seed)
    fold_of = _folds(labels, seed)
    examined = torch.empty_like(labels)
    for fold in range(FOLDS):
        asked = fold_of == fold
        network = copy.deepcopy(classifier.network)
        digits = _mixed(pictures[~asked], labels[~asked], data, seed)
        digits = replace(digits, test_images=pictures[asked], test_labels=labels[asked])
        for progress in train(network, digits, recipe):
            yield Lesson(fold + 1, FOLDS + 1, progress)
        examined[asked] = answers(replace(classifier, network=network), pictures[asked])

    network = copy.deepcopy(classifier.network)
    for progress in train(network, _mixed(pictures, labels, data, seed), recipe):
        yield Lesson(FOLDS + 1, FOLDS + 1, progress)
    network.zero_grad(set_to_none=True)
    name = f"{classifier.recipe.name[:150]}, {RECIPE.name}"
    named = replace(classifier.recipe, name=name)
    after = replace(classifier, network=network, recipe=named, test_accuracy=progress.test_accuracy, snapshots=())
    test = data.test_images, data.test_labels
    taught = Taught(
        after,
        answers(classifier, pictures),
        answers(after, pictures),
        examined,
        confusion(classifier, *test),
        confusion(after, *test),
    )
    yield Lesson(FOLDS + 1, FOLDS + 1, progress, taught)


def answers(classifier: Classifier, pictures: Tensor) -> Tensor:
    """The likeliest digit of each of the pictures (N, 28, 28), uint8: (N,), whatever the guard thinks."""
    with torch.inference_mode():
        return classifier.network(normalise(pictures, classifier.mean, classifier.std)).argmax(dim=1)


def _mixed(pictures: Tensor, labels: Tensor, data: Digits, seed: int) -> Digits:
    """What is taught: the drawings again and again, and among them digits to rehearse."""
    times = -(-SHOWN // len(labels))
    rehearsed = torch.randperm(len(data.train_labels), generator=torch.Generator().manual_seed(seed))[:REHEARSED]
    return replace(
        data,
        train_images=torch.cat([pictures.repeat(times, 1, 1), data.train_images[rehearsed]]),
        train_labels=torch.cat([labels.repeat(times), data.train_labels[rehearsed]]),
    )


def _folds(labels: Tensor, seed: int) -> Tensor:
    """The fold of each drawing, 0 to FOLDS - 1, (N,): at random, but each digit over as many folds as it can."""
    shuffled = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    by_digit = shuffled[labels[shuffled].argsort(stable=True)]
    fold_of = torch.empty_like(labels)
    fold_of[by_digit] = torch.arange(len(labels)) % FOLDS
    return fold_of
