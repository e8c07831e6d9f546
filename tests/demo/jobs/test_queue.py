"""The queue: whose turn it is, who leaves it, and that it survives everything."""

import threading
from collections.abc import Callable, Iterator

import pytest

from demo.jobs.queue import (
    FAULT,
    FIRST_GUESS,
    FIRST_PLACES,
    MAX_ABSENCE,
    MAX_QUEUED,
    MAX_QUEUED_PER_ADDRESS,
    MAX_TURN,
    MISSING_MNIST,
    PATIENCE,
    STUCK,
    JobError,
    JobQueue,
)
from demo.visitors import Visitors
from model.torch_internals import OutOfMemoryError
from model.training.loop import DivergedError
from tests.demo.jobs.fakes import FakeClassifier, FakeJob, let_all_go


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def visitors() -> Visitors:
    return Visitors(FakeClassifier("shared"))


@pytest.fixture
def queue(visitors, clock) -> JobQueue:
    return JobQueue(None, visitors, lambda: "MNIST", clock)


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    yield
    let_all_go()


def submit(queue: JobQueue, *names: str) -> list[FakeJob]:
    """Start jobs, the first of which runs then."""
    jobs = [FakeJob(name) for name in names]
    for job in jobs:
        queue.submit(job)
    jobs[0].wait_until_running()
    return jobs


def places(queue: JobQueue, jobs: list[FakeJob]) -> list[int]:
    return [queue.follow(job.ticket)["place"] for job in jobs]


def test_one_at_a_time_in_order(queue):
    jobs = submit(queue, "ann", "ben", "cem", "dot")
    assert places(queue, jobs) == [0, 1, 2, 3]
    assert [queue.follow(job.ticket)["state"] for job in jobs] == ["running", "queued", "queued", "queued"]
    queue.stop(jobs[1].ticket)
    assert queue.follow(jobs[1].ticket)["state"] == "stopped"
    assert places(queue, jobs[2:]) == [1, 2]
    for job in (jobs[0], jobs[2], jobs[3]):
        job.wait_until_running()
        assert queue.result(job.ticket) is None
        job.proceed()
        job.wait_until_over()
        assert queue.follow(job.ticket)["state"] == "done"
        assert queue.follow(job.ticket)["hasResult"]
    assert jobs[1].runs == 0


def test_a_stopped_job_keeps_what_came_of_it(queue):
    (job,) = submit(queue, "ann")
    queue.stop(job.ticket)
    job.proceed()
    job.wait_until_over()
    status = queue.follow(job.ticket)
    assert (status["state"], status["message"], status["hasResult"]) == ("stopped", "", True)


def test_a_full_queue_takes_the_first_job_of_an_address_but_no_second(queue):
    submit(queue, "first")
    for number in range(MAX_QUEUED):
        queue.submit(FakeJob(f"visitor {number}", f"address {number % 2}"))
    with pytest.raises(JobError, match="Try again in a few minutes"):
        queue.submit(FakeJob("late", "address 1"))
    late = FakeJob("late", "home")
    queue.submit(late)
    assert places(queue, [late]) == [3]
    for number in range(FIRST_PLACES - 1):
        queue.submit(FakeJob("more", f"home {number}"))
    assert queue.problem() == "So many training jobs wait that no more are taken."
    with pytest.raises(JobError, match="Try again in a few minutes"):
        queue.submit(FakeJob("late", "no home"))


@pytest.mark.parametrize(
    ("other", "message"), [("home", "It took 60 seconds, and others are waiting."), ("school", "")]
)
def test_a_long_job_is_stopped_while_another_address_waits(queue, clock, other, message):
    ann, ben = FakeJob("ann", "school"), FakeJob("ben", other)
    for job in (ann, ben):
        queue.submit(job)
    ann.wait_until_running()
    clock.now = MAX_TURN + 1
    for job in (ann, ben):
        queue.follow(job.ticket)
    ann.proceed()
    ben.wait_until_running()
    status = queue.follow(ann.ticket)
    assert (status["message"], status["hasResult"]) == (message, True)


def test_two_addresses_do_not_keep_a_third_from_training(queue, clock):
    """Both have started many jobs, and have had turns."""
    crowd = submit(queue, "first")
    crowd += [FakeJob(f"crowd {number}", f"address {number % 2}") for number in range(40)]
    for job in crowd[1:]:
        queue.submit(job)
    for job in crowd[:3]:
        job.wait_until_running()
        clock.now += 1
        job.proceed()
        job.wait_until_over()
    crowd[3].wait_until_running()
    clock.now += 1
    third = FakeJob("third", "third")
    queue.submit(third)
    assert places(queue, [third]) == [1]


def test_an_operator_is_told_when_nothing_moves(queue, clock):
    assert queue.problem() == ""
    (job,) = submit(queue, "ann")
    clock.now = STUCK - 1
    assert queue.problem() == ""
    clock.now = STUCK + 1
    assert queue.problem() == "The training job has made no step for 60 seconds."
    job.proceed()
    job.wait_until_over()


def test_one_address_leaves_places_in_the_queue(queue):
    submit(queue, "first")
    for number in range(MAX_QUEUED_PER_ADDRESS):
        queue.submit(FakeJob(f"visitor {number}", "school"))
    with pytest.raises(JobError, match="from your address are waiting already"):
        queue.submit(FakeJob("late", "school"))
    queue.submit(FakeJob("ann", "home"))


