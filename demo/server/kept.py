"""Answers that are the same for everyone: made once, and kept as the packed bytes that are sent."""

from collections import OrderedDict
from collections.abc import MutableMapping
from typing import Any

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo.server.headers import header

MAX_KEPT = 5_000_000  # bytes: all that one name of the server needs is about a third of it
Key = tuple[str, ...]
Answer = tuple[Message, Message]  # its start, and its whole body


class Kept:
    """Keeps what an app answers to GET.

    It depends on the path, on the host that it is asked by, as Gradio makes addresses of it, and on the encoding. The
    query is left out: `?view=` is the page's own affair, and Gradio's `?deep_link=` is not needed.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._answers: OrderedDict[Key, Answer] = OrderedDict()
        self._lock = anyio.Lock()

    def __contains__(self, scope: Scope) -> bool:
        return _key(scope) in self._answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with what is kept, or make it; what is made for one visitor is not made for another at a time."""
        key = _key(scope)
        if key not in self._answers:
            async with self._lock:
                if key not in self._answers:
                    start, body = await self._make(scope, receive, key)
                    if start["status"] != 200:
                        await _replay(start, body, scope, send)
                        return
                    self._answers[key] = start, body
                    self._forget()
        self._answers.move_to_end(key)
        await _replay(*self._answers[key], scope, send)

    def _forget(self) -> None:
        """Drop the answers that have not been asked for longest, beyond what may be kept; never the newest."""
        sizes = {key: len(body["body"]) for key, (_, body) in self._answers.items()}
        while sum(sizes.values()) > MAX_KEPT and len(sizes) > 1:
            key, _ = self._answers.popitem(last=False)
            del sizes[key]

    async def _make(self, scope: Scope, receive: Receive, key: Key) -> Answer:
        start: MutableMapping[str, Any] = {}
        body = bytearray()

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                body.extend(message.get("body", b""))

        headers = [pair for pair in scope["headers"] if pair[0] in (b"host", b"x-forwarded-proto")]
        headers.append((b"accept-encoding", key[0].encode()))
        request = {**scope, "method": "GET", "query_string": b"", "headers": headers}
        await self._app(request, receive, keep)
        return start, {"type": "http.response.body", "body": bytes(body)}


def _key(scope: Scope) -> Key:
    accepted = header(scope, b"accept-encoding")
    encoding = "br, gzip" if "br" in accepted else "gzip" if "gzip" in accepted else "identity"
    is_secure = scope.get("scheme") == "https" or header(scope, b"x-forwarded-proto").startswith("https")
    return encoding, scope["path"], header(scope, b"host"), str(is_secure)


async def _replay(start: Message, body: Message, scope: Scope, send: Send) -> None:
    await send({**start, "headers": list(start["headers"])})
    await send({**body, "body": b""} if scope["method"] == "HEAD" else body)
