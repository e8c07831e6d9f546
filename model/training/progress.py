"""How a terminal shows the progress of a training."""

import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter

from tqdm import tqdm

from model.training.loop import Progress


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
        end = "" if progress.validation_accuracy is None else f"on validation digits {progress.validation_accuracy:.2%}"
    loss = f"{progress.loss:.4f}" if progress.loss < 1_000 else f"{progress.loss:.3g}"  # also inf and nan
    return f"loss {loss}  accuracy {progress.accuracy:6.2%}  {end}".rstrip()
