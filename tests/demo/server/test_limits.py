"""Hostile input to the served page: the limits one by one, and a few hundred requests of every kind."""

import json
import re
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import anyio
import pytest

from demo.server.addresses import address_of
from demo.server.gradio_internals import ONLY_UPLOADS
from demo.server.limits import (
    AT_ONCE,
    BURST,
    COSTS,
    DISK_FULL,
    MAKING_COST,
    MAX_BODY,
    MAX_DEPTH,
    MAX_VALUES,
    REQUESTS_PER_SECOND,
    SMALL_BODY,
    RejectedError,
    RequestLimits,
    check_json,
    parse_json,
)
from demo.server.log import LINES, log
from demo.server.routes import NOTHING, Kind, find_route
from model.paths import ASSETS, ROOT
from tests.benchmarks import hostile

EACH = 25  # requests of a kind
EVENT = "/gradio_api/run/predict"
JSON_HEADERS = [(b"content-type", b"application/json")]
pytestmark = pytest.mark.filterwarnings("ignore")  # Gradio's and Pillow's own


def memory() -> float:
    """Resident, in MB; 0 if it can't be told."""
    try:
        with open("/proc/self/status") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1]) / 1e3
    except OSError:
        return 0


def test_requests_of_every_kind_do_no_harm(page, http, capfd):
    kinds = hostile.kinds(list(page.fns), list(page.blocks))
    requests = [request for kind in kinds.values() for request in hostile.drawn(kind, EACH)]
    before = memory()
    for request in requests:
        status, content = request.send(http)
        assert b"Traceback" not in content, request
        assert b"root:x:0" not in content, request
        assert status < 501, request
        if status == 500:
            assert json.loads(content)["error"] in (ONLY_UPLOADS, "Send an image file."), request
    assert memory() - before < 300
    assert b"Digit Sketchpad" in http.get("/").content
    assert "Traceback" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("request_", hostile.huge(8), ids=lambda request: f"{request.path} {len(request.headers)}")
def test_a_huge_body_is_rejected(http, request_):
    status, content = request_.send(http)
    assert status in (0, 400, 404, 413)  # or the connection is closed in the middle of it
    assert b"Traceback" not in content


@pytest.mark.parametrize("meta", [{}, {"meta": {"_type": "gradio.FileData"}}])
@pytest.mark.parametrize("path", ["/etc/passwd", "https://example.com/a.png", "http://127.0.0.1:9/", "a\0b"])
def test_only_uploads_are_accessible(http, page, path, meta):
    file = {"path": path} | meta
    if meta:
        for listener in page.fns:
            event = {"data": [{"deep": [file]}], "fn_index": listener, "session_hash": "a"}
            assert http.post("/gradio_api/run/predict", json=event).json() == {"detail": ONLY_UPLOADS}
    else:
        event = http.post("/gradio_api/call/classify", json={"data": [file]}).json()["event_id"]
        said = http.get(f"/gradio_api/call/classify/{event}").text
        assert said.startswith("event: error")
        assert "digit" not in said


def test_no_module_makes_html_of_text():
    makes_html = re.compile(r"(inner|outer)HTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser")
    modules = list(ASSETS.rglob("*.js"))
    assert len(modules) > 15
    assert not [path.name for path in modules if makes_html.search(path.read_text(encoding="utf-8"))]


# --- the limits -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{}", b"\x00\xff", b'{"a": "[[[["}', b'{"a": "\\"[["}', b'"\\\\"', b"[" * MAX_DEPTH + b"]" * MAX_DEPTH),
        json.dumps({"data": [json.dumps([{"label": 1, "ink": hostile.INK}] * 100)]}).encode(),
    ],
)
def test_what_is_not_deep_passes(body):
    check_json(body)


@pytest.mark.parametrize(
    "body",
    [
        *(
            b"[",
            b"]",
            b'"\\"' + b"[" * 50,
            b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1),
            b"[" * 4_000 + b"]" * 4_000,
        ),
        *(b'{"a":' * 40 + b"1" + b"}" * 40, b"[0" + b",0" * MAX_VALUES),
    ],
    ids=range(7),
)
def test_what_is_deep_or_wide_is_rejected(body):
    with pytest.raises(RejectedError):
        check_json(body)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32-be", "utf-8-sig", "latin-1"])
