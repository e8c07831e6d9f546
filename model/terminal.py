"""What is printed: a training as it is watched, and nothing where nobody reads any more."""

import os
import sys
from collections.abc import Iterable, Iterator

from model.training import Progress

WIDTH = 24  # of the bar, in characters


def shown(training: Iterable[Progress]) -> Iterator[Progress]:
    """Pass a training's progress on, drawing it as a bar; where nobody watches, one line an epoch, and the last."""
    live = sys.stderr.isatty()
    for progress in training:
        ended = progress.test_accuracy is not None or progress.diverged
        if live or ended:
            sys.stderr.write(("\r" if live else "") + _line(progress) + ("\n" if ended else ""))
            sys.stderr.flush()
        yield progress


def stop_printing() -> None:
    """After a BrokenPipeError: whoever read the output has seen enough, of what Python flushes at its end, too."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _line(progress: Progress) -> str:
    filled = WIDTH * progress.step // progress.steps
    bar = "█" * filled + "·" * (WIDTH - filled)
    if (sys.stderr.encoding or "").lower().replace("-", "") != "utf8":
        bar = bar.replace("█", "#").replace("·", ".")
    if progress.diverged:
        end = "diverged"
    elif progress.test_accuracy is None:
        end = f"{progress.seconds_left:4.0f} s left           "
    else:
        end = f"on the test set {progress.test_accuracy:7.2%}"
    loss = f"{progress.loss:.4f}" if progress.loss < 1_000 else f"{progress.loss:.3g}"  # also inf and nan
    so_far = f"loss {loss}  accuracy {progress.accuracy:6.2%}"
    return f"epoch {progress.epoch}/{progress.epochs} {bar} {so_far}  {end}"
