"""What a training reports while it runs, and how a terminal shows it."""

import math
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from torch import Tensor
from tqdm import tqdm


class DivergedError(Exception):
    """A training whose loss grew beyond all bounds; the message says what to do."""


@dataclass(frozen=True)
class Progress:
    """How far a training is.

    Attributes:
        epoch, epochs: the current epoch (from 1), and how many there are.
        step, steps: gradient updates done in this epoch, and how many it has.
        total_step, total_steps: gradient updates done in the whole training, and how many it has.
        loss, accuracy: mean loss, and share predicted correctly (0 to 1), over this epoch's samples so far.
        recent_loss, recent_accuracy: the same over the samples since the last report only, for curves.
        seconds_left: until the last step, at the pace so far.
        diverged: whether loss or parameters are no longer finite; it is the last report then.
        test_accuracy, test_loss: share of the test digits predicted correctly (0 to 1), and their mean loss, at the end
            of an epoch; None before it, and if there are no test digits.
    """

    epoch: int
    epochs: int
    step: int
    steps: int
    total_step: int
    total_steps: int
    loss: float
    accuracy: float
    recent_loss: float
    recent_accuracy: float
    seconds_left: float
    diverged: bool = False
    test_accuracy: float | None = None
    test_loss: float | None = None

    @property
    def epochs_done(self) -> float:
        """How many epochs are done; a whole number at the end of one."""
        return self.epoch - 1 + self.step / self.steps


class Meter:
    """Adds up losses and counts, and makes a `Progress` of them.

    Args:
        steps: gradient updates of each epoch.
    """

    def __init__(self, steps: Sequence[int]) -> None:
        self._steps = steps
        self._start = time.monotonic()
        self.total_step = 0
        self.total_steps = sum(steps)
        self._epoch, self._step, self._samples, self._loss, self._correct = 0, 0, 0, 0.0, 0

    def report(self, epoch: int, steps: int, losses: Tensor, correct: Tensor, is_finite: bool) -> Progress:
        """Count some more steps.

        Args:
            epoch: that they belong to, from 1.
            steps: how many they are.
            losses, correct: (N,), of their samples: the loss, and whether they were predicted correctly.
            is_finite: whether the network's parameters still are.
        """
        if epoch != self._epoch:
            self._epoch, self._step, self._samples, self._loss, self._correct = epoch, 0, 0, 0.0, 0
        recent_loss, recent_correct, samples = losses.sum().item(), int(correct.sum()), len(losses)
        self.total_step += steps
        self._step += steps
        self._samples += samples
        self._loss += recent_loss
        self._correct += recent_correct
        return Progress(
            epoch=epoch,
            epochs=len(self._steps),
            step=self._step,
            steps=self._steps[epoch - 1],
            total_step=self.total_step,
            total_steps=self.total_steps,
            loss=self._loss / self._samples,
            accuracy=self._correct / self._samples,
            recent_loss=recent_loss / samples,
            recent_accuracy=recent_correct / samples,
            seconds_left=(time.monotonic() - self._start) / self.total_step * (self.total_steps - self.total_step),
            diverged=not (is_finite and math.isfinite(self._loss)),
        )


def display(training: Iterable[Progress]) -> Iterator[Progress]:
    """Pass a training's progress on, and show it on standard error: in a terminal as a moving bar for each epoch,
    anywhere else as one line an epoch.
    """
    is_terminal = sys.stderr.isatty()
    for epoch, reports in groupby(training, key=attrgetter("epoch")):
        with tqdm(
            bar_format="|{bar:24}| {desc}", mininterval=0, miniters=1, file=sys.stderr, disable=not is_terminal
        ) as bar:
            for progress in reports:
                is_last = progress.step == progress.steps or progress.diverged
                line = f"epoch {epoch}/{progress.epochs}  {_figures(progress)}"
                if is_terminal:
                    bar.total = progress.steps
                    bar.set_description_str(line, refresh=is_last)
                    bar.update(progress.step - bar.n)
                elif is_last:
                    print(line, file=sys.stderr, flush=True)
                yield progress


def _figures(progress: Progress) -> str:
    if progress.diverged:
        end = "diverged"
    elif progress.step < progress.steps:
        end = f"{progress.seconds_left:.0f} s left"
    else:
        end = "" if progress.test_accuracy is None else f"on the test set {progress.test_accuracy:.2%}"
    loss = f"{progress.loss:.4f}" if progress.loss < 1_000 else f"{progress.loss:.3g}"  # also inf and nan
    return f"loss {loss}  accuracy {progress.accuracy:6.2%}  {end}".rstrip()
