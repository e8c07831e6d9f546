"""Request limits: what a request may carry, and how often and how much at once one address may ask.

Everything that arrives is untrusted, and Gradio itself sets no limits. These are wide enough for a classroom of 300
behind one address, and narrow enough that one address can't take the server from the others. What is open at all is in
routes.py.
"""

import errno
import json
import re
import shutil
import time
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo.payloads import MAX_DRAWINGS_TEXT, MAX_INK
from demo.server import headers as headers_module
from demo.server import kept as kept_module
from demo.server.addresses import address_of, is_local
from demo.server.gradio_internals import ONLY_UPLOADS, find_upload, naming_uploads, route_path, upload_folder
from demo.server.headers import adding, believed, header, security_headers
from demo.server.kept import Kept
from demo.server.log import describe, log
from demo.server.metrics import metrics
from demo.server.plain import Endpoint, as_json, send_answer
from demo.server.routes import NOTHING, Kind, Route, as_matched, find_route
from model.data.images import MAX_FILE_BYTES
from model.paths import ROOT

MAX_BODY = MAX_DRAWINGS_TEXT + 200_000  # bytes; drawings to fine-tune on are the largest payload, as JSON within JSON
MAX_UPLOAD = MAX_FILE_BYTES + 10_000  # bytes; with what multipart adds
MAX_BODIES = {
    Kind.EVENT: MAX_BODY,
    Kind.CALL: 10_000,
    Kind.VERIFY: 4 * MAX_INK,  # ink that is too long, too, is answered in a sentence
    Kind.UPLOAD: MAX_UPLOAD,
    Kind.PREDICT: MAX_FILE_BYTES,
}
MAX_PATH = 2_000  # bytes of path and query
MAX_HELD, MAX_HELD_PER_ADDRESS = 30_000_000, 10_000_000  # bytes of bodies in memory at once
# The first bytes of each body, all of a drawing's among them, have a budget that large ones can't use up.
SMALL_BODY, MAX_SMALL, MAX_SMALL_PER_ADDRESS = 20_000, 10_000_000, 3_000_000
MAX_SECONDS = 60.0  # that a body may take to arrive
GRACE, MIN_RATE = 10.0, 10_000  # seconds, and the bytes a second that a body must bring to get more time
MAX_DEPTH, MAX_VALUES = 32, 10_000  # of JSON: nested brackets, and values outside of strings
REQUESTS_PER_SECOND, BURST = 200, 2_000  # of one address, by cost; 300 students lift 150 pens a second
# What a request costs, in requests. A page that opens asks for 150 files.
COSTS = {Kind.FILE: 0.05, Kind.ALIVE: 0.05, Kind.CALL: 20.0, Kind.UPLOAD: 20.0, Kind.PREDICT: 20.0}
MAKING_COST = 20.0  # of an answer that is not kept yet
PAUSE = 1.0  # second until one request too many is answered, as some clients ask again at once
AT_ONCE = 8  # requests of one address that are worked on; more wait for their turn
MAX_OPEN = 1_500  # requests of one address that have not been answered
MAX_ADDRESSES = 10_000  # that are remembered
MIN_DISK = 10_000_000  # bytes that must be free

NOTHING_HERE = "There is nothing here."
TOO_LARGE = "The limit for what is sent here is {:,} bytes."
ONLY_JSON = "Only JSON in UTF-8 is taken here."
DISK_FULL = "The server's disk takes no more files for now. Drawing works without it."
DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
STRINGS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
BRACKETS = bytes.maketrans(b"{}", b"[]")
NO_BRACKET = bytes(set(range(256)) - set(b"[]{}"))
JSON = (Kind.EVENT, Kind.CALL, Kind.VERIFY)
OWN_FOLDERS = (ROOT / "demo", ROOT / "model")
PASSING = {str(path) for path in (__file__, headers_module.__file__, kept_module.__file__)}  # they call the next app


# Of a request that is not served, for the operator's figures.
REASONS = {
    403: "cross-site",
    408: "slow body",
    413: "too large",
    414: "too large",
    429: "too many",
    503: "busy",
    507: "disk full",
}


