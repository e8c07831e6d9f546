"""Firefox and WebKit, Safari's engine, as the tests drive them: by the web's own protocols, so that any build will do.

Playwright drives only builds of its own of these two. Firefox speaks WebDriver BiDi (https://w3c.github.io/webdriver-bidi)
itself, and WebKit has a driver for WebDriver (https://w3c.github.io/webdriver); input has the same form in both.
"""

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

from tests.launching import PATIENCE, free_port
from tests.page.drawing import PAD

WIDTH, HEIGHT = 1280, 900
ACTION = 16  # milliseconds that a movement of the mouse takes: a frame


class Browser:
    """What the tests do with a browser, by what each protocol defines: `visit`, `evaluate`, `act` and `close`."""

    def open(self, url: str) -> None:
        """Go to an address, and wait until its pad and bars are there."""
        self.visit(url)
        self.wait_for(
            "document.querySelectorAll('[role=meter]').length === 10 && "
            "document.querySelectorAll('[aria-label=\"Sample drawings\"] button').length === 10"
        )

    def wait_for(self, condition: str) -> Any:
        """Wait until an expression in the page is true; returns its value."""
        until = time.monotonic() + PATIENCE
        while not (value := self.evaluate(condition)):
            assert time.monotonic() < until, f"never true: {condition}\n{self.evaluate('document.body.innerText')}"
            time.sleep(0.02)
        return value

    def drag(self, *points: tuple[float, float], lift: bool = True) -> None:
        """Press the mouse at the first point of the window, and move it to the others."""
        moves = [{"type": "pointerMove", "x": round(x), "y": round(y), "duration": ACTION} for x, y in points]
        button = [{"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp")]
        self.act([moves[0], button[0], *moves[1:], *(button[1:] if lift else [])])

    def draw(self, strokes: list, lift: bool = True) -> None:
        """Draw strokes of the pad's coordinates with the mouse; without `lift`, the last stroke's pen stays down."""
        box = f"JSON.stringify(document.querySelector('[aria-label=\"{PAD}\"]').getBoundingClientRect())"
        pad = json.loads(self.evaluate(box))
        for stroke in strokes:
            points = [(pad["x"] + x / 140 * pad["width"], pad["y"] + y / 140 * pad["height"]) for x, y in stroke]
            self.drag(*points, lift=lift or stroke is not strokes[-1])


class Firefox(Browser):
    """Firefox without a window, over WebDriver BiDi."""

    @staticmethod
    def missing() -> str | None:
        """What is not installed."""
        return None if _firefox() else "Firefox is not installed"

    def __init__(self) -> None:
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        port = free_port()
        flags = ["--headless", "--no-remote", "--profile", self._profile.name, f"--remote-debugging-port={port}"]
        size = [f"--width={WIDTH}", f"--height={HEIGHT}"]
        self._process = _start(_firefox() or "firefox", *flags, *size, MOZ_DISABLE_CONTENT_SANDBOX="1")
        self._end = contextlib.ExitStack()
        address = f"ws://127.0.0.1:{port}/session"
        self._socket: ClientConnection = _retry(lambda: self._end.enter_context(connect(address, max_size=None)))
        self._count = 0
        self._send("session.new", capabilities={})
        self._context = self._send("browsingContext.create", type="tab")["context"]

    def visit(self, url: str) -> None:
        self._send("browsingContext.navigate", context=self._context, url=url, wait="complete")

    def evaluate(self, expression: str) -> Any:
        target = {"context": self._context}
        reply = self._send("script.evaluate", expression=expression, target=target, awaitPromise=True)
        assert reply["type"] == "success", reply
        return reply["result"].get("value")

    def act(self, actions: list[dict[str, Any]]) -> None:
        self._send("input.performActions", context=self._context, actions=[_mouse(actions)])

    def close(self) -> None:
        self._end.close()
        _end(self._process)
        self._profile.cleanup()

    def _send(self, method: str, **parameters: object) -> dict[str, Any]:
        self._count += 1
        self._socket.send(json.dumps({"id": self._count, "method": method, "params": parameters}))
        while (reply := json.loads(self._socket.recv(PATIENCE))).get("id") != self._count:
            pass  # events, which nobody asked for
        assert reply["type"] == "success", reply
        result: dict[str, Any] = reply["result"]
        return result


class WebKit(Browser):
    """WebKitGTK's small browser on a screen that nobody sees, over WebDriver."""

    @staticmethod
    def missing() -> str | None:
        """What is not installed."""
        absent = [name for name in ("WebKitWebDriver", "Xvfb") if not shutil.which(name)]
        return f"{' and '.join(absent)} not installed" if absent else None

    def __init__(self) -> None:
        read, write = os.pipe()
        screen = [f"{WIDTH}x{HEIGHT + 100}x24", "-displayfd", str(write)]
        self._screen = subprocess.Popen(["Xvfb", "-screen", "0", *screen], pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as number:
            display = f":{number.readline().strip()}"
        port = free_port()
        self._process = _start("WebKitWebDriver", f"--port={port}", DISPLAY=display, GDK_BACKEND="x11")
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE)
        session = _retry(lambda: self._send("POST", "/session", {"capabilities": {"alwaysMatch": _MINI_BROWSER}}))
        self._session = f"/session/{session['sessionId']}"
        self._send("POST", f"{self._session}/window/rect", {"width": WIDTH, "height": HEIGHT})

    def visit(self, url: str) -> None:
        self._send("POST", f"{self._session}/url", {"url": url})

    def evaluate(self, expression: str) -> Any:
        return self._send("POST", f"{self._session}/execute/sync", {"script": f"return {expression}", "args": []})

    def act(self, actions: list[dict[str, Any]]) -> None:
        self._send("POST", f"{self._session}/actions", {"actions": [_mouse(actions)]})

    def close(self) -> None:
        self._send("DELETE", self._session)
        self._client.close()
        for process in (self._process, self._screen):
            _end(process)

    def _send(self, method: str, path: str, body: object = None) -> Any:
        reply = self._client.request(method, path, json=body if method == "POST" else None).json()["value"]
        assert not (isinstance(reply, dict) and "error" in reply), reply
        return reply


_MINI_BROWSER = {
    "webkitgtk:browserOptions": {
        "binary": str(next(iter(Path("/usr/lib").glob("*/webkit2gtk-4.1/MiniBrowser")), "MiniBrowser")),
        "args": ["--automation"],
    }
}


def _firefox() -> str | None:
    return shutil.which("firefox-esr") or shutil.which("firefox")


def _mouse(actions: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": actions}


def _start(*command: str, **variables: str) -> subprocess.Popen[bytes]:
    environment = os.environ | variables
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(PATIENCE)


def _retry(attempt: Callable[[], Any]) -> Any:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return attempt()
        except (OSError, httpx.TransportError):
            assert time.monotonic() < until, "the browser does not answer"
            time.sleep(0.05)
