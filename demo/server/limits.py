"""Request limits: what a request may carry, and how often one address may ask.

Everything that arrives is untrusted, and Gradio itself sets no limits. These keep the process alive, whatever one
address sends; that others are served meanwhile is a proxy's work (deploy/haproxy.cfg).
"""

import ipaddress
import logging
import time
import traceback

import anyio
from starlette._utils import get_route_path
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo.server.gradio_internals import as_call
from demo.server.headers import believed, security_headers
from demo.server.routes import Route, as_matched, find_route

REQUESTS_PER_SECOND, BURST = 200, 2_000  # of one address, by cost; 300 students lift 150 pens a second
MAX_ADDRESSES = 10_000  # that are remembered
MAX_BODIES = 40_000_000  # bytes of all bodies in memory at once
MAX_SECONDS = 30.0  # until a body has arrived
LOG_LINES, LOG_LINES_PER_SECOND = 50, 1.0  # at once, and on and on

NOTHING_HERE = "There is nothing here."


class RequestLimits:
    """The outermost middleware of the server (ASGI). `ancestors` are the pages that may frame this one, as in CSP."""

    def __init__(self, app: ASGIApp, ancestors: str = "'self'", is_space: bool = False) -> None:
        self._app, self._is_space = app, is_space
        self._headers = security_headers(ancestors)
        self._full_at: dict[str, float] = {}  # when an address may send a full burst again
        self._held = 0  # bytes of bodies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or reject it in one sentence."""
        if scope["type"] == "websocket":  # the page needs none
            return await send({"type": "websocket.close", "code": 1008})
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        scope, body, has_begun = believed(as_matched(scope), self._is_space), bytearray(), False

        async def sending(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        async def receiving() -> Message:
            """The body, which was read already, and then what comes after it."""
            return messages.pop() if messages else await receive()

        messages: list[Message] = []
        try:
            route = self.admit(scope)
            if route.max_body:
                await self._read(Request(scope, receive), route, body)
                messages = [{"type": "http.request", "body": as_call(bytes(body)) if route.is_call else bytes(body)}]
            await self._app(scope, receiving, sending)
        except ClientDisconnect:
            pass
        except Exception as error:
            rejected = error if isinstance(error, HTTPException) else _fault(error, scope["path"])
            if not has_begun:
                await JSONResponse({"detail": rejected.detail}, rejected.status_code)(scope, receive, sending)
        finally:
            self._held -= len(body)

    def admit(self, scope: Scope) -> Route:
        """The route of a request, whose headers are checked, and which is counted.

        Raises:
            HTTPException: if it is not to be served.
        """
        route = find_route(get_route_path(scope), scope["method"])
        self._count(address_of((scope.get("client") or ("",))[0]), route.cost if route else 1.0)
        if route is None:
            raise HTTPException(404, NOTHING_HERE)
        if scope["method"] == "POST" and Headers(scope=scope).get("sec-fetch-site") == "cross-site":
            raise HTTPException(403, "Pages of other sites can't send anything here.")
        return route

    async def _read(self, request: Request, route: Route, body: bytearray) -> None:
        """Read a body, within the limits."""
        try:
            with anyio.fail_after(MAX_SECONDS):
                async for part in request.stream():
                    body += part
                    self._held += len(part)
                    if len(body) > route.max_body:
                        raise HTTPException(413, f"The limit for what is sent here is {route.max_body:,} bytes.")
                    if self._held > MAX_BODIES:
                        raise HTTPException(503, "The server is busy. Try again in a few seconds.")
        except TimeoutError:
            raise HTTPException(408, "The request did not arrive in time.") from None

    def _count(self, address: str, cost: float) -> None:
        """Take a request out of an address's token bucket, which is kept as the moment when it will be full."""
        now = time.monotonic()
        full_at = max(self._full_at.get(address, now), now) + cost / REQUESTS_PER_SECOND
        if full_at - now > BURST / REQUESTS_PER_SECOND:
            raise HTTPException(429, "Too many requests came from your address. Try again in a few seconds.")
        if len(self._full_at) >= MAX_ADDRESSES:
            self._full_at = {known: moment for known, moment in self._full_at.items() if moment > now}
        self._full_at[address] = full_at


def address_of(host: str) -> str:
    """The address that a client is counted under: for IPv6 its /64 network, as one visitor has all of it."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host  # not an address: a socket, or a test
    if address.version == 4:
        return host
    return str(address.ipv4_mapped or ipaddress.ip_network((int(address), 64), strict=False))


class LogLimit(logging.Filter):
    """Lets some lines into a log, and then one a second: strangers decide how many there would be."""

    _left, _at = float(LOG_LINES), 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a line is written."""
        self._left = min(LOG_LINES, self._left + (record.created - self._at) * LOG_LINES_PER_SECOND)
        self._at = record.created
        is_written = self._left >= 1
        self._left -= is_written
        return is_written


log = logging.getLogger("digit-sketchpad")
for _logger in (log, logging.getLogger("uvicorn.error")):
    _logger.addFilter(LogLimit())


def _fault(error: Exception, path: str) -> HTTPException:
    """Log an exception in one line: its type, and where it came from, the innermost place first."""
    places = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[::-1]]
    log.error("A request to %r failed: %s in %s", path[:80], type(error).__name__, " < ".join(places[:4]))
    return HTTPException(500, "The server made a mistake. It is in its log.")