class RejectedError(Exception):
    """A request that is not served: its HTTP status, and one sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Budget:
    """Bytes of bodies in memory: of all addresses, and of each."""

    def __init__(self) -> None:
        self._held: Counter[str] = Counter()

    def take(self, address: str, size: int, total: int, per_address: int) -> None:
        """Count bytes of an address.

        Raises:
            RejectedError: if it now holds more than its part, or all addresses hold more than the total.
        """
        self._held[address] += size
        if self._held[address] > per_address:
            raise RejectedError(429, "Too much came from your address at once. Try again in a few seconds.")
        if self._held.total() > total:
            raise RejectedError(503, "The server is busy. Try again in a few seconds.")

    def give_back(self, address: str, size: int) -> None:
        """Count bytes no longer."""
        self._held[address] -= size
        if not self._held[address]:
            del self._held[address]


class RequestLimits:
    """The outermost middleware of the server (ASGI).

    Args:
        app: what it protects.
        plain: the endpoints that need nothing of that app, by what they are for.
        ancestors: the pages that may show this one in a frame, as CSP's frame-ancestors has them.
        is_space: whether this is a Space of Hugging Face.
        clock: gives seconds.
    """

    def __init__(
        self,
        app: ASGIApp,
        plain: Mapping[Kind, Endpoint] | None = None,
        ancestors: str = "'self'",
        is_space: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app, self._is_space, self._clock = app, is_space, clock
        self._plain = plain or {}
        self._kept = Kept(app)
        self._headers = security_headers(ancestors)
        self._full_at: dict[str, float] = {}  # when an address may send a full burst again
        self._open: Counter[str] = Counter()
        self._small, self._large = Budget(), Budget()
        self._turns: dict[str, anyio.CapacityLimiter] = {}  # for the requests of an address that are worked on

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or reject it in one sentence."""
        if scope["type"] == "websocket":  # the page needs none
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        send = adding(self._headers, send)
        scope = as_matched(scope)
        route = find_route(route_path(scope), scope["method"])
        if route is None or (route.kind is Kind.METRICS and not (Kind.METRICS in self._plain and is_local(scope))):
            route = NOTHING
        await self._serve(route, believed(scope, self._is_space), receive, send)

    @property
    def open(self) -> int:
        """How many requests have not been answered yet."""
        return self._open.total()

    async def _serve(self, route: Route, scope: Scope, receive: Receive, send: Send) -> None:
        address, body = address_of((scope.get("client") or ("",))[0]), bytearray()
        has_begun = has_turn = False
        turns, turn = self._turns.setdefault(address, anyio.CapacityLimiter(AT_ONCE)), object()

        async def sending(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            end_turn()  # a visitor with a slow connection takes none from the others
            await send(message)

        def end_turn() -> None:
            nonlocal has_turn
            if has_turn:
                has_turn = False
                turns.release_on_behalf_of(turn)

        self._open[address] += 1
        try:
            self.admit(scope, address, route)
            if route.kind is Kind.ALIVE:
                return await _answer(sending, 200, "The server is there.")
            if route is NOTHING:
                return await _answer(sending, 404, NOTHING_HERE)
            sent: Any = None
            if scope["method"] == "POST":
                # All of it before Gradio sees it: of an upload that breaks off, it would leave half a file on the disk.
                await self._read(receive, address, body, MAX_BODIES[route.kind])
                sent = bytes(body)
                if route.kind in JSON:
                    sent = parse_json(sent)
            if route.kind is not Kind.STREAM:
                await turns.acquire_on_behalf_of(turn)
                has_turn = True
            if plain := self._plain.get(route.kind):
                await send_answer(sending, await plain(sent, address), scope["method"])
            else:
                if scope["method"] == "POST":
                    receive = _replaying(self._for_gradio(route, sent), receive)
                app = self._kept if route.kind is Kind.KEPT else self._app
                await app(scope, receive, naming_uploads(sending) if route.kind is Kind.UPLOAD else sending)
        except RejectedError as rejected:
            metrics.count("rejections", REASONS.get(rejected.status, "bad request"))
            if rejected.status == 429 and not body and self._open[address] <= MAX_OPEN:
                await anyio.sleep(PAUSE)
            if not has_begun:
                await _answer(send, rejected.status, str(rejected))
        except Exception as error:
            status, sentence = fault(error, scope["path"])
            if not has_begun:
                await _answer(send, status, sentence)
        finally:
            end_turn()
            self._small.give_back(address, min(len(body), SMALL_BODY))
            self._large.give_back(address, max(len(body) - SMALL_BODY, 0))
            self._open[address] -= 1
            if not self._open[address]:
                del self._open[address], self._turns[address]

    def _for_gradio(self, route: Route, sent: Any) -> bytes:
        """A body for Gradio, checked. JSON is written anew, so that Gradio parses nothing else than was checked."""
        if route.kind is Kind.UPLOAD:
            check_disk()
            return bytes(sent)
        check_event(sent)
        return json.dumps(sent).encode()

    def admit(self, scope: Scope, address: str, route: Route) -> None:
        """Check a request's path and headers, and count it.

        Raises:
            RejectedError: if it is not to be served.
        """
        if len(scope["path"]) + len(scope["query_string"]) > MAX_PATH:
            raise RejectedError(414, "The address is too long.")
        if self._open[address] > MAX_OPEN:
            raise RejectedError(429, "Too many requests from your address are open. Close some pages.")
        if scope["method"] == "POST" and route is not NOTHING:
            _check_post(scope, route.kind)
        is_new = route.kind is Kind.KEPT and scope not in self._kept
        self._count(address, MAKING_COST if is_new else COSTS.get(route.kind, 1.0))

    async def _read(self, receive: Receive, address: str, body: bytearray, max_size: int) -> None:
        """Read a body, within the limits."""
        begun = anyio.current_time()
        try:
            with anyio.fail_after(min(GRACE, MAX_SECONDS)) as scope:
                async for part in _parts(receive):
                    before = min(len(body), SMALL_BODY)
                    body += part
                    small = min(len(body), SMALL_BODY) - before
                    self._small.take(address, small, MAX_SMALL, MAX_SMALL_PER_ADDRESS)
                    self._large.take(address, len(part) - small, MAX_HELD, MAX_HELD_PER_ADDRESS)
                    if len(body) > max_size:
                        raise RejectedError(413, TOO_LARGE.format(max_size))
                    scope.deadline = begun + min(GRACE + len(body) / MIN_RATE, MAX_SECONDS)
        except TimeoutError:
            raise RejectedError(408, "The request did not arrive in time.") from None

    def _count(self, address: str, cost: float) -> None:
        """Take requests out of an address's token bucket, which is kept as the moment when it will be full."""
        now = self._clock()
        full_at = max(self._full_at.get(address, now), now) + cost / REQUESTS_PER_SECOND
        if full_at - now > BURST / REQUESTS_PER_SECOND:
            raise RejectedError(429, "Too many requests came from your address. Try again in a few seconds.")
        if len(self._full_at) >= MAX_ADDRESSES:
            self._full_at = {known: moment for known, moment in self._full_at.items() if moment > now}
        self._full_at[address] = full_at


def fault(error: Exception, path: str) -> tuple[int, str]:
    """Log an exception that a request led to; returns the status and the sentence that it is answered with.

    It is the project's own if the project's code, other than what only calls the next app, is part of the traceback,
    and else it is Gradio's, of a request that it can't make sense of.
    """
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if any(Path(frame.filename).is_relative_to(folder) for folder in OWN_FOLDERS)]
    is_own = [frame for frame in own if frame.filename not in PASSING or frame is frames[-1]]
    place = (is_own or frames)[-1]
    metrics.count("faults")
    log.write(
        "fault",
        f"A request to {path[:80]!r} failed: {type(error).__name__} in {place.filename}:{place.lineno}.",
        trace=describe(error),
    )
    if isinstance(error, OSError) and error.errno in DISK_ERRORS:
        return 507, DISK_FULL
    if is_own:
        return 500, "The server made a mistake. It is in its log."
    return 400, "The server can't make sense of this request."


