"""The door of the server: what a request may carry, how often one address may ask, and which of Gradio's ways are open.

Everything that arrives is untrusted, and Gradio itself sets no limit to it. The limits are wide enough for a classroom
of 300 behind one address, and narrow enough that one address can't take the server from the others.
"""

import errno
import ipaddress
import json
import re
import shutil
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import gradio as gr
from gradio.data_classes import FileData
from gradio.utils import get_upload_folder
from pydantic import ValidationError

from demo.api import ONLY_UPLOADED, uploaded
from demo.lessons import LARGEST_LESSON
from model.images import LARGEST_FILE

LARGEST_BODY = LARGEST_LESSON + 200_000  # bytes; a lesson is the largest thing that the page sends, as JSON in JSON
LARGEST_UPLOAD = LARGEST_FILE + 10_000  # bytes; with what multipart adds
LARGEST_ADDRESS = 2_000  # bytes of path and query
MOST_HELD, MOST_HELD_OF_ONE = 30_000_000, 10_000_000  # bytes of bodies in memory at once: of all, of one address
SLOWEST = 60.0  # seconds that a body may take to arrive
DEEPEST, MOST_VALUES = 32, 10_000  # of JSON: brackets in brackets, and values outside of strings
PER_SECOND, AT_ONCE = 200, 2_000  # questions of one address; 300 students lift 150 pens a second
UPLOAD_COSTS = 20  # questions
MOST_OPEN = 1_500  # answers that one address waits for; each open page holds one
MOST_ADDRESSES = 10_000  # that are remembered

ALIVE = "/alive"  # what the page knocks at before it asks; answered here, it costs a tenth of what it costs Gradio
UPLOAD = "/gradio_api/upload"
# What Gradio offers beyond this page: fetching from other hosts, writing files, scaling icons, editing, debugging.
CLOSED = re.compile(
    r"/gradio_api/(proxy=|process_recording|vibe-|undo-vibe|custom_component/|stream/|deep_link|dev/|file/|runs)"
    r"|/(gradio_api/)?(monitoring|login|logout|docs|redoc)\b"
    r"|/pwa_icon/(?!(192|512)$)"
)
TOO_LARGE = "What is sent here may have a size of at most {:,} bytes."
DISK_FULL = "The server's disk takes no more files for now. Drawing goes on without them."
ROOM = 10_000_000  # bytes that must be free on it
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
STRINGS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
BRACKETS = bytes.maketrans(b"{}", b"[]")
NO_BRACKET = bytes(set(range(256)) - set(b"[]{}"))


class Refused(Exception):  # noqa: N818  (it is no error of the server's)
    """A request that is not served: its status, and one sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Door:
    """The outermost of the server's own layers (ASGI).

    Args:
        app: what is behind it.
        clock: gives seconds.
    """

    def __init__(self, app: Callable, clock: Callable[[], float] = time.monotonic) -> None:
        self._app, self._clock = app, clock
        self._free_at: dict[str, float] = {}  # when an address will have all of its questions again
        self._open: Counter[str] = Counter()
        self._held: Counter[str] = Counter()  # bytes

    async def __call__(self, scope: dict[str, Any], receive: Callable, send: Callable) -> None:
        """Serve a request, or refuse it in one sentence."""
        if scope["type"] == "websocket":  # the page needs none
            return await send({"type": "websocket.close", "code": 1008})
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        if scope["path"] == ALIVE:
            return await _answer(send, False, 200, "The server is there.")
        address, body, begun = address_of((scope.get("client") or ("",))[0]), bytearray(), False

        async def sending(message: dict[str, Any]) -> None:
            nonlocal begun
            begun = True
            await send(message)

        self._open[address] += 1
        try:
            self._admit(scope, address)
            if scope["method"] not in ("GET", "HEAD", "OPTIONS"):
                # Whole, before Gradio sees it: it leaves half a file on the disk of an upload that breaks off.
                await self._read(receive, address, body, _largest(scope))
                whole = bytes(body)
                if _is_upload(scope):
                    check_disk()
                else:
                    check_json(whole)
                    check_event(whole)
                receive = _replayed(whole, receive)
            await self._app(scope, receive, sending)
        except Refused as refused:
            await _answer(send, begun, refused.status, str(refused))
        except Exception as error:  # what Gradio lets through, of requests that it can't make sense of
            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{place.filename}:{place.lineno}"
            print(f"A request to {scope['path'][:80]!r} failed: {type(error).__name__} in {where}.", file=sys.stderr)
            if isinstance(error, OSError) and error.errno in NO_ROOM:
                await _answer(send, begun, 507, DISK_FULL)
            else:
                await _answer(send, begun, 400, "The server can't make sense of this request.")
        finally:
            for counted, by in ((self._held, len(body)), (self._open, 1)):
                counted[address] -= by
                if not counted[address]:
                    del counted[address]

    def _admit(self, scope: dict[str, Any], address: str) -> None:
        """Let a request in by its head, or raise Refused."""
        path = scope["path"]
        if len(path) + len(scope["query_string"]) > LARGEST_ADDRESS:
            raise Refused(414, "The address is too long.")
        if CLOSED.match(path):
            raise Refused(404, "There is nothing here.")
        if self._open[address] > MOST_OPEN:
            raise Refused(429, "Too many requests from your address are open. Close some pages.")
        length = _header(scope, b"content-length")
        if length.isdecimal() and int(length[:20]) > _largest(scope):
            raise Refused(413, TOO_LARGE.format(_largest(scope)))
        if _header(scope, b"content-type").strip().lower().startswith("multipart/") and not _is_upload(scope):
            raise Refused(415, "Files go to the upload alone.")
        if scope["method"] == "POST":
            self._count(address, UPLOAD_COSTS if _is_upload(scope) else 1)

    async def _read(self, receive: Callable, address: str, body: bytearray, most: int) -> None:
        """Read a body, as far as it may go."""
        try:
            with anyio.fail_after(SLOWEST):
                async for part in _parts(receive):
                    body += part
                    self._held[address] += len(part)
                    if len(body) > most:
                        raise Refused(413, TOO_LARGE.format(most))
                    if self._held[address] > MOST_HELD_OF_ONE:
                        raise Refused(429, "Too much came from your address at once. Try again in a few seconds.")
                    if self._held.total() > MOST_HELD:
                        raise Refused(503, "The server has much to do. Try again in a few seconds.")
        except TimeoutError:
            raise Refused(408, f"A request has {SLOWEST:.0f} seconds to arrive.") from None

    def _count(self, address: str, questions: int) -> None:
        """Take questions out of an address's bucket (a token bucket, kept as the moment when it will be full)."""
        now = self._clock()
        free_at = max(self._free_at.get(address, now), now) + questions / PER_SECOND
        if free_at - now > AT_ONCE / PER_SECOND:
            raise Refused(429, "Too many questions came from your address. Try again in a few seconds.")
        if len(self._free_at) >= MOST_ADDRESSES:
            self._free_at = {known: moment for known, moment in self._free_at.items() if moment > now}
        self._free_at[address] = free_at


