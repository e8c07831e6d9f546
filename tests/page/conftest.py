"""What the page's tests share: a served demo, a browser, and a page in it that must not complain."""

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from demo.export import export
from model import checkpoint
from model.opening import PRETRAINED, Opened
from tests.page.chromium import FLAGS, find_or_install
from tests.page.hand import PAD

ROOT = Path(__file__).parents[2]
expect.set_options(timeout=20_000)  # milliseconds: a busy machine is slow, not wrong


class Server:
    """The demo as a user starts it, with the network that came along; it can be stopped and started again."""

    command = ("app.py", "--checkpoint", "assets/pretrained.pt", "--port")
    said_when_open = "is open at"

    def __init__(self, **environment: str) -> None:
        self.environment = {**os.environ, **environment}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        self.start()

    def start(self) -> None:
        command = [sys.executable, *self.command, str(self.port)]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            if self.said_when_open in line:
                return
        raise RuntimeError("The demo did not start.")

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


class StaticServer(Server):
    """The page as a static site, in a folder of a plain file server."""

    said_when_open = "Serving HTTP"

    def __init__(self, folder: Path) -> None:
        export(Opened(checkpoint.load(PRETRAINED), "for a test"), folder / "digits")
        self.command = ("-m", "http.server", "--bind", "127.0.0.1", "--directory", str(folder))
        super().__init__(PYTHONUNBUFFERED="1")
        self.url += "digits/"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A module of tests that says WORKS_ALONE is run on the static site, too."""
    if "server" in metafunc.fixturenames:
        kinds = ["gradio", "static"] if getattr(metafunc.module, "WORKS_ALONE", False) else ["gradio"]
        metafunc.parametrize("server", kinds, indirect=True, scope="session")


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = StaticServer(tmp_path_factory.mktemp("site")) if request.param == "static" else Server()
    urllib.request.urlopen(server.url, timeout=30).close()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = find_or_install(playwright)
        if chromium is None:
            reason = "There is no Chromium, and none could be installed."
            pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(browser: Browser, server: Server) -> Iterator:
    """Opens the demo in a new tab, with any options of a Playwright context.

    At the end every tab must have asked nothing of an outside host and have a clean console, but for what the browser
    itself logs of the requests that a test makes fail.
    """
    pages: list[tuple[Page, list[str]]] = []

    def open_page(url: str = server.url, **options: object) -> Page:
        page = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options}).new_page()
        complaints: list[str] = []
        page.on("console", lambda message: _is_expected(message.text) or complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: _is_inside(request.url) or complaints.append(f"outside: {request.url}"))
        pages.append((page, complaints))
        page.goto(url)
        page.get_by_label(PAD).wait_for()
        return page

    yield open_page
    found = [complaint for _, complaints in pages for complaint in complaints]
    for page, _ in pages:
        page.context.close()
    assert not found


@pytest.fixture
def page(new_page) -> Page:
    return new_page()


def _is_expected(log: str) -> bool:
    return any(words in log for words in ("net::ERR_", "Failed to fetch", "a status of 429"))


def _is_inside(url: str) -> bool:
    return url.startswith(("http://127.0.0.1:", "data:", "blob:"))
