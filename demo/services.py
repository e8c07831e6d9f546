"""What the page and the plain endpoints have in common: who predicts, the training queue, and turns for images."""

from dataclasses import dataclass
from pathlib import Path

from demo.jobs.queue import MISSING_MNIST, JobQueue
from demo.server.turns import Turns
from demo.visitors import Visitors
from model.data.mnist import find_mnist, has_mnist
from model.pipeline import LoadedClassifier, load_baseline


@dataclass(frozen=True)
class Services:
    """All that a server knows.

    Attributes:
        loaded: the classifier that everyone shares.
        baseline: the one of the baseline recipe, which anyone may choose instead.
        visitors: who have classifiers of their own.
        jobs: the visitors' training jobs.
        turns: for decoding images.
        missing: a sentence, if there is no MNIST to train on.
    """

    loaded: LoadedClassifier
    baseline: LoadedClassifier
    visitors: Visitors
    jobs: JobQueue
    turns: Turns
    missing: str


def create_services(loaded: LoadedClassifier, data: Path | None = None) -> Services:
    """The services for a classifier. MNIST, to train on, is looked for in a folder, then in the repository's data/."""
    baseline = load_baseline()
    visitors = Visitors(loaded.classifier, baseline.classifier)
    jobs = JobQueue(loaded.classifier, visitors, lambda: find_mnist(data))
    return Services(loaded, baseline, visitors, jobs, Turns(), "" if has_mnist(data) else MISSING_MNIST)
