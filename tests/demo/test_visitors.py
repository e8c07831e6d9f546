"""Who predicts for whom, and who is forgotten."""

import pytest

from demo.visitors import MAX_VISITORS, PATIENCE, Visitors
from tests.demo.jobs.fakes import FakeClassifier, FakeJob, finished


@pytest.fixture
def visitors() -> Visitors:
    visitors = Visitors(FakeClassifier("shared"), clock=lambda: visitors.now)
    visitors.now = 0.0
    return visitors


def give(visitors: Visitors, session: str, address: str = "") -> None:
    """Let a visitor have a classifier of their own."""
    job = finished(session, address)
    visitors.set_job(job)
    visitors.set_own(job, FakeClassifier(f"of {session}"))


def test_every_visitor_has_their_own_classifier_alone(visitors):
    give(visitors, "ann")
    give(visitors, "ben")
    assert visitors.classifier_for("ann", "of ann")[1] == "of ann"
    assert visitors.classifier_for("ben", "of ben")[1] == "of ben"
    for session, fingerprint in (
        ("ann", "of ben"),
        ("eve", "of ann"),
        (None, "of ann"),
        ("ann", ""),
        ("ann", "shared"),
    ):
        assert visitors.classifier_for(session, fingerprint)[1] == "shared"


def test_exactly_so_many_visitors_are_kept(visitors):
    give(visitors, "first")
    for number in range(MAX_VISITORS + 2):
        give(visitors, f"visitor {number}")
        assert visitors.classifier_for("first", "of first")[1] == "of first"  # who asks, stays
    kept = [number for number in range(MAX_VISITORS + 2) if visitors.job_of(f"visitor {number}")]
    assert len(kept) + 1 == MAX_VISITORS
    assert kept == list(range(3, MAX_VISITORS + 2))


def test_one_address_does_not_push_out_the_visitors_of_another(visitors):
    give(visitors, "ann", "home")
    for number in range(MAX_VISITORS + 2):
        give(visitors, f"visitor {number}", "elsewhere")
    assert visitors.classifier_for("ann", "of ann")[1] == "of ann"


def test_a_visitor_who_left_is_forgotten_unless_they_come_back(visitors):
    for session in ("ann", "ben", "cem"):
        give(visitors, session)
        visitors.leave(session)
    visitors.classifier_for("ben", "of ben")  # a network that failed for a moment
    visitors.set_job(FakeJob("cem"))  # one that is not over
    visitors.leave("cem")
    visitors.now = PATIENCE + 1
    visitors.leave("anyone")
    assert [visitors.job_of(session) is None for session in ("ann", "ben", "cem")] == [True, False, False]
