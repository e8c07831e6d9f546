"""What the operator and load balancers ask."""

import json
import re
from collections.abc import Iterator

import httpx
import numpy as np
import pytest

from tests.demo.conftest import JSON, STEPS, packed, serving

SAMPLE = re.compile(r'([a-z_]+(?:\{[a-z]+="[^"]+"\})?) ([\d.e+-]+)')  # a line of Prometheus' text format


@pytest.fixture(scope="module")
def observed(pretrained) -> Iterator[httpx.Client]:
    """A server with figures for the operator."""
    with serving(pretrained, has_metrics=True) as page, httpx.Client(base_url=page.local_url) as client:
        yield client


def figures(client: httpx.Client) -> dict[str, float]:
    """The figures of a server, by name and label."""
    answer = client.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = [line for line in answer.text.splitlines() if not re.match("# (HELP|TYPE) ", line)]
    return {match[1]: float(match[2]) for match in (SAMPLE.fullmatch(line) for line in lines)}


@pytest.mark.parametrize(
    ("name", "value"),
    [("demo.jobs.queue.JobQueue.problem", lambda queue: "No job moves."), ("demo.server.turns.Turns.is_full", True)],
)
def test_a_load_balancer_is_told_whether_the_server_is_ready(http, monkeypatch, name, value):
    assert http.get("/ready").json() == {"detail": "The server is ready."}
    monkeypatch.setattr(name, value)
    answer = http.get("/ready")
    assert answer.status_code == 503
    assert answer.json()["detail"] in ("No job moves.", "So many images are waiting that no more are taken.")
    assert http.get("/alive").status_code == 200  # all the same


def test_figures_count_what_happens(observed):
    before = figures(observed)
    drawing = {"version": 1, "ink": packed(np.eye(140) * 255), "steps": STEPS, "ticket": "", "network": "shared"}
    assert observed.post("/verify", content=json.dumps(drawing), headers=JSON).status_code == 200
    assert observed.post("/verify", content=b'"\xff"', headers=JSON).status_code == 400
    after = figures(observed)
    changes = {name: value - before.get(name, 0) for name, value in after.items()}
    assert changes["digit_sketchpad_verifications_total"] == 1
    assert changes["digit_sketchpad_verification_seconds_count"] == 1
    assert changes['digit_sketchpad_rejections_total{reason="bad request"}'] == 1
    assert after["process_resident_memory_bytes"] > 10**8


def test_figures_are_for_the_operator_alone(http, observed):
    assert http.get("/metrics").status_code == 404  # which is the default
    assert observed.get("/metrics", headers={"X-Forwarded-For": "198.51.100.7"}).status_code == 404
