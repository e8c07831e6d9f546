"""Hostile input to the served page: the door's limits one by one, and a few hundred requests of every kind."""

import json
import re
import socket
from concurrent.futures import ThreadPoolExecutor

import anyio
import httpx
import pytest

from demo.api import ONLY_UPLOADED
from demo.door import (
    AT_ONCE,
    CLOSED,
    DEEPEST,
    DISK_FULL,
    LARGEST_BODY,
    MOST_HELD_OF_ONE,
    MOST_VALUES,
    PER_SECOND,
    Door,
    Refused,
    address_of,
    check_json,
)
from tests import hostile
from tests.launching import ROOT, Launch

EACH = 25  # requests of a kind


@pytest.fixture(scope="module")
def launch(tmp_path_factory):
    """The page, served by a process of its own, with its temporary files in a folder of its own."""
    folder = tmp_path_factory.mktemp("server")
    (folder / "tmp").mkdir()
    places = {"TMPDIR": str(folder / "tmp"), "GRADIO_TEMP_DIR": str(folder / "uploads")}
    flags = ["--checkpoint", ROOT / "assets" / "pretrained.pt", "--data", folder / "none"]
    with Launch(folder / "log", *flags, **places) as launch:
        launch.folder = folder
        launch.wait_until_serving()
        yield launch


@pytest.fixture(scope="module")
def visitor(launch):
    with httpx.Client(base_url=f"http://127.0.0.1:{launch.port}", timeout=20) as visitor:
        yield visitor


@pytest.fixture(scope="module")
def kinds(visitor):
    config = visitor.get("/config").json()
    return hostile.kinds(
        [function["id"] for function in config["dependencies"]], [block["id"] for block in config["components"]]
    )


def memory(launch) -> float:
    """Resident, in MB; 0 where it can't be told."""
    try:
        with open(f"/proc/{launch.process.pid}/status") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1]) / 1e3
    except OSError:
        return 0


def test_requests_of_every_kind_do_no_harm(launch, visitor, kinds):
    before = memory(launch)
    for strategy in kinds.values():
        for request in hostile.drawn(strategy, EACH):
            status, content = request.send(visitor)
            assert b"Traceback" not in content, request
            assert b"root:x:0" not in content, request
            assert status < 501, request
            if status == 500:
                assert json.loads(content)["error"] in (ONLY_UPLOADED, "Send an image file."), request
    assert memory(launch) - before < 300
    assert launch.serves()
    assert not list((launch.folder / "tmp").iterdir())
    assert "Traceback" not in launch.said


@pytest.mark.parametrize("request_", hostile.huge(8), ids=lambda request: f"{request.path} {len(request.headers)}")
def test_a_huge_body_is_refused(visitor, request_):
    status, content = request_.send(visitor)
    assert status in (0, 400, 413)  # or the connection is closed in the middle of it
    assert b"Traceback" not in content


@pytest.mark.parametrize(
    "path", ["proxy=http://a/", "process_recording", "vibe-edit/", "custom_component/a/b/c/d", "file/a"]
)
def test_what_the_page_has_no_need_of_is_closed(visitor, path):
    for method in ("GET", "POST"):
        answer = visitor.request(method, f"/gradio_api/{path}")
        assert answer.status_code == 404
        assert answer.json() == {"detail": "There is nothing here."}


def test_the_icon_is_scaled_to_its_two_sizes_alone(visitor):
    assert visitor.get("/pwa_icon/192").status_code == 200
    assert visitor.get("/pwa_icon/20000").status_code == 404
    assert CLOSED.match("/pwa_icon/1920")


def classified(visitor, file: object) -> str:
    event = visitor.post("/gradio_api/call/classify", json={"data": [file]}).json()["event_id"]
    return visitor.get(f"/gradio_api/call/classify/{event}").text


@pytest.mark.parametrize("meta", [{}, {"meta": {"_type": "gradio.FileData"}}])
@pytest.mark.parametrize("path", ["/etc/passwd", "https://example.com/a.png", "http://127.0.0.1:9/", "a\0b"])
def test_only_what_was_uploaded_is_read(visitor, path, meta):
    file = {"path": path} | meta
    if meta:
        for listener in range(5):
            event = {"data": [{"deep": [file]}], "fn_index": listener, "session_hash": "a"}
            assert visitor.post("/gradio_api/run/predict", json=event).json() == {"detail": ONLY_UPLOADED}
        assert visitor.post("/gradio_api/call/v2/classify", json={"image": file}).json() == {"detail": ONLY_UPLOADED}
    else:
        said = classified(visitor, file)
        assert said.startswith("event: error")
        assert "digit" not in said


def test_no_script_of_the_page_makes_html_of_text():
    makes_html = re.compile(r"(inner|outer)HTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser")
    scripts = list((ROOT / "assets").rglob("*.js"))
    assert len(scripts) > 15
    assert not [path.name for path in scripts if makes_html.search(path.read_text(encoding="utf-8"))]


# --- the door's limits -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{}", b"\x00\xff", b'{"a": "[[[["}', b'{"a": "\\"[["}', b'"\\\\"', b"[" * DEEPEST + b"]" * DEEPEST),
        json.dumps({"data": [json.dumps([{"label": 1, "ink": hostile.INK}] * 100)]}).encode(),
    ],
)
def test_what_is_not_deep_is_let_in(body):
    check_json(body)