def test_json_is_taken_in_utf_8_alone(http, encoding):
    deep = "[" * 500 + '"é"' + "]" * 500
    for text in (deep, '{"data": ["é"]}'):
        with pytest.raises(RejectedError):
            parse_json(text.encode(encoding))
        answer = http.post("/gradio_api/run/predict", content=text.encode(encoding), headers=hostile.JSON)
        assert answer.status_code == 400


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonx"])
def test_an_event_says_that_it_is_json(http, kind):
    answer = http.post("/gradio_api/run/predict", content=b"{}", headers={"Content-Type": kind})
    assert answer.status_code == 415


def test_addresses_of_ipv4_within_ipv6_are_told_apart():
    assert address_of("::ffff:10.0.0.1") == address_of("64:ff9b::a00:1") == address_of("10.0.0.1")
    assert address_of("::ffff:10.0.0.1") != address_of("::ffff:10.0.0.2")


def test_a_networks_addresses_are_one_visitors():
    assert address_of("2001:db8:1:2:3::4") == address_of("2001:db8:1:2:9::9") != address_of("2001:db8:1:3::1")
    assert address_of("10.0.0.1") != address_of("10.0.0.2")
    assert address_of("") == ""


def test_a_flood_of_requests_is_rejected_but_only_from_its_address():
    now = 0.0
    limits = RequestLimits(None, clock=lambda: now)

    def asks(address: str) -> bool:
        try:
            limits.admit(scope, address, find_route(scope["path"], scope["method"]))
        except RejectedError as rejected:
            return rejected.status != 429
        return True

    scope = {"path": "/gradio_api/run/predict", "query_string": b"", "method": "POST", "headers": JSON_HEADERS}
    assert sum(asks("flood") for _ in range(BURST + 500)) == pytest.approx(BURST, abs=1)
    assert asks("other")
    now = 2.0
    assert sum(asks("flood") for _ in range(1_000)) == pytest.approx(2 * REQUESTS_PER_SECOND, abs=1)


def test_a_classroom_behind_one_address_is_not_rejected():
    """300 pages open within a minute, and then a stroke of each every three seconds."""
    now = 0.0
    limits = RequestLimits(None, clock=lambda: now)
    scope = {"path": "/gradio_api/run/predict", "query_string": b"", "method": "POST", "headers": JSON_HEADERS}
    for second in range(120):
        for _ in range(150):
            now = float(second)
            limits.admit(scope, "school", find_route(scope["path"], scope["method"]))


def answered(limits: RequestLimits, parts: list[dict], **scope: object) -> list[dict]:
    """What is answered to a request that arrives in these parts, and then never ends."""
    sent = []

    async def receive() -> dict:
        if not parts:
            await anyio.sleep_forever()
        return parts.pop(0)

    async def send(message: dict) -> None:
        sent.append(message)

    request = {"type": "http", "path": EVENT, "query_string": b"", "method": "POST", "headers": JSON_HEADERS}
    in_a_thread(partial(limits, request | scope, receive, send))
    return sent


def in_a_thread(test: Callable[[], Awaitable[None]]) -> None:
    """Run in a thread of its own, as the browser's tests leave an event loop in this one."""
    with ThreadPoolExecutor() as pool:
        pool.submit(anyio.run, test).result()


@pytest.mark.parametrize("path", ["/gradio_api/run/predict", "/gradio_api/upload"])
def test_a_body_that_never_ends_is_not_waited_for(monkeypatch, path):
    monkeypatch.setattr("demo.server.limits.MAX_SECONDS", 0.01)
    begun = {"type": "http.request", "body": b"[", "more_body": True}
    assert answered(RequestLimits(None), [begun], path=path)[0]["status"] == 408


def test_an_upload_that_breaks_off_leaves_nothing_on_the_disk(page, http, server_folder):
    uploads = server_folder / "uploads"
    before = set(uploads.rglob("*"))
    head = "POST /gradio_api/upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n"
    head += "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
    part = '--b\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\nhalf'
    with socket.create_connection(("127.0.0.1", page.server_port)) as connection:
        connection.sendall((head + part).encode())
    assert http.get("/").status_code == 200
    assert set(uploads.rglob("*")) == before


