"""Jobs that do nothing but wait until a test lets them go on."""

import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import ClassVar

from demo.jobs.job import Job, JobState
from model.training.recipe import RECIPES

LONGEST = 20.0  # seconds; no test waits that long unless it fails


class FakeClassifier:
    def __init__(self, fingerprint: str) -> None:
        self._fingerprint = fingerprint

    def fingerprint(self) -> str:
        return self._fingerprint


class FakeJob(Job):
    """Ends after one update, which it gives when a test calls `proceed`; its result is a classifier of its name."""

    waiting: ClassVar[list["FakeJob"]] = []  # all that were made since `let_all_go`

    def __init__(self, name: str, address: str = "", error: Exception | None = None) -> None:
        super().__init__(RECIPES["baseline"], address)
        self.name = name
        self.runs = 0
        self.waiting.append(self)
        self._error = error
        self._gate, self._begun, self._ended = threading.Semaphore(0), threading.Event(), threading.Event()

    def proceed(self) -> None:
        self._gate.release()

    def updates(self, shared, digits) -> Iterator[None]:
        self.runs += 1
        self._begun.set()
        assert self._gate.acquire(timeout=LONGEST)
        if self._error:
            raise self._error
        yield None

    def note(self, update: None) -> bool:
        self.share = 1.0
        return True

    def finish(self, shared, digits) -> SimpleNamespace:
        return SimpleNamespace(classifier=FakeClassifier(f"of {self.name}"))

    def forget_input(self) -> None:
        self._ended.set()

    def wait_until_running(self) -> None:
        assert self._begun.wait(LONGEST)

    def wait_until_over(self) -> None:
        assert self._ended.wait(LONGEST)


def let_all_go() -> None:
    """Let all jobs end, and with them the threads that do them."""
    while FakeJob.waiting:
        FakeJob.waiting.pop().proceed()
    for thread in threading.enumerate():
        if thread.name == "jobs":
            thread.join(LONGEST)
            assert not thread.is_alive()


def finished(name: str, address: str = "") -> FakeJob:
    job = FakeJob(name, address)
    job.state = JobState.DONE
    return job
