"""Log lines about requests: a stranger decides how many there are, so there is a limit."""

import logging
import sys
import time
from collections.abc import Callable

LINES, LINES_PER_SECOND = 50, 1.0  # at once; and on and on


class LineLimit(logging.Filter):
    """Lets some lines of a log through, and then one a second. It says how many were left out.

    Args:
        clock: gives seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._left, self._at, self._omitted = float(LINES), clock(), 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a line of a logger is to be written."""
        return self._lets_through()

    def say(self, line: str) -> None:
        """Write a line to stderr, within the limit."""
        if self._lets_through():
            print(line, file=sys.stderr)

    def _lets_through(self) -> bool:
        now = self._clock()
        self._left = min(float(LINES), self._left + (now - self._at) * LINES_PER_SECOND)
        self._at = now
        if self._left < 1:
            self._omitted += 1
            return False
        self._left -= 1
        if self._omitted:
            print(f"{self._omitted:,} lines were left out of the log.", file=sys.stderr)
            self._omitted = 0
        return True


lines = LineLimit()  # one for the whole process


def limit_logs() -> None:
    """Limit what the web server logs of requests that are no HTTP."""
    logging.getLogger("uvicorn.error").addFilter(lines)