def test_a_full_disk_is_said_in_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    monkeypatch.setattr("demo.server.limits.MIN_DISK", 2**62)
    start, body = answered(
        RequestLimits(None), [{"type": "http.request", "body": b"a file"}], path="/gradio_api/upload"
    )
    assert start["status"] == 507
    assert json.loads(body["body"]) == {"detail": DISK_FULL}


@pytest.mark.parametrize(
    ("limit", "size", "status"),
    [
        ("MAX_HELD_PER_ADDRESS", SMALL_BODY + 11, 429),
        ("MAX_HELD", SMALL_BODY + 11, 503),
        ("MAX_SMALL_PER_ADDRESS", 11, 429),
        ("MAX_SMALL", 11, 503),
    ],
)
def test_bodies_can_not_take_all_the_memory(monkeypatch, limit, size, status):
    monkeypatch.setattr(f"demo.server.limits.{limit}", 10)
    begun = {"type": "http.request", "body": b"[" * size, "more_body": True}
    assert answered(RequestLimits(None), [begun])[0]["status"] == status


class Request:
    """A request whose body or answer a test holds up."""

    def __init__(self, limits: RequestLimits, address: str, **scope: object) -> None:
        self.sent: list[dict] = []
        self.more, self.arriving = anyio.create_memory_object_stream(10)
        base = {"type": "http", "path": EVENT, "query_string": b"", "method": "POST", "headers": JSON_HEADERS}
        self.serve = partial(limits, base | {"client": (address, 1)} | scope, self.arriving.receive, self.send)

    async def send(self, message: dict) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int | None:
        return self.sent[0]["status"] if self.sent else None