@pytest.mark.parametrize(
    "body",
    [
        *(b"[", b"]", b'"\\"' + b"[" * 50, b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), b"[" * 4_000 + b"]" * 4_000),
        *(b'{"a":' * 40 + b"1" + b"}" * 40, b"[0" + b",0" * MOST_VALUES),
    ],
    ids=range(7),
)
def test_what_is_deep_or_wide_is_refused(body):
    with pytest.raises(Refused):
        check_json(body)


def test_a_networks_addresses_are_one_visitors():
    assert address_of("2001:db8:1:2:3::4") == address_of("2001:db8:1:2:9::9") != address_of("2001:db8:1:3::1")
    assert address_of("10.0.0.1") != address_of("10.0.0.2")
    assert address_of("") == ""


def test_a_flood_of_questions_is_refused_and_only_from_its_address():
    now = 0.0
    door = Door(None, clock=lambda: now)

    def asks(address: str) -> bool:
        try:
            door._admit(scope, address)
        except Refused as refused:
            return refused.status != 429
        return True

    scope = {"path": "/gradio_api/run/predict", "query_string": b"", "method": "POST", "headers": []}
    assert sum(asks("flood") for _ in range(AT_ONCE + 500)) == pytest.approx(AT_ONCE, abs=1)
    assert asks("other")
    now = 2.0
    assert sum(asks("flood") for _ in range(1_000)) == pytest.approx(2 * PER_SECOND, abs=1)


def test_a_classroom_behind_one_address_is_not_refused():
    """300 pages open within a minute, and then a stroke of each every three seconds."""
    now = 0.0
    door = Door(None, clock=lambda: now)
    scope = {"path": "/gradio_api/run/predict", "query_string": b"", "method": "POST", "headers": []}
    for second in range(120):
        for _ in range(150):
            now = float(second)
            door._admit(scope, "school")


def answered(door: Door, parts: list[dict], **scope: object) -> list[dict]:
    """What a door answers to a request that arrives in these parts, and then goes on for ever."""
    sent = []

    async def receive() -> dict:
        if not parts:
            await anyio.sleep_forever()
        return parts.pop(0)

    async def send(message: dict) -> None:
        sent.append(message)

    request = {"type": "http", "path": "/a", "query_string": b"", "method": "POST", "headers": []}
    with ThreadPoolExecutor() as pool:  # as the browser's tests leave an event loop in this one
        pool.submit(anyio.run, door, request | scope, receive, send).result()
    return sent


@pytest.mark.parametrize("path", ["/gradio_api/run/predict", "/gradio_api/upload"])
def test_a_body_that_never_ends_is_not_waited_for(monkeypatch, path):
    monkeypatch.setattr("demo.door.SLOWEST", 0.01)
    begun = {"type": "http.request", "body": b"[", "more_body": True}
    assert answered(Door(None), [begun], path=path)[0]["status"] == 408


def test_an_upload_that_breaks_off_leaves_nothing_on_the_disk(launch, visitor):
    uploads = launch.folder / "uploads"
    before = set(uploads.rglob("*"))
    head = "POST /gradio_api/upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n"
    head += "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
    part = '--b\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\nhalf'
    with socket.create_connection(("127.0.0.1", launch.port)) as connection:
        connection.sendall((head + part).encode())
    assert visitor.get("/").status_code == 200
    assert set(uploads.rglob("*")) == before


def test_a_full_disk_is_said_in_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    monkeypatch.setattr("demo.door.ROOM", 2**62)
    start, body = answered(Door(None), [{"type": "http.request", "body": b"a file"}], path="/gradio_api/upload")
    assert start["status"] == 507
    assert json.loads(body["body"]) == {"detail": DISK_FULL}


def test_one_address_can_not_hold_all_the_memory_for_bodies():
    door = Door(None)
    door._held["crowded"] = MOST_HELD_OF_ONE
    begun = {"type": "http.request", "body": b"[", "more_body": True}
    assert answered(door, [begun], client=("crowded", 1))[0]["status"] == 429
    assert door._held == {"crowded": MOST_HELD_OF_ONE}


def test_a_fault_is_named_in_the_log_and_not_to_the_visitor(capsys):
    async def fails(scope, receive, send) -> None:
        raise LookupError("a secret")

    start, body = answered(Door(fails), [{"type": "http.request", "body": b"[]"}])
    assert start["status"] == 400
    assert json.loads(body["body"]) == {"detail": "The server can't make sense of this request."}
    assert re.search(r"'/a' failed: LookupError in .*test_hostile.py:\d+\.\n", capsys.readouterr().err)


def test_websockets_are_refused():
    assert answered(Door(None), [], type="websocket") == [{"type": "websocket.close", "code": 1008}]


def test_bodies_are_limited(visitor):
    answer = visitor.post("/gradio_api/run/predict", content=b"1" * (LARGEST_BODY + 1), headers=hostile.JSON)
    assert answer.status_code == 413


def test_multipart_goes_to_the_upload_alone(visitor):
    answer = visitor.post("/gradio_api/component_server", files={"a": b"b"})
    assert answer.status_code == 415
