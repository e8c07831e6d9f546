"""Fine-tuning on one person's handwriting: a copy of a network is trained further on a few of their drawings.

A network that is only shown what is new forgets what it knew (M. McCloskey and N. J. Cohen, "Catastrophic Interference
in Connectionist Networks", 1989). So half of what it is shown are MNIST's digits, as a rehearsal (A. Robins,
"Catastrophic Forgetting, Rehearsal and Pseudorehearsal", 1995), and what it forgets all the same is measured.

The drawings that a network was fine-tuned on are no fair test of it: it may know them by heart. Cross-validation tells
what it would predict for other drawings by the same person: they are split into folds, and each fold is predicted by a
copy that was fine-tuned on the others.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from model.classifier import Classifier
from model.data.mnist import Digits
from model.evaluation.metrics import accuracy, confusion_matrix
from model.training.batches import Samples
from model.training.loop import Progress, train
from model.training.recipe import Recipe

# Chosen with the pen strokes of 30 people: tests/benchmarks/finetuning.py measures them.
FINE_TUNING = Recipe("fine-tuned", learning_rate=5e-4, schedule="one-cycle", epochs=1, augmentation=1.0)
REHEARSED = 8_000  # of MNIST's training digits
SHOWN = 5_000  # images of the drawings: each as often as any other, and never augmented alike
FOLDS = 4


@dataclass(frozen=True)
class FineTuned:
    """A fine-tuned classifier, compared with the one that it was made from.

    Attributes:
        classifier: the fine-tuned one; its detector is the other's.
        before, after: (N,), the digits predicted for the drawings by either.
        out_of_fold: (N,), the digit predicted for each drawing by a copy that was fine-tuned on the other folds.
        mnist_before, mnist_after: (10, 10), confusion matrices of MNIST's test digits.
    """

    classifier: Classifier
    before: Tensor
    after: Tensor
    out_of_fold: Tensor
    mnist_before: Tensor
    mnist_after: Tensor


@dataclass(frozen=True)
class FineTuningProgress:
    """How far a fine-tuning is.

    Attributes:
        number, count: of the current training, from 1, and how many there are: one for each fold, and a last one on
            all drawings.
        progress: of the current training.
        result: at the end; None before.
    """

    number: int
    count: int
    progress: Progress
    result: FineTuned | None = None

    @property
    def share(self) -> float:
        """The share of the whole work that is done, 0 to 1."""
        return (self.number - 1 + self.progress.total_step / self.progress.total_steps) / self.count


def fine_tune(
    classifier: Classifier, images: Tensor, labels: Tensor, digits: Digits, seed: int = 0
) -> Iterator[FineTuningProgress]:
    """Fine-tune a copy of a classifier on drawings, yielding the progress; the last one has the result.

    The same arguments and machine give the same result. To stop early, stop iterating.

    Args:
        classifier: not changed.
        images: (N, 28, 28), uint8, preprocessed; N is FOLDS or more.
        labels: (N,), int64, 0 to 9.
        digits: MNIST, for rehearsal and to measure with.
        seed: of the folds, the augmentation and the choice of digits to rehearse.

    Raises:
        DivergedError: if loss or weights are no longer finite.
    """
    recipe = replace(FINE_TUNING, seed=seed, hidden=classifier.recipe.hidden)
    fold_of = _folds(labels, seed)
    out_of_fold = torch.empty_like(labels)
    for fold in range(FOLDS):
        held_out = fold_of == fold
        network = copy.deepcopy(classifier.network)
        for progress in train(network, _with_rehearsal(images[~held_out], labels[~held_out], digits, seed), recipe):
            yield FineTuningProgress(fold + 1, FOLDS + 1, progress)
        copied = replace(classifier, network=network)
        out_of_fold[held_out] = copied.logits(images[held_out]).argmax(dim=1)

    network = copy.deepcopy(classifier.network)
    for progress in train(network, _with_rehearsal(images, labels, digits, seed), recipe):
        yield FineTuningProgress(FOLDS + 1, FOLDS + 1, progress)
    test = Samples(digits.test_images, digits.test_labels)
    after = replace(classifier, network=network)
    logits_before, logits_after = classifier.logits(test.images), after.logits(test.images)
    result = FineTuned(
        classifier=replace(
            after,
            recipe=replace(classifier.recipe, name=f"{classifier.recipe.name[:150]}, {FINE_TUNING.name}"),
            test_accuracy=accuracy(logits_after, test.labels),
            snapshots=(),
        ),
        before=classifier.logits(images).argmax(dim=1),
        after=after.logits(images).argmax(dim=1),
        out_of_fold=out_of_fold,
        mnist_before=confusion_matrix(logits_before, test.labels),
        mnist_after=confusion_matrix(logits_after, test.labels),
    )
    yield FineTuningProgress(FOLDS + 1, FOLDS + 1, progress, result)


def _with_rehearsal(images: Tensor, labels: Tensor, digits: Digits, seed: int) -> Samples:
    """The drawings again and again, and MNIST's digits to rehearse."""
    times = -(-SHOWN // len(labels))
    rehearsed = torch.randperm(len(digits.train_labels), generator=torch.Generator().manual_seed(seed))[:REHEARSED]
    return Samples(
        torch.cat([images.repeat(times, 1, 1), digits.train_images[rehearsed]]),
        torch.cat([labels.repeat(times), digits.train_labels[rehearsed]]),
    )


def _folds(labels: Tensor, seed: int) -> Tensor:
    """The fold of each drawing, 0 to FOLDS - 1, (N,): at random, but each digit over as many folds as possible."""
    shuffled = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    by_digit = shuffled[labels[shuffled].argsort(stable=True)]
    fold_of = torch.empty_like(labels)
    fold_of[by_digit] = torch.arange(len(labels)) % FOLDS
    return fold_of
