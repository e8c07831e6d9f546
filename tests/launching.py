"""Launching the whole product as its users do: `python app.py` in a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from model.paths import ROOT

PATIENCE = 120.0  # seconds; for a machine that has other things to do


def clean_environment(**variables: str) -> dict[str, str]:
    """The environment without what would change the product's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DIGITS_", "GRADIO_", "PYTHON"))}
    return kept | {"GRADIO_ANALYTICS_ENABLED": "False"} | variables


def free_port() -> int:
    """A port that no process listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Launch:
    """A running product; as a context, killed at the end."""

    def __init__(
        self,
        log: Path,
        *flags: object,
        port: int | None = None,
        command: tuple = ("app.py",),
        **variables: str,
    ) -> None:
        self.port = port or free_port()
        self.log = log
        with log.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, *map(str, command), "--port", str(self.port), *map(str, flags)],
                cwd=ROOT,
                env=clean_environment(**variables),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )

    def __enter__(self) -> "Launch":
        return self

    def __exit__(self, *error: object) -> None:
        self.kill()

    @property
    def said(self) -> str:
        """All that it printed so far."""
        return self.log.read_text(encoding="utf-8")

    def wait_until(self, reached: Callable[[], bool]) -> None:
        """Wait for a state; an AssertionError with its log if it ends before, or takes too long."""
        until = time.monotonic() + PATIENCE
        while not reached():
            ended = self.process.poll()
            assert ended is None or reached(), f"ended with {ended}:\n{self.said}"
            assert time.monotonic() < until, f"not reached:\n{self.said}"
            time.sleep(0.01)

    def wait_until_said(self, words: str) -> None:
        """Wait until it prints something."""
        self.wait_until(lambda: words in self.said)

    def wait_until_serving(self) -> None:
        """Wait until it answers a request."""
        self.wait_until(self.serves)

    def serves(self) -> bool:
        """Whether it answers a request, with the page."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=10) as answer:
                return answer.status == 200 and b"Digit Sketchpad" in answer.read()
        except OSError:
            return False

    def end(self) -> int:
        """Wait for its end; returns its exit status."""
        return self.process.wait(PATIENCE)

    def interrupt(self) -> int:
        """Press Ctrl+C; returns its exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.end()

    def kill(self) -> None:
        """End it this instant."""
        self.process.kill()
        self.process.wait()
