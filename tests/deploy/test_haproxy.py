"""What a visitor behind HAProxy gets, as deploy/haproxy.cfg sets it up: any replica's answer, and a fair part of it."""

import asyncio
import contextlib
import socket
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from model.data.pen import draw
from tests.benchmarks.visitors import STEPS, Tally, Visitor
from tests.demo.conftest import encoded, packed
from tests.deploy.balancer import HAPROXY, Balancer, balanced
from tests.page.drawing import DRAWINGS

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not HAPROXY, reason="HAProxy is not installed")]
SEVEN = draw(DRAWINGS[7]["strokes"])
DRAWING = {"version": 1, "ink": packed(SEVEN), "steps": STEPS, "network": ""}


@pytest.fixture(scope="module")
def balancer(tmp_path_factory):
    with balanced(tmp_path_factory.mktemp("haproxy")) as balancer:
        yield balancer


@pytest.fixture
def asking(balancer: Balancer):
    """Clients by their address."""
    with contextlib.ExitStack() as stack:
        yield lambda address: stack.enter_context(
            httpx.Client(base_url=balancer.url, transport=httpx.HTTPTransport(local_address=address), timeout=20)
        )


def test_any_replica_answers_and_none_gives_a_cookie(balancer: Balancer, asking):
    client = asking("127.0.2.1")
    for _ in range(10):
        assert client.post("/verify", json=DRAWING).json()["digit"] == DRAWINGS[7]["digit"]
        assert client.get("/").status_code == 200
    assert client.post("/predict", content=encoded(SEVEN.numpy())).json()["digit"] == DRAWINGS[7]["digit"]
    assert not client.cookies
    assert min(balancer.answered("a"), balancer.answered("b")) >= 5


def test_gradios_client_uploads_and_calls_where_its_address_goes(balancer: Balancer, tmp_path):
    gradio_client = pytest.importorskip("gradio_client")
    (tmp_path / "digit.png").write_bytes(encoded(SEVEN.numpy()))
    client = gradio_client.Client(balancer.url, verbose=False)
    file = gradio_client.handle_file(tmp_path / "digit.png")
    assert [client.predict(file, api_name="/classify")["digit"] for _ in range(3)] == [DRAWINGS[7]["digit"]] * 3


def test_who_asks_too_often_is_told_so_and_nobody_else(asking):
    flood, visitor = [asking("127.0.2.2") for _ in range(8)], asking("127.0.2.3")

    def ask(client: httpx.Client) -> Counter[int]:
        return Counter(client.post("/verify", content=b"").status_code for _ in range(600))

    with ThreadPoolExecutor(len(flood)) as pool:
        statuses = sum(pool.map(ask, flood), Counter())
    assert statuses[429] > 1_000
    assert visitor.post("/verify", json=DRAWING).status_code == 200


def begun(balancer: Balancer, address: str, path: str, size: int) -> socket.socket:
    """A request whose body has begun, and does not go on."""
    connection = socket.create_connection(("127.0.0.1", balancer.port), source_address=(address, 0))
    head = f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n\r\n"
    connection.sendall(head.encode() + bytes(min(size - 1, 30_000)))
    return connection


def test_images_of_one_address_that_hardly_move_keep_nobody_waiting(balancer: Balancer, asking):
    slow = [begun(balancer, "127.0.2.4", "/predict", 1_000_000) for _ in range(6)]
    content = encoded(SEVEN.numpy())
    for _ in range(50):
        if asking("127.0.2.4").post("/predict", content=content).status_code == 429:
            break
        time.sleep(0.1)  # until the proxy has got all of them
    else:
        pytest.fail("one address may send any number of images at once")
    assert asking("127.0.2.4").post("/verify", json=DRAWING).status_code == 200
    assert asking("127.0.2.5").post("/predict", content=content).status_code == 200
    for connection in slow:
        connection.close()


def test_a_head_or_a_pen_up_that_does_not_arrive_is_answered_by_the_proxy(balancer: Balancer):
    """In ten seconds, in which a process of app.py knows nothing of it."""
    drawing = begun(balancer, "127.0.2.6", "/verify", 2_000)
    head = socket.create_connection(("127.0.0.1", balancer.port), source_address=("127.0.2.6", 0))
    head.sendall(b"GET / HTTP/1.1\r\nHost: a")
    for connection in (drawing, head):
        connection.settimeout(15)
        assert b" 408 " in connection.recv(1_000)
        connection.close()


def test_a_replica_that_ends_takes_nobody_along(balancer: Balancer):
    """Visitors draw while one of two replicas is killed: each pen-up is answered, and rightly."""
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
