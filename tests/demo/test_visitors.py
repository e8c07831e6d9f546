"""Who predicts for whom, and what is forgotten."""

import pytest

from demo.visitors import MAX_JOBS, Visitors
from tests.demo.jobs.fakes import FakeClassifier, FakeJob, finished


@pytest.fixture
def visitors() -> Visitors:
    return Visitors(FakeClassifier("shared"))


def give(visitors: Visitors, name: str, address: str = "") -> str:
    """Let a job give a classifier; the job's ticket."""
    job = finished(name, address)
    visitors.add(job)
    visitors.set_own(job, FakeClassifier(f"of {name}"))
    return job.ticket


def test_a_classifier_is_for_whoever_has_its_ticket(visitors):
    ann, ben = give(visitors, "ann"), give(visitors, "ben")
    assert visitors.classifier_for(ann, "of ann")[1] == "of ann"
    assert visitors.classifier_for(ben, "of ben")[1] == "of ben"
    for ticket, fingerprint in ((ann, "of ben"), ("eve", "of ann"), ("", "of ann"), (ann, ""), ([], "of ann")):
        assert visitors.classifier_for(ticket, fingerprint)[1] == "shared"


def test_exactly_so_many_are_kept(visitors):
    first = give(visitors, "first")
    tickets = []
    for number in range(MAX_JOBS + 2):
        tickets.append(give(visitors, f"job {number}"))
        assert visitors.classifier_for(first, "of first")[1] == "of first"  # what is asked for, stays
    kept = [number for number, ticket in enumerate(tickets) if visitors.job_with(ticket)]
    assert kept == list(range(3, MAX_JOBS + 2))


def test_one_address_does_not_push_out_those_of_another_and_no_job_that_goes_on(visitors):
    ann, running = give(visitors, "ann", "home"), FakeJob("ben", "home")
    visitors.add(running)
    for number in range(MAX_JOBS + 2):
        give(visitors, f"job {number}", "elsewhere")
    assert visitors.classifier_for(ann, "of ann")[1] == "of ann"
    assert visitors.job_with(running.ticket) is running
