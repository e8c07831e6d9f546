"""More than one machine: what a visitor behind HAProxy gets, as deploy/haproxy.cfg sets it up."""

import asyncio
import io
import json
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from model.data.pen import draw
from tests.benchmarks.visitors import Tally, Visitor
from tests.deploy.balancer import HAPROXY, Balancer, balanced
from tests.page.drawing import DRAWINGS

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not HAPROXY, reason="HAProxy is not installed")]


@pytest.fixture(scope="module")
def balancer(tmp_path_factory):
    with balanced(tmp_path_factory.mktemp("haproxy")) as balancer:
        yield balancer


def image() -> bytes:
    file = io.BytesIO()
    Image.fromarray(draw(DRAWINGS[7]["strokes"]).numpy()).save(file, "PNG")
    return file.getvalue()


def test_visitors_are_spread_over_the_replicas(balancer: Balancer):
    assert {balancer.page() for _ in range(4)} == {"a", "b"}


def test_one_request_predicts(balancer: Balancer):
    request = urllib.request.Request(f"{balancer.url}/predict", image(), method="POST")
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert json.loads(answer.read())["digit"] == DRAWINGS[7]["digit"]


def test_gradios_client_stays_with_one_replica(balancer: Balancer, tmp_path):
    gradio_client = pytest.importorskip("gradio_client")
    (tmp_path / "digit.png").write_bytes(image())
    client = gradio_client.Client(balancer.url, verbose=False)
    file = gradio_client.handle_file(tmp_path / "digit.png")
    assert [client.predict(file, api_name="/classify")["digit"] for _ in range(3)] == [DRAWINGS[7]["digit"]] * 3


def test_figures_of_the_operator_stay_inside(balancer: Balancer):
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"{balancer.url}/metrics", timeout=10)


def test_a_replica_that_ends_takes_nobody_along(balancer: Balancer):
    """Visitors of both replicas draw while one of them is killed: each pen-up is answered, and rightly."""
    tally = Tally()

    async def crowd() -> None:
        visitors = [Visitor(balancer.url, number, tally) for number in range(6)]
        for visitor in visitors:
            await visitor.come()
        drawing = asyncio.gather(*(visitor.draw(time.perf_counter() + 3.5) for visitor in visitors))
        while len(tally.waited) < 6:
            await asyncio.sleep(0.01)
        balancer.replicas["a"].kill()
        await drawing
        for visitor in visitors:
            await visitor.leave()

    with ThreadPoolExecutor(1) as thread:  # the browser's tests may have a loop in this one
        thread.submit(asyncio.run, crowd()).result()
    assert not tally.errors
    assert len(tally.waited) > 8
    assert balancer.page() == "b"
