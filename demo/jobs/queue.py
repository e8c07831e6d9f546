"""The queue: one job is done at a time for the whole server, the others wait for their turn.

Addresses take turns, and those go first whose jobs have taken least time. A job that takes long is stopped as soon as
another address waits. So who has not had a turn yet waits at most MAX_TURN seconds for each address that came before
and has not had one either, and for the job that runs, however many jobs any of them has started.

A page follows its job by asking for the whole status again and again, so that a lost answer loses nothing. A job goes
on without its page, which finds it again; but not for ever, and it gives way as soon as somebody else waits.
"""

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

from demo.jobs.job import Job, JobState
from demo.server.log import describe, log
from demo.server.metrics import metrics
from demo.visitors import Visitors
from demo.wire import describe_job, describe_lost_job
from model.classifier import Classifier
from model.data.mnist import Digits
from model.torch_internals import OutOfMemoryError, reporting_out_of_memory
from model.training.loop import DivergedError

MAX_QUEUED, FIRST_PLACES = 60, 60  # jobs that wait; and more of them, only for addresses of which none waits yet
MAX_QUEUED_PER_ADDRESS = 50  # enough for a classroom
MAX_TURN = 60.0  # seconds that a job may take while another address waits; most take 10 to 30
STUCK = 60.0  # seconds without a step; the longest, MNIST's preparation, takes a few
PATIENCE = 10.0  # seconds without a question, until a visitor counts as away
MAX_ABSENCE = 300.0  # seconds for which a job goes on without its visitor
FIRST_GUESS, NEWEST = 20.0, 0.3  # seconds that jobs take, and the weight of the newest one in their mean
MISSING_MNIST = (
    "Training needs MNIST, which this server does not have. Its operator can get it with `python -m model train`, "
    "which downloads it (11 MB), or put its four files into a folder and start the app with --data DIR or "
    "DIGITS_DATA=DIR."
)
FAULT = "The training failed because of an error in the server. Train again, or with other settings."


class JobError(Exception):
    """A job that can't be started now; the message says why and what to do."""