def check_json(body: bytes) -> None:
    """Reject JSON that is deeply nested or has a great many values, before anybody parses it; other text passes.

    Innermost pairs of brackets are removed, all at once, as often as brackets may be nested.
    """
    outside = STRINGS.sub(b"", body)
    brackets = outside.translate(BRACKETS, NO_BRACKET)
    if outside.count(b",") + len(brackets) > MAX_VALUES:
        raise RejectedError(413, f"A request may have at most {MAX_VALUES:,} values.")
    for _ in range(MAX_DEPTH):
        brackets = brackets.replace(b"[]", b"")
    if brackets:
        raise RejectedError(400, f"This is not JSON, or it is more than {MAX_DEPTH} brackets deep.")


def parse_json(body: bytes) -> Any:
    """A body as JSON in UTF-8: in another encoding, brackets could not be counted.

    Raises:
        RejectedError: for anything else.
    """
    check_json(body)
    try:
        return json.loads(body.decode("utf-8"))
    except ValueError:
        raise RejectedError(400, ONLY_JSON) from None


def check_event(event: Any) -> None:
    """Reject an event that would make Gradio fail with a traceback, or fetch or copy files.

    Each of the page's events carries one value, and the only files are those that were uploaded.
    """
    if not isinstance(event, dict):
        raise RejectedError(422, "An event is a JSON object.")
    values, calls_a_component = event.get("data"), "component_id" in event
    if isinstance(values, list) and len(values) != 1 and not calls_a_component:
        raise RejectedError(422, "An event carries one value.")
    waiting: list[Any] = [event]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if not find_upload(value):
                raise RejectedError(422, ONLY_UPLOADS)
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def check_disk() -> None:
    """Reject an upload if the disk is nearly full; Gradio would write as much of it as there is room for."""
    folder = upload_folder()
    folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free < MIN_DISK:
        raise RejectedError(507, DISK_FULL)


def _check_post(scope: Scope, kind: Kind) -> None:
    """Reject a request with a body by its headers."""
    if header(scope, b"sec-fetch-site") == "cross-site":
        raise RejectedError(403, "Pages of other sites can't send anything here.")
    length = header(scope, b"content-length")
    if length.isdecimal() and int(length[:20]) > MAX_BODIES[kind]:
        raise RejectedError(413, TOO_LARGE.format(MAX_BODIES[kind]))
    content_type = header(scope, b"content-type").partition(";")[0].strip().lower()
    if kind in JSON and content_type != "application/json":
        raise RejectedError(415, ONLY_JSON)
    if kind is Kind.PREDICT and content_type.startswith("multipart/"):
        raise RejectedError(415, "The image itself is the body: curl --data-binary @7.png")


async def _parts(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise RejectedError(400, "The request was cut off.")
        yield message.get("body", b"")
        if not message.get("more_body"):
            return


def _replaying(body: bytes, receive: Receive) -> Receive:
    """Receives the body that was read already, and then what comes after it."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def received() -> Message:
        return messages.pop() if messages else await receive()

    return received


async def _answer(send: Send, status: int, sentence: str) -> None:
    await send_answer(send, as_json({"detail": sentence}, status))