async def says_ok(scope, receive, send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body"})


def test_unfinished_bodies_leave_room_for_small_ones():
    """27 bodies of three addresses that never end fill the budget of large bodies, but a drawing is still answered."""

    async def attack() -> None:
        limits = RequestLimits(says_ok)
        async with anyio.create_task_group() as tasks:
            for number in range(27):
                request = Request(limits, f"10.0.0.{number % 3}")
                tasks.start_soon(request.serve)
                await request.more.send({"type": "http.request", "body": b" " * 1_120_000, "more_body": True})
            await anyio.wait_all_tasks_blocked()
            large = Request(limits, "10.0.0.9")
            await large.more.send({"type": "http.request", "body": b" " * 1_000_000, "more_body": True})
            await large.serve()
            drawing = Request(limits, "10.0.0.9")
            await drawing.more.send({"type": "http.request", "body": b'{"data": [1]}'})
            await drawing.serve()
            tasks.cancel_scope.cancel()
        assert (large.status, drawing.status) == (503, 200)

    in_a_thread(attack)


def test_a_body_that_hardly_moves_is_not_waited_for(monkeypatch):
    monkeypatch.setattr("demo.server.limits.GRACE", 0.05)

    async def trickle() -> None:
        request = Request(RequestLimits(says_ok), "a")
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(request.serve)
            for _ in range(100):
                if request.sent:
                    break
                await request.more.send({"type": "http.request", "body": b" ", "more_body": True})
                await anyio.sleep(0.01)
        assert request.status == 408

    in_a_thread(trickle)


def test_one_address_is_worked_on_only_so_often_at_once_and_others_do_not_wait():
    working, finish = [], anyio.Event()

    async def works(scope, receive, send) -> None:
        working.append(scope["client"][0])
        if scope["client"][0] == "crowd":
            await finish.wait()
        await says_ok(scope, receive, send)

    async def crowd() -> None:
        limits = RequestLimits(works)
        requests = [Request(limits, "crowd", path="/robots.txt", method="GET") for _ in range(100)]
        async with anyio.create_task_group() as tasks:
            for request in requests:
                tasks.start_soon(request.serve)
            await anyio.wait_all_tasks_blocked()
            assert working == ["crowd"] * AT_ONCE
            other = Request(limits, "other", path="/robots.txt", method="GET")
            await other.serve()
            assert other.status == 200
            finish.set()
        assert {request.status for request in requests} == {200}
        assert not limits._turns
        assert not limits._open

    in_a_thread(crowd)


def test_a_slow_reader_takes_no_turn_from_the_others():
    async def crowd() -> None:
        limits = RequestLimits(says_ok)
        async with anyio.create_task_group() as tasks:
            for _ in range(AT_ONCE):
                slow = Request(limits, "crowd", path="/robots.txt", method="GET")
                tasks.start_soon(limits, slow.serve.args[0], slow.arriving.receive, never)
            await anyio.wait_all_tasks_blocked()
            quick = Request(limits, "crowd", path="/robots.txt", method="GET")
            with anyio.fail_after(5):
                await quick.serve()
            tasks.cancel_scope.cancel()

    async def never(message: dict) -> None:
        await anyio.sleep_forever()

    in_a_thread(crowd)


def test_a_client_that_asks_again_at_once_is_slowed_down(monkeypatch):
    monkeypatch.setattr("demo.server.limits.PAUSE", 0.05)

    async def flood() -> None:
        limits = RequestLimits(says_ok, clock=lambda: 0.0)
        limits._full_at["flood"] = BURST / REQUESTS_PER_SECOND
        begun = anyio.current_time()
        request = Request(limits, "flood", path="/robots.txt", method="GET")
        await request.serve()
        assert request.status == 429
        assert anyio.current_time() - begun >= 0.05

    in_a_thread(flood)


def test_gets_are_counted_by_what_they_cost():
    def asked(path: str) -> int:
        limits, scope = RequestLimits(None, clock=lambda: 0.0), {"path": path, "query_string": b"", "method": "GET"}
        scope |= {"headers": [], "root_path": ""}
        for number in range(100_000):
            try:
                limits.admit(scope, "flood", find_route(scope["path"], scope["method"]) or NOTHING)
            except RejectedError:
                return number
        return 100_000

    assert asked("/robots.txt") == pytest.approx(BURST / COSTS[Kind.FILE], rel=0.01)
    assert asked("/") == pytest.approx(BURST / MAKING_COST, rel=0.01)  # of hosts that were not asked for before
    assert asked("/gradio_api/queue/data") == pytest.approx(BURST, rel=0.01)
    assert asked("/alive") == pytest.approx(BURST / COSTS[Kind.ALIVE], rel=0.01)
    assert asked("/none") == pytest.approx(BURST, rel=0.01)


@pytest.mark.parametrize("name", ["demo/payloads.py", "model/data/images.py", "demo/server/limits.py"])
def test_a_mistake_of_our_own_is_answered_500_and_its_place_is_logged(capsys, name):
    """It is the project's, even if the exception was raised in a library that the project called."""
    library = compile("def fails(): raise LookupError('a secret')", "library.py", "exec")
    own = compile("async def app(scope, receive, send): fails()", str(ROOT / name), "exec")
    names: dict = {}
    exec(library, names)
    exec(own, names)
    log._left = float(LINES)
    start, body = answered(RequestLimits(names["app"]), [{"type": "http.request", "body": b'{"data": [1]}'}])
    said = capsys.readouterr().err
    if name == "demo/server/limits.py":  # it only calls the next app, whose mistake it is
        assert (start["status"], "library.py:1" in said) == (400, True)
    else:
        assert start["status"] == 500
        assert f"LookupError in {ROOT / name}:1." in said
    assert b"secret" not in body["body"]


def test_a_fault_of_gradios_is_named_in_the_log_and_not_to_the_visitor(capsys):
    async def fails(scope, receive, send) -> None:
        raise LookupError("a secret")

    log._left = float(LINES)
    start, body = answered(RequestLimits(fails), [{"type": "http.request", "body": b'{"data": [1]}'}])
    assert start["status"] == 400
    assert json.loads(body["body"]) == {"detail": "The server can't make sense of this request."}
    assert re.search(
        r"'/gradio_api/run/predict' failed: LookupError in .*test_limits.py:\d+\.\n", capsys.readouterr().err
    )


def test_websockets_are_rejected():
    assert answered(RequestLimits(None), [], type="websocket") == [{"type": "websocket.close", "code": 1008}]


def test_bodies_are_limited(http):
    answer = http.post("/gradio_api/run/predict", content=b"1" * (MAX_BODY + 1), headers=hostile.JSON)
    assert answer.status_code == 413


def test_multipart_goes_only_to_the_upload(http):
    for path in ("/gradio_api/component_server", "/gradio_api/queue/join", "/predict"):
        assert http.post(path, files={"a": b"b"}).status_code == 415
