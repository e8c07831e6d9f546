"""The limits of requests, one by one, and a few hundred hostile requests of every kind."""

import json
import logging
import re
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import anyio
import pytest
from starlette.exceptions import HTTPException

from demo.server import limits as limits_module
from demo.server.gradio_internals import MAX_MARKS, parse_json
from demo.server.limits import BURST, LOG_LINES, REQUESTS_PER_SECOND, LogLimit, RequestLimits, address_of
from demo.server.routes import FILE_COST, IMAGE_COST, PAGE_COST
from model.paths import ASSETS
from tests.benchmarks import hostile

EACH = 12  # requests of a kind
VERIFY = {"type": "http", "path": "/verify", "query_string": b"", "method": "POST", "headers": []}


@pytest.mark.slow
def test_requests_of_every_kind_do_no_harm(http, capfd):
    for kind in hostile.kinds().values():
        for request in hostile.drawn(kind, EACH):
            status, content = request.send(http)
            assert b"Traceback" not in content, request
            assert b"root:x:0" not in content, request
            assert status < 500, request
    assert b"Digit Sketchpad" in http.get("/").content
    assert "Traceback" not in "".join(capfd.readouterr())


def test_no_module_makes_html_of_text():
    makes_html = re.compile(r"(inner|outer)HTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser")
    modules = [path for path in ASSETS.rglob("*.js") if "vendor" not in path.parts]
    assert len(modules) > 15
    assert not [path.name for path in modules if makes_html.search(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("body", [b"[" * 5_000, b"[0" + b",0" * MAX_MARKS + b"]", "[é]".encode("utf-16"), b"{", b""])
def test_json_is_neither_deep_nor_wide_and_in_utf_8(body):
    with pytest.raises(HTTPException):
        parse_json(body)
    assert parse_json("[[{}], 1e5, 'é']".replace("'", '"').encode()) == [[{}], 1e5, "é"]


def test_one_visitor_is_an_address_or_a_network_of_ipv6():
    assert address_of("10.0.0.1") == address_of("::ffff:10.0.0.1") != address_of("10.0.0.2")
    assert address_of("2001:db8:1:2:3::4") == address_of("2001:db8:1:2:9::9") != address_of("2001:db8:1:3::1")
    assert address_of("") == ""


# --- how often -------------------------------------------------------------------------------------------------------


class Clock:
    now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(limits_module, "time", clock)
    return clock


def admitted(limits: RequestLimits, address: str, method: str = "POST", path: str = "/verify") -> bool:
    try:
        limits.admit(VERIFY | {"client": (address, 1), "method": method, "path": path})
    except HTTPException as rejected:
        return rejected.status_code != 429
    return True


def test_a_flood_is_rejected_but_only_from_its_address(clock):
    limits = RequestLimits(None)
    assert sum(admitted(limits, "10.0.0.1") for _ in range(BURST + 500)) == pytest.approx(BURST, abs=1)
    assert admitted(limits, "10.0.0.2")
    clock.now = 2.0
    assert sum(admitted(limits, "10.0.0.1") for _ in range(1_000)) == pytest.approx(2 * REQUESTS_PER_SECOND, abs=1)


def test_a_classroom_behind_one_address_is_not_rejected(clock):
    """300 pages open within a minute, each with 150 files, and then a stroke of each every three seconds."""
    limits = RequestLimits(None)
    for second in range(120):
        clock.now = float(second)
        for _ in range(5 if second < 60 else 0):
            assert admitted(limits, "10.0.0.1", "GET", "/")
            assert all(admitted(limits, "10.0.0.1", "GET", "/sketchpad/a.js") for _ in range(150))
        assert all(admitted(limits, "10.0.0.1") for _ in range(100))


# --- how much --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "cost"),
    [("GET", "/robots.txt", FILE_COST), ("GET", "/", PAGE_COST), ("POST", "/predict", IMAGE_COST), ("GET", "/none", 1)],
)
def test_requests_are_counted_by_what_they_cost(clock, method, path, cost):
    limits = RequestLimits(None)
    count = 0
    while admitted(limits, "10.0.0.1", method, path):
        count += 1
    assert count == pytest.approx(BURST / cost, rel=0.01)


async def answer(limits: RequestLimits, parts: list[dict], **scope: object) -> list[dict]:
    """What is answered to a request that arrives in these parts, and then never ends."""
    sent = []

    async def receive() -> dict:
        return parts.pop(0) if parts else await anyio.sleep_forever()

    async def send(message: dict) -> None:
        sent.append(message)

    await limits(VERIFY | scope, receive, send)
    return sent


def in_a_thread(test: Callable[[], Awaitable[Any]]) -> Any:
    """Run in a thread of its own, as the browser's tests leave an event loop in this one."""
    with ThreadPoolExecutor() as pool:
        return pool.submit(anyio.run, test).result()


def answered(limits: RequestLimits, parts: list[dict], **scope: object) -> list[dict]:
    return in_a_thread(partial(answer, limits, parts, **scope))


async def says_ok(scope, receive, send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body"})


def part(body: bytes, more: bool = True) -> dict:
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_body_that_never_ends_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(limits_module, "MAX_SECONDS", 0.01)
    assert answered(RequestLimits(None), [part(b"[")])[0]["status"] == 408


@pytest.mark.parametrize(
    ("path", "read"), [("/verify", 1), ("/predict", 21), ("/gradio_api/upload", 21), ("/gradio_api/queue/join", 7)]
)
def test_a_body_is_read_up_to_its_routes_limit_and_no_further(path, read):
    parts = [part(bytes(1_000_000)) for _ in range(100)]
    limits = RequestLimits(None)
    assert answered(limits, parts, path=path)[0]["status"] == 413
    assert 100 - len(parts) == read  # megabytes, the last of which tells that there are more
    assert limits._held == 0


def test_all_bodies_together_have_one_budget_which_every_request_gives_back(monkeypatch):
    monkeypatch.setattr(limits_module, "MAX_BODIES", 10_000)

    async def attack() -> None:
        limits = RequestLimits(says_ok)
        async with anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(answer, limits, [part(bytes(3_000))])
            await anyio.wait_all_tasks_blocked()
            for size, status in ((2_000, 503), (500, 200)):
                start, _ = await answer(limits, [part(bytes(size), more=False)])
                assert start["status"] == status
            tasks.cancel_scope.cancel()
        assert limits._held == 0

    in_a_thread(attack)


# --- faults ----------------------------------------------------------------------------------------------------------


def test_websockets_are_rejected():
    assert answered(RequestLimits(None), [], type="websocket") == [{"type": "websocket.close", "code": 1008}]


def test_a_flood_of_faults_does_not_fill_the_log():
    limit, record = LogLimit(), logging.makeLogRecord({})
    assert sum(limit.filter(record) for _ in range(1_000)) == LOG_LINES
    record.created += 3
    assert sum(limit.filter(record) for _ in range(1_000)) == 3


def test_a_mistake_is_named_in_the_log_and_not_to_the_visitor(caplog):
    async def fails(scope, receive, send) -> None:
        raise LookupError("a secret")

    start, body = answered(RequestLimits(fails), [part(b"{}", more=False)])
    assert start["status"] == 500
    assert json.loads(body["body"]) == {"detail": "The server made a mistake. It is in its log."}
    assert re.search(r"'/verify' failed: LookupError in .*test_limits.py:\d+ < ", caplog.text)
    assert "secret" not in caplog.text