def address_of(host: str) -> str:
    """Who is told from whom by the host that a request comes from: of IPv6 the network, as one visitor has all of it.

    A header that names another address (X-Forwarded-For) counts only where the web server trusts who sent it: by
    default a proxy on this very machine, and else those in the environment variable FORWARDED_ALLOW_IPS.
    """
    try:
        if ipaddress.ip_address(host).version == 6:
            return str(ipaddress.ip_network((host, 64), strict=False))
    except ValueError:
        pass  # no address: a socket, or a test
    return host


def check_json(body: bytes) -> None:
    """Refuse JSON that is deep or has a great many values, before anybody parses it; other text is let pass.

    Innermost pairs of brackets are taken out, all at once, as often as there may be brackets in brackets.
    """
    outside = STRINGS.sub(b"", body)
    brackets = outside.translate(BRACKETS, NO_BRACKET)
    if outside.count(b",") + len(brackets) > MOST_VALUES:
        raise Refused(413, f"A request may have at most {MOST_VALUES:,} values.")
    for _ in range(DEEPEST):
        brackets = brackets.replace(b"[]", b"")
    if brackets:
        raise Refused(400, f"This is no JSON, or it is more than {DEEPEST} brackets deep.")


def check_event(body: bytes) -> None:
    """Refuse an event that Gradio would fail at with a traceback, or fetch or copy files for; other text is let pass.

    Each of the page's events carries one value, and the only files are those that were uploaded.
    """
    try:
        event = json.loads(body)
    except ValueError:
        return
    if not isinstance(event, dict):
        return
    values, calls_a_component = event.get("data"), "component_id" in event
    if isinstance(values, list) and len(values) != 1 and not calls_a_component:
        raise Refused(422, "An event carries one value.")
    waiting: list[Any] = [event]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict) and "path" in value and "meta" in value:
            try:
                uploaded(FileData.model_validate(value).path)
            except (ValidationError, gr.Error):
                raise Refused(422, ONLY_UPLOADED) from None
        if isinstance(value, (dict, list)):
            waiting += value.values() if isinstance(value, dict) else value


def check_disk() -> None:
    """Refuse an upload where the disk is nearly full; Gradio would write as much of it as there is room for."""
    folder = Path(get_upload_folder())
    folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free < ROOM:
        raise Refused(507, DISK_FULL)


def _is_upload(scope: dict[str, Any]) -> bool:
    return scope["path"].rstrip("/") == UPLOAD


def _largest(scope: dict[str, Any]) -> int:
    """Bytes that a request's body may have."""
    return LARGEST_UPLOAD if _is_upload(scope) else LARGEST_BODY


def _header(scope: dict[str, Any], name: bytes) -> str:
    return next((value for key, value in scope["headers"] if key == name), b"").decode("latin-1")


async def _parts(receive: Callable):  # noqa: ANN202
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Refused(400, "The request broke off.")
        yield message.get("body", b"")
        if not message.get("more_body"):
            return


def _replayed(body: bytes, receive: Callable) -> Callable:
    """The body that was read already, and then what comes after it."""
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def received() -> dict[str, Any]:
        return messages.pop() if messages else await receive()

    return received


async def _answer(send: Callable, begun: bool, status: int, sentence: str) -> None:
    if begun:
        return
    body = json.dumps({"detail": sentence}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