def test_addresses_take_turns_however_many_jobs_each_has(queue):
    submit(queue, "first")
    jobs = [FakeJob(f"visitor {number}", "school") for number in range(3)]
    jobs += [FakeJob("ann", "home"), FakeJob("bob", "office"), FakeJob("cem", "home")]
    for job in jobs:
        queue.submit(job)
    assert places(queue, jobs) == [1, 4, 6, 2, 3, 5]


def test_a_job_that_nobody_asks_about_gives_way_to_others(queue, clock):
    ann, ben, cem = submit(queue, "ann", "ben", "cem")
    clock.now = PATIENCE - 1
    queue.follow(cem.ticket)
    clock.now = PATIENCE + 1  # nothing was heard of Ann and Ben
    ann.proceed()
    cem.wait_until_running()
    for job in (ann, ben):
        assert queue.follow(job.ticket)["state"] == "stopped"
        assert queue.follow(job.ticket)["message"] == "The page was away, and others waited."
    assert queue.result(ann.ticket)  # as it was by then
    cem.proceed()
    cem.wait_until_over()
    assert queue.follow(cem.ticket)["state"] == "done"


@pytest.mark.parametrize(("absence", "state"), [(MAX_ABSENCE - 1, "done"), (MAX_ABSENCE + 1, "stopped")])
def test_a_job_goes_on_for_a_while_without_its_page(queue, clock, absence, state):
    ann, ben = submit(queue, "ann", "ben")
    clock.now = absence
    for job in (ann, ben):
        job.proceed()
        job.wait_until_over()
        assert queue.follow(job.ticket)["state"] == state


def test_a_new_job_takes_the_places_of_those_that_nobody_asks_about(queue, clock):
    submit(queue, "first")
    for number in range(MAX_QUEUED_PER_ADDRESS):
        queue.submit(FakeJob(f"visitor {number}", "school"))
    clock.now = PATIENCE + 1
    late = FakeJob("late", "school")
    queue.submit(late)
    assert places(queue, [late]) == [1]


def test_who_waits_is_told_about_how_long(queue, clock):
    jobs = submit(queue, "ann", "ben", "cem")
    clock.now = 6
    waits = [round(queue.follow(job.ticket)["wait"]) for job in jobs]
    assert waits == [0, FIRST_GUESS - 6, 2 * FIRST_GUESS - 6]
    jobs[0].share = 0.25
    assert round(queue.follow(jobs[1].ticket)["wait"]) == 18  # three times as long as it took so far
    clock.now = 40
    other = FakeJob("eve", "home")
    queue.submit(other)
    assert round(queue.follow(other.ticket)["wait"]) == MAX_TURN - 40


@pytest.mark.parametrize(
    ("error", "state", "message"),
    [
        (DivergedError("It diverged."), "diverged", "It diverged."),
        (OutOfMemoryError("Too little memory."), "failed", "Too little memory."),
        (MemoryError(), "failed", "There is too little memory"),
        (ZeroDivisionError(), "failed", FAULT),
    ],
)
def test_a_fault_ends_one_job_and_not_the_queue(queue, capsys, error, state, message):
    ann, ben = FakeJob("ann", error=error), FakeJob("ben")
    queue.submit(ann)
    queue.submit(ben)
    ann.proceed()
    ben.wait_until_running()
    status = queue.follow(ann.ticket)
    assert (status["state"], status["hasResult"]) == (state, False)
    assert status["message"].startswith(message)
    ben.proceed()
    ben.wait_until_over()
    assert ("ZeroDivisionError" in capsys.readouterr().err) is isinstance(error, ZeroDivisionError)


def test_without_mnist_it_says_how_to_get_it(visitors):
    found = [None, "MNIST"]
    queue = JobQueue(None, visitors, lambda: found.pop(0))
    job = FakeJob("ann")
    queue.submit(job)
    job.wait_until_over()
    assert queue.follow(job.ticket)["message"] == MISSING_MNIST
    (job,) = submit(queue, "ann")  # it is there by now
    job.proceed()
    job.wait_until_over()


def test_a_thread_that_cannot_be_started_does_not_block_the_queue(queue, monkeypatch):
    def fail(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", fail)
        with pytest.raises(JobError, match="Try again in a few minutes"):
            queue.submit(FakeJob("ann"))
    (job,) = submit(queue, "ann")  # the same visitor, without delay
    job.proceed()
    job.wait_until_over()
    assert queue.follow(job.ticket)["state"] == "done"


class Lock:
    """A lock that lets something happen right after a thread released it, as if that thread were interrupted there."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self.released: Callable[[], None] = lambda: None

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *error: object) -> None:
        self._lock.release()
        self.released()


@pytest.mark.parametrize("gap", [0, 1])
def test_a_job_that_comes_while_the_worker_ends_is_done_once(visitors, monkeypatch, gap):
    """The worker is interrupted each time that it let go of the lock after the last job."""
    lock = Lock()
    with monkeypatch.context() as patch:
        patch.setattr(threading, "Lock", lambda: lock)
        queue = JobQueue(None, visitors, lambda: "MNIST")
    ann, ben = FakeJob("ann"), FakeJob("ben")
    gaps = 0

    def released() -> None:
        nonlocal gaps
        if not ann.is_over or threading.current_thread().name != "jobs":
            return
        gaps += 1
        if gaps == gap + 1:
            queue.submit(ben)

    lock.released = released
    queue.submit(ann)
    ann.proceed()
    ben.wait_until_running()
    for _ in range(2):  # as often as it may be done
        ben.proceed()
    ben.wait_until_over()
    let_all_go()
    assert ben.runs == 1
    assert queue.follow(ben.ticket)["state"] == "done"
