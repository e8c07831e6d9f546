"""Who predicts for a visitor: their own classifier, once they have trained one, or the shared one.

A visitor is a session of Gradio's: one open page. Pages close without notice, and memory is limited, so visitors are
forgotten: some time after their page was closed, or, where there are too many, those who were not heard of for longest.
"""

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from demo.jobs.job import Job
from model.classifier import Classifier

MAX_VISITORS = 100  # whose classifiers are kept; one of the widest takes a megabyte
PATIENCE = 10.0  # seconds without a question, until a visitor counts as gone


@dataclass
class Visitor:
    """What the server has for a visitor who has trained, or is about to.

    Attributes:
        address: where they are; many may share one.
        job: their newest.
        own: the classifier of their newest job that has a result, and its fingerprint.
        left_at: when their page was closed, as far as is known.
    """

    address: str
    job: Job
    own: tuple[Classifier, str] | None = None
    left_at: float | None = None


class Visitors:
    """The visitors who have a classifier of their own, or a job that will give them one.

    Args:
        shared: the classifier that predicts for everyone else.
        clock: gives seconds.
    """

    def __init__(self, shared: Classifier, clock: Callable[[], float] = time.monotonic) -> None:
        self._shared = shared, shared.fingerprint()
        self._clock = clock
        self._lock = threading.Lock()
        self._visitors: OrderedDict[str, Visitor] = OrderedDict()  # by session, the longest unused first

    def classifier_for(self, session: str | None, fingerprint: str) -> tuple[Classifier, str]:
        """Who predicts: the visitor's own classifier, if its fingerprint is this one, or else the shared one.

        Returns:
            The classifier and its fingerprint.
        """
        with self._lock:
            visitor = self._visitors.get(session or "")
            if visitor is None or visitor.own is None or visitor.own[1] != fingerprint:
                return self._shared
            self._touch(session or "")
            return visitor.own

    def job_of(self, session: str) -> Job | None:
        """A visitor's newest job."""
        with self._lock:
            visitor = self._visitors.get(session)
            return visitor.job if visitor else None

    def job_with(self, ticket: object) -> Job | None:
        """The job that has this ticket."""
        with self._lock:
            for session, visitor in self._visitors.items():
                if visitor.job.ticket == ticket:
                    self._touch(session)
                    return visitor.job
            return None

    def set_job(self, job: Job) -> None:
        """Keep a visitor's new job instead of their last one; forget others where there are too many."""
        with self._lock:
            last = self._visitors.get(job.session)
            self._visitors[job.session] = Visitor(job.address, job, last.own if last else None)
            self._touch(job.session)
            self._forget_gone()
            while len(self._visitors) > MAX_VISITORS and self._forget_unused():
                pass

    def set_own(self, job: Job, classifier: Classifier) -> None:
        """From now on, the classifier that a job gave predicts for its visitor."""
        fingerprint = classifier.fingerprint()
        with self._lock:
            visitor = self._visitors.get(job.session)
            if visitor and visitor.job is job:
                visitor.own = classifier, fingerprint

    def leave(self, session: str) -> None:
        """A visitor's page was closed, it seems. They are forgotten, unless they ask again soon."""
        with self._lock:
            self._forget_gone()
            if session in self._visitors:
                self._visitors[session].left_at = self._clock()

    def _touch(self, session: str) -> None:
        self._visitors.move_to_end(session)
        self._visitors[session].left_at = None

    def _forget_gone(self) -> None:
        for session, visitor in list(self._visitors.items()):
            is_gone = visitor.left_at is not None and self._clock() - visitor.left_at > PATIENCE
            if is_gone and visitor.job.is_over:
                del self._visitors[session]

    def _forget_unused(self) -> bool:
        """Of the address that has most, forget who was unused for longest; False if no job is over."""
        idle = {session: visitor.address for session, visitor in self._visitors.items() if visitor.job.is_over}
        if not idle:
            return False
        ((crowded, _),) = Counter(idle.values()).most_common(1)
        del self._visitors[next(session for session, address in idle.items() if address == crowded)]
        return True
