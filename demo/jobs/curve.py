"""A training's curve, as the page shows it: thinned out evenly, however long the training is."""

import math

from model.network import DIGITS
from model.training.loop import Progress

MAX_POINTS = 300
GUESSING = math.log(DIGITS)  # the cross-entropy of ten equal probabilities
DIVERGED = 1.5 * GUESSING  # a loss that was above it, and did not come back, diverges
LEARNED = 0.95 * GUESSING  # a loss above it: the network learned next to nothing

Point = tuple[float, float | None, float]


class Curve:
    """Loss and accuracy over the epochs.

    Attributes:
        validation: (epochs done, loss, accuracy) on the validation digits, one at the end of each epoch.
        loss: the newest; None before the first steps.
        seconds_left: of the training; None before the first steps.
    """

    def __init__(self) -> None:
        self.validation: list[Point] = []
        self.loss: float | None = None
        self.seconds_left: float | None = None
        self._kept: list[Point] = []
        self._newest: Point | None = None
        self._stride = 1  # of the points that were added, one in so many is kept
        self._added = 0
        self._highest_loss = 0.0

    @property
    def points(self) -> list[Point]:
        """(epochs done, loss, accuracy) of the digits just trained on, evenly along the way, and the newest.

        The loss is None where it was no finite number.
        """
        is_kept = self._newest is None or self._kept[-1:] == [self._newest]
        return list(self._kept) if is_kept else [*self._kept, self._newest]  # type: ignore[list-item]

    @property
    def is_diverging(self) -> bool:
        """Whether the loss rose far above what guessing gives, and has not come back."""
        return self._highest_loss > DIVERGED and not (self.loss is not None and self.loss < LEARNED)

    def add(self, progress: Progress) -> None:
        """Take a training's report."""
        loss = progress.recent_loss
        self.loss, self.seconds_left = loss, progress.seconds_left
        self._highest_loss = max(self._highest_loss, loss) if math.isfinite(loss) else math.inf
        self._newest = round(progress.epochs_done, 4), _shown(loss), round(progress.recent_accuracy, 5)
        if self._added % self._stride == 0:
            self._kept.append(self._newest)
            if len(self._kept) > MAX_POINTS:
                self._kept = self._kept[::2]
                self._stride *= 2
        self._added += 1
        if progress.validation_accuracy is not None:
            self.validation.append((self._newest[0], _shown(progress.validation_loss), progress.validation_accuracy))


def _shown(loss: float | None) -> float | None:
    return round(loss, 5) if loss is not None and math.isfinite(loss) else None
