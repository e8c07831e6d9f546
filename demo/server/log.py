"""The log: one line per event, on stderr, as text or as JSON.

A stranger decides how many events there are, so there is a limit.
"""

import json
import logging
import sys
import time
import traceback
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

FORMATS = ("text", "json")
LINES, LINES_PER_SECOND = 50, 1.0  # at once; and on and on


class Log(logging.Filter):
    """Writes some lines, then one a second; says how many were left out. As a filter, it takes over a logger's lines.

    Args:
        clock: gives seconds.

    Attributes:
        format: one of FORMATS.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.format = FORMATS[0]
        self._clock = clock
        self._left, self._at, self._omitted = float(LINES), clock(), 0

    def write(self, event: str, sentence: str, **fields: Any) -> None:
        """Write a line, within the limit.

        Args:
            event: its kind, in a word.
            sentence: what happened, for people.
            fields: more of it, as JSON has it; left out in text.
        """
        now = self._clock()
        self._left = min(float(LINES), self._left + (now - self._at) * LINES_PER_SECOND)
        self._at = now
        if self._left < 1:
            self._omitted += 1
            return
        self._left -= 1
        if self._omitted:
            self._print("omitted", f"{self._omitted:,} lines were left out of the log.", {"lines": self._omitted})
            self._omitted = 0
        self._print(event, sentence, fields)

    def filter(self, record: logging.LogRecord) -> bool:
        """Write a logger's record; False, as the logger itself has nothing left to do."""
        error = record.exc_info[1] if record.exc_info else None
        self.write("server", record.getMessage() + (f" {describe(error)}" if error else ""))
        return False

    def _print(self, event: str, sentence: str, fields: dict[str, Any]) -> None:
        line = " ".join(sentence.split())
        if self.format == "json":
            moment = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
            line = json.dumps({"time": moment, "event": event, "message": line, **fields})
        print(line, file=sys.stderr, flush=True)


def describe(error: BaseException) -> str:
    """An exception in one line: its type, and the places that it came through, the innermost first."""
    frames = traceback.extract_tb(error.__traceback__)[::-1]
    return f"{type(error).__name__} in {' < '.join(f'{frame.filename}:{frame.lineno}' for frame in frames)}."


log = Log()  # one for the whole process


def take_over_logs(format: str) -> None:
    """Write the log in this format, and what the web server logs of requests that are no HTTP as well."""
    log.format = format
    logging.getLogger("uvicorn.error").addFilter(log)
