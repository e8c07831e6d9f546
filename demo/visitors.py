"""Who predicts for a visitor: a classifier of their own, once they have trained one, or the shared one.

A visitor shows that a classifier is theirs by the ticket of the job that it came of, which can't be guessed, and stands
in no address. Pages close without notice, and memory is limited, so the jobs that nobody asked about for longest are
forgotten.
"""

import threading
from collections import Counter, OrderedDict
from dataclasses import dataclass

from demo.jobs.job import Job
from model.classifier import Classifier

MAX_JOBS = 100  # that are kept, with their classifiers; one of the widest takes a megabyte


@dataclass
class Kept:
    """A job, and once it has a result, the classifier that came of it, with its fingerprint."""

    job: Job
    own: tuple[Classifier, str] | None = None


class Visitors:
    """The visitors' jobs, and the classifiers that came of them.

    Args:
        shared: the classifier that predicts for everyone else.
        baseline: one that anyone may choose instead.
    """

    def __init__(self, shared: Classifier, baseline: Classifier | None = None) -> None:
        self._shared = shared, shared.fingerprint()
        self._baseline = (baseline, baseline.fingerprint()) if baseline else None
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Kept] = OrderedDict()  # by ticket, the longest unused first

    def classifier_for(self, ticket: object, fingerprint: str) -> tuple[Classifier, str]:
        """Who predicts: the classifier that came of the job with this ticket, if this is its fingerprint, or else the
        shared one.

        Returns:
            The classifier and its fingerprint.
        """
        if self._baseline and fingerprint == self._baseline[1]:
            return self._baseline
        with self._lock:
            kept = self._find(ticket)
            return kept.own if kept and kept.own and kept.own[1] == fingerprint else self._shared

    def job_with(self, ticket: object) -> Job | None:
        """The job that has this ticket."""
        with self._lock:
            kept = self._find(ticket)
            return kept.job if kept else None

    def add(self, job: Job) -> None:
        """Keep a new job; forget others where there are too many."""
        with self._lock:
            self._kept[job.ticket] = Kept(job)
            while len(self._kept) > MAX_JOBS and self._forget_unused():
                pass

    def set_own(self, job: Job, classifier: Classifier) -> None:
        """From now on, the classifier that came of a job predicts for those who have its ticket."""
        fingerprint = classifier.fingerprint()
        with self._lock:
            if job.ticket in self._kept:
                self._kept[job.ticket].own = classifier, fingerprint

    def _find(self, ticket: object) -> Kept | None:
        if not isinstance(ticket, str) or ticket not in self._kept:
            return None
        self._kept.move_to_end(ticket)
        return self._kept[ticket]

    def _forget_unused(self) -> bool:
        """Of the address that has most, forget what was unused for longest; False if no job is over."""
        over = {ticket: kept.job.address for ticket, kept in self._kept.items() if kept.job.is_over}
        if not over:
            return False
        ((crowded, _),) = Counter(over.values()).most_common(1)
        del self._kept[next(ticket for ticket, address in over.items() if address == crowded)]
        return True