class JobQueue:
    """Does jobs one after the other in a thread of its own, which ends when no job waits.

    Args:
        shared: the classifier that fine-tuning starts from, and whose detector trained networks get.
        visitors: whose jobs they are, and who get the classifiers that come of them.
        find_digits: gives MNIST, or None if this machine does not have it. What it gives is kept.
        clock: gives seconds.
    """

    def __init__(
        self,
        shared: Classifier,
        visitors: Visitors,
        find_digits: Callable[[], Digits | None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._shared, self._visitors, self._find_digits, self._clock = shared, visitors, find_digits, clock
        self._digits: Digits | None = None  # the worker's alone
        self._lock = threading.Lock()  # of everything below, and of the jobs
        self._waiting: list[Job] = []
        self._running: Job | None = None
        self._since = self._moved_at = 0.0  # when it began, and when it made its last step
        self._spent: defaultdict[str, float] = defaultdict(float)  # seconds of each address, since nothing waited last
        self._usual = FIRST_GUESS  # seconds that a job takes
        self._has_worker = False

    # --- what visitors ask --------------------------------------------------------------------------------------------

    def submit(self, job: Job) -> str:
        """Start a job, or queue it; returns its ticket.

        Raises:
            JobError: if too many are waiting, or the system has no thread left.
        """
        with self._lock:
            self._stop_abandoned(somebody_waits=True)
            own = sum(waiting.address == job.address for waiting in self._waiting)
            if len(self._waiting) >= (MAX_QUEUED if own else MAX_QUEUED + FIRST_PLACES):
                raise JobError(f"{len(self._waiting)} training jobs are waiting already. Try again in a few minutes.")
            if own >= MAX_QUEUED_PER_ADDRESS:
                raise JobError(
                    f"{MAX_QUEUED_PER_ADDRESS} training jobs from your address are waiting already. "
                    "Try again in a few minutes."
                )
            if not self._has_worker:
                self._start_worker()
            job.asked_at = self._clock()
            self._waiting.append(job)
            self._visitors.add(job)
            return job.ticket

    def follow(self, ticket: object) -> dict[str, Any]:
        """The status of the job with this ticket, as `describe_job` has it; asking keeps it alive."""
        with self._lock:
            job = self._visitors.job_with(ticket)
            if job is None:
                return describe_lost_job()
            job.asked_at = self._clock()
            place = self._in_order().index(job) + 1 if job in self._waiting else 0
            return describe_job(job, place, self._seconds_until(place))

    def result(self, ticket: object) -> Any:
        """What came of the job with this ticket; None if there is no such job, or it has no result."""
        with self._lock:
            job = self._visitors.job_with(ticket)
            return job and job.result

    def stop(self, ticket: object) -> None:
        """Stop a job, or take it out of the queue."""
        with self._lock:
            if job := self._visitors.job_with(ticket):
                self._stop(job, "")

    # --- what the operator asks ---------------------------------------------------------------------------------------

    @property
    def waiting(self) -> int:
        """How many jobs wait."""
        return len(self._waiting)

    def problem(self) -> str:
        """A sentence, if no job can be started, or none is done; else ""."""
        with self._lock:
            if self._running and self._clock() - self._moved_at > STUCK:
                return f"The training job has made no step for {STUCK:.0f} seconds."
            if self._waiting and not self._has_worker:
                return "Training jobs wait, and nothing does them."
            if len(self._waiting) >= MAX_QUEUED + FIRST_PLACES:
                return "So many training jobs wait that no more are taken."
            return ""

    # --- order --------------------------------------------------------------------------------------------------------

    def _in_order(self) -> list[Job]:
        """The jobs that wait, the next one first."""
        before: Counter[str] = Counter()
        spent = defaultdict(float, self._spent)
        if self._running:
            spent[self._running.address] += self._clock() - self._since
        keys = []
        for arrival, job in enumerate(self._waiting):
            keys.append((before[job.address], spent[job.address], arrival))
            before[job.address] += 1
        return [self._waiting[arrival] for *_, arrival in sorted(keys)]

    def _stop(self, job: Job, reason: str) -> None:
        if job in self._waiting:
            self._waiting.remove(job)
            self._end(job, JobState.STOPPED, reason)
        elif job is self._running:
            job.stop_reason = reason

    def _seconds_until(self, place: int) -> float:
        """About how long a job at this place waits, if the jobs before it take as long as others did."""
        job = self._running
        if place == 0 or job is None:
            return 0.0
        spent = self._clock() - self._since
        left = spent * (1 - job.share) / job.share if job.share else max(self._usual - spent, 0)
        if any(waiting.address != job.address for waiting in self._waiting):
            left = min(left, max(MAX_TURN - spent, 0))
        return left + (place - 1) * self._usual

    def _stop_abandoned(self, somebody_waits: bool = False) -> None:
        """Stop the jobs that nobody asks about: at once if somebody waits, else after a while."""
        absences = {job: self._clock() - job.asked_at for job in [self._running, *self._waiting] if job}
        somebody_waits |= any(absences[job] <= PATIENCE for job in self._waiting)
        for job, absence in absences.items():
            if absence > (PATIENCE if somebody_waits else MAX_ABSENCE):
                self._stop(job, "The page was away, and others waited." if somebody_waits else "The page was away.")

    def _stop_long(self) -> None:
        """Stop the job that runs if it takes long and another address waits."""
        job = self._running
        if not job or job.stop_reason is not None or self._clock() - self._since <= MAX_TURN:
            return
        if any(waiting.address != job.address for waiting in self._waiting):
            self._stop(job, f"It took {MAX_TURN:.0f} seconds, and others are waiting.")

    def _end(self, job: Job, state: JobState, message: str) -> None:
        job.state, job.message = state, message
        metrics.count("jobs", state.value)
        job.forget_input()

    # --- the worker ---------------------------------------------------------------------------------------------------

    def _start_worker(self) -> None:
        """Start the thread; it waits for the lock that is held here."""
        try:
            threading.Thread(target=self._work, name="jobs", daemon=True).start()
        except RuntimeError:
            raise JobError("The server can't start another training now. Try again in a few minutes.") from None
        self._has_worker = True

    def _work(self) -> None:
        while job := self._next():
            state, message = self._do(job)
            with self._lock:
                seconds = self._clock() - self._since
                self._spent[job.address] += seconds
                self._usual += NEWEST * (seconds - self._usual)
                self._end(job, state, message)

    def _next(self) -> Job | None:
        """The next job. None if no job waits: in the same moment, this worker counts as gone, and a new job starts
        another one.
        """
        with self._lock:
            self._running = None
            self._stop_abandoned()
            if self._waiting:
                self._running = self._in_order()[0]
                self._since = self._moved_at = self._clock()
                self._waiting.remove(self._running)
                self._running.state = JobState.RUNNING
            else:
                self._spent.clear()
                self._has_worker = False
            return self._running

    def _do(self, job: Job) -> tuple[JobState, str]:
        """Do a job; how it ended, and a sentence about it."""
        try:
            with reporting_out_of_memory():
                if self._digits is None:
                    self._digits = self._find_digits()
                if self._digits is None:
                    return JobState.FAILED, MISSING_MNIST
                for update in job.updates(self._shared, self._digits):
                    with self._lock:
                        may_stop = job.note(update)
                        self._moved_at = self._clock()
                        self._stop_abandoned()
                        self._stop_long()
                        if may_stop and job.stop_reason is not None:
                            break
                result = job.finish(self._shared, self._digits)
        except DivergedError as error:
            return JobState.DIVERGED, str(error)
        except OutOfMemoryError as error:
            return JobState.FAILED, str(error)
        except Exception as error:  # whatever it is: the next job must have its turn
            log.write("fault", f"A training job failed: {describe(error)}")
            return JobState.FAILED, FAULT
        if result is not None:
            self._visitors.set_own(job, result.classifier)
            with self._lock:
                job.result = result
        if job.stop_reason is not None and not job.curve.is_diverging:
            return JobState.STOPPED, job.stop_reason
        return job.conclusion()
