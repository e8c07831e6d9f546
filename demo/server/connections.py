"""Limits for connections, before there is a request: how many there are, and how long a request's head may take.

uvicorn has neither, and does not promise what is used of it here: tests/demo/server/test_connections.py fails when that
changes.
"""

from collections import Counter
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol

from demo.server.metrics import metrics

HEAD_SECONDS = 10.0  # from the opening of a connection, or the end of its last request, to the end of a request's head
MAX_CONNECTIONS = 3_000  # of one address, which may be a lecture hall's, or a proxy's
CHECK_SECONDS = 1.0

_open: Counter[str] = Counter()  # connections, by address


class LimitedProtocol(H11Protocol):
    """A connection that is closed where no complete head arrives in time, or if its address has too many."""

    _host = ""
    _waiting_since: float | None = None

    def connection_made(self, transport: Any) -> None:
        """Count it."""
        super().connection_made(transport)
        self._host = self.client[0] if self.client else ""
        _open[self._host] += 1
        if _open[self._host] > MAX_CONNECTIONS:
            metrics.count("rejections", "connections")
            transport.abort()
            return
        self._waiting_since = self.loop.time()
        self.loop.call_later(CHECK_SECONDS, self._check)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count it no longer."""
        super().connection_lost(exc)
        _open[self._host] -= 1
        if not _open[self._host]:
            del _open[self._host]

    def on_response_complete(self) -> None:
        """From now on, the next head is waited for."""
        self._waiting_since = self.loop.time()
        super().on_response_complete()

    def _check(self) -> None:
        if self.transport.is_closing():
            return
        is_idle = self.cycle is None or self.cycle.response_complete
        if is_idle and self._waiting_since is not None and self.loop.time() - self._waiting_since > HEAD_SECONDS:
            metrics.count("rejections", "slow head")
            self.transport.abort()
            return
        self.loop.call_later(CHECK_SECONDS, self._check)


def open_connections() -> int:
    """How many there are."""
    return _open.total()


def limit_connections(config: Config) -> None:
    """Have a web server make its connections, from now on, with these limits."""
    config.http_protocol_class = LimitedProtocol
