"""The two kinds of jobs: training a new network, and fine-tuning a copy of the shared one.

A job knows how to do its work and what to say about it. The queue decides when it runs, and who may stop it.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from torch import Tensor

from demo.jobs.curve import GUESSING, LEARNED, Curve
from model.classifier import Classifier
from model.data.mnist import Digits
from model.evaluation.metrics import Mistakes, confusion_matrix, most_wrong
from model.pipeline import new_network, trained_classifier
from model.training.batches import Samples, training_samples, validation_samples
from model.training.finetuning import FINE_TUNING, FineTuned, FineTuningProgress, fine_tune
from model.training.loop import Progress, train
from model.training.recipe import Recipe

MAX_IN_A_CELL = 40  # images of a confusion matrix's cell
COLLAPSED = 0.95  # share of the test digits that get one and the same answer
SAFE_RATE = "Train again with a learning rate of 0.001"

DIVERGING = (
    f"The loss is far above {GUESSING:.2f}, which guessing gives: the training diverges. Stop it, and choose a lower "
    "learning rate."
)


class JobState(str, Enum):
    """How a job stands; the text is what the page is told."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    DIVERGED = "diverged"
    FAILED = "failed"
    LOST = "lost"  # the server does not know it


@dataclass(frozen=True)
class TrainResult:
    """What came of a training.

    Attributes:
        classifier: the trained one.
        confusion: (10, 10), its confusion matrix on MNIST's test digits.
        mistakes: the test digits that it gets most wrong.
        test: the test digits.
        predicted: (10000,), what it says to each.
    """

    classifier: Classifier
    confusion: Tensor
    mistakes: Mistakes
    test: Samples
    predicted: Tensor

    def classified_as(self, label: int, predicted: int) -> Tensor:
        """The first test digits with this label that are classified as this digit, (N, 28, 28), uint8; 40 at most."""
        found = (self.test.labels == label) & (self.predicted == predicted)
        return self.test.images[found.nonzero().flatten()[:MAX_IN_A_CELL]]


class Job:
    """One visitor's job, from the click that started it.

    Args:
        recipe: to train by.
        address: where the visitor is; many may share one.

    Attributes:
        ticket: what the visitor asks by, and has the network by; it can't be guessed.
        state: how the job stands.
        message: a sentence about how it ended, or "".
        share: of the work that is done, 0 to 1.
        curve: of a training.
        result: once there is one.
        asked_at: when the visitor last asked, on the queue's clock.
        stop_reason: why, once it is to stop: a sentence, or "" where the visitor wanted it.
    """

    def __init__(self, recipe: Recipe, address: str = "") -> None:
        self.recipe, self.address = recipe, address
        self.ticket = secrets.token_urlsafe(16)
        self.state = JobState.QUEUED
        self.message = ""
        self.share = 0.0
        self.curve = Curve()
        self.result: TrainResult | FineTuned | None = None
        self.asked_at = 0.0
        self.stop_reason: str | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state not in (JobState.QUEUED, JobState.RUNNING)

    def updates(self, shared: Classifier, digits: Digits) -> Iterator[Any]:
        """Do the work bit by bit; it may be broken off after any update."""
        raise NotImplementedError

    def note(self, update: Any) -> bool:
        """Take an update; returns whether the job may be stopped here."""
        raise NotImplementedError

    def finish(self, shared: Classifier, digits: Digits) -> TrainResult | FineTuned | None:
        """What came of the updates so far."""
        raise NotImplementedError

    def conclusion(self) -> tuple[JobState, str]:
        """How a job ended that was not stopped: its state and message."""
        return JobState.DONE, ""

    def forget_input(self) -> None:
        """Once it is over: free what only the work needs."""


class TrainJob(Job):
    """Trains a new network by the visitor's recipe. Stopped early, it still gives the network as it is by then."""

    _collapsed_to: int | None = None

    def updates(self, shared: Classifier, digits: Digits) -> Iterator[Progress]:
        """Train."""
        self._network = new_network(self.recipe)
        yield from train(self._network, training_samples(digits, self.recipe), self.recipe, validation_samples(digits))

    def note(self, update: Progress) -> bool:
        """Add to the curve."""
        self.curve.add(update)
        self.share = update.total_step / update.total_steps
        return not update.diverged  # the training loop says how it diverged

    def finish(self, shared: Classifier, digits: Digits) -> TrainResult:
        """Measure the network on MNIST's test digits."""
        classifier = trained_classifier(self._network, self.recipe, digits, shared.detector)
        test = Samples(digits.test_images, digits.test_labels)
        logits = classifier.logits(test.images)
        predicted = logits.argmax(dim=1)
        most_said = int(predicted.bincount().argmax())
        if (predicted == most_said).float().mean() > COLLAPSED:
            self._collapsed_to = most_said
        return TrainResult(
            classifier,
            confusion_matrix(logits, test.labels),
            most_wrong(logits, test.images, test.labels),
            test,
            predicted,
        )

    def conclusion(self) -> tuple[JobState, str]:
        """Whether it learned anything."""
        loss = self.curve.loss or 0.0
        compared = f"The loss ended at {loss:,.2f}; guessing gives {GUESSING:.2f}"
        if self.curve.is_diverging:
            return JobState.DIVERGED, f"{compared}. The training diverged. {SAFE_RATE}."
        if self._collapsed_to is not None:
            words = f"The network has collapsed: it says {self._collapsed_to} to nearly everything"
            return JobState.DONE, f"{words}. {SAFE_RATE}."
        if loss > LEARNED:
            return JobState.DONE, f"{compared}. The network learned next to nothing. {SAFE_RATE}."
        return JobState.DONE, ""


class FineTuneJob(Job):
    """Fine-tunes a copy of the shared network on the visitor's drawings. Stopped early, it gives nothing.

    Args:
        images: (N, 28, 28), uint8, preprocessed.
        labels: (N,), int64, 0 to 9.
        address: where the visitor is.
    """

    def __init__(self, images: Tensor, labels: Tensor, address: str = "") -> None:
        super().__init__(FINE_TUNING, address)
        self._drawings: tuple[Tensor, Tensor] | None = (images, labels)
        self._tuned: FineTuned | None = None

    def updates(self, shared: Classifier, digits: Digits) -> Iterator[FineTuningProgress]:
        """Fine-tune."""
        assert self._drawings
        yield from fine_tune(shared, *self._drawings, digits)

    def note(self, update: FineTuningProgress) -> bool:
        """Keep the result, which comes with the last update."""
        self.share = update.share
        self._tuned = update.result
        return True

    def finish(self, shared: Classifier, digits: Digits) -> FineTuned | None:
        """The fine-tuned classifier, measured."""
        return self._tuned

    def forget_input(self) -> None:
        """Free the drawings."""
        self._drawings = self._tuned = None
