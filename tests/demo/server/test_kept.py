"""The page and what is the same for everyone is made once."""

import anyio
import pytest

from demo.server import kept
from demo.server.kept import Kept


class Maker:
    """An app that counts what it makes."""

    def __init__(self, status: int = 200) -> None:
        self.made, self.status = [], status

    async def __call__(self, scope, receive, send) -> None:
        self.made.append(scope)
        await anyio.sleep(0)
        await send({"type": "http.response.start", "status": self.status, "headers": [(b"a", b"b")]})
        await send({"type": "http.response.body", "body": b"one ", "more_body": True})
        await send({"type": "http.response.body", "body": b"two"})


def asked(keeping: Kept, times: int = 1, **changes: object) -> list[bytes]:
    bodies = []

    async def send(message) -> None:
        if message["type"] == "http.response.body":
            bodies.append(message["body"])

    async def ask() -> None:
        request = {"method": "GET", "path": "/", "query_string": b"", "headers": [(b"host", b"a")]}
        async with anyio.create_task_group() as tasks:
            for _ in range(times):
                tasks.start_soon(keeping, request | changes, None, send)

    anyio.run(ask)
    return bodies


def test_a_page_is_made_once_for_a_crowd():
    maker = Maker()
    keeping = Kept(maker)
    assert asked(keeping, times=40) == [b"one two"] * 40
    assert asked(keeping, query_string=b"deep_link=a", method="HEAD") == [b""]
    assert len(maker.made) == 1
    assert maker.made[0]["query_string"] == b""


def test_it_depends_on_host_and_encoding():
    maker = Maker()
    keeping = Kept(maker)
    for host in (b"a", b"b"):
        for encoding in (b"gzip, br", b"gzip", b"identity"):
            asked(keeping, headers=[(b"host", host), (b"accept-encoding", encoding)])
    assert len(maker.made) == 6


def test_a_failure_is_not_kept():
    maker = Maker(status=500)
    keeping = Kept(maker)
    asked(keeping)
    asked(keeping)
    assert len(maker.made) == 2


@pytest.mark.parametrize(("limit", "made"), [(14, 4), (21, 3), (1, 4)])
def test_it_keeps_so_many_bytes_and_the_newest(monkeypatch, limit, made):
    monkeypatch.setattr(kept, "MAX_KEPT", limit)  # an answer has seven
    maker = Maker()
    keeping = Kept(maker)
    for host in (b"a", b"b", b"c", b"c", b"a"):
        asked(keeping, headers=[(b"host", host)])
    assert len(maker.made) == made


def test_the_served_page_is_sent_packed(http, page):
    before = http.get("/", headers={"Accept-Encoding": "gzip"})
    assert before.headers["content-encoding"] == "gzip"
    assert int(before.headers["content-length"]) < len(before.content) / 2
    described = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page.app, "get_blocks", lambda: described.append(1))
        assert http.get("/?view=all", headers={"Accept-Encoding": "gzip"}).content == before.content
    assert not described
