"""What the page's tests share: the served demo, the static site, a browser, and pages in it that must not complain.

All test processes of a session share one demo and one static site, and each has one browser: what costs most is started
once. Most tests use the static site, which loads ten times as fast; the demo is for what needs a server.
"""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.page.chromium import FLAGS, find_or_install
from tests.page.servers import FileServer, Server

expect.set_options(timeout=20_000)  # milliseconds: a busy machine is slow, not wrong
OpenPage = Callable[..., Page]
SCREEN = {"width": 1280, "height": 800}
MEDIA = {"color_scheme": "light", "reduced_motion": "reduce"}
# The static site's policy forbids `eval`, by which Playwright waits for expressions; test_static.py has the policy.
CONTEXT = {"viewport": SCREEN, "bypass_csp": True}


@pytest.fixture(scope="session")
def server(session_folder: Path) -> str:
    """The address of the served demo, which the first test process to need it starts; the session's end ends it."""
    file = session_folder / "server"
    with FileLock(session_folder / "server.lock"):
        if not file.exists():
            server = Server()
            (session_folder / "server.pid").write_text(str(server.launch.process.pid))
            file.write_text(server.url)
    return file.read_text()


@pytest.fixture(scope="session")
def site(site_folder: Path) -> Iterator[str]:
    """The address of the static site, on a file server of its own."""
    files = FileServer(site_folder.parent)
    yield f"{files.url}digits/"
    files.stop()


@pytest.fixture(scope="session")
def launch_browser() -> Iterator[Callable[..., Browser]]:
    """Launches a Chromium with these flags; the one who does so closes it."""
    with sync_playwright() as playwright:
        chromium = find_or_install(playwright)
        if chromium is None:
            reason = "There is no Chromium, and none could be installed."
            pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
        yield lambda *flags: playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, *flags])


@pytest.fixture(scope="session")
def browser(launch_browser: Callable[..., Browser]) -> Iterator[Browser]:
    """The browser of this test process."""
    browser = launch_browser()
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def tab(browser: Browser) -> Iterator[Page]:
    """The page that tests use one after the other, for a new one takes twice as long to open."""
    context = browser.new_context(**CONTEXT, service_workers="block")
    yield context.new_page()
    context.close()


@pytest.fixture
def open_page(browser: Browser, tab: Page) -> Iterator[OpenPage]:
    """Opens an address, with any options of a context of Playwright's; motion is reduced unless they say otherwise.

    It opens in the tests' common tab where options allow that; else, or if the test wants a page of its own, in a new
    context. At the end every page must have asked nothing of an outside host and have a clean console, except for what
    the browser itself logs about the requests that a test makes fail.
    """
    pages: list[Page] = []
    complaints: list[str] = []
    listeners: dict[str, Callable[..., object]] = {
        "console": lambda message: _is_expected(message.text) or complaints.append(message.text),
        "pageerror": lambda error: "dynamically imported module" in str(error) or complaints.append(str(error)),
        "request": lambda request: _is_inside(request.url) or complaints.append(f"outside: {request.url}"),
    }

    def open_page(url: str, own: bool = False, **options: Any) -> Page:
        options = MEDIA | options
        if own or pages or options.keys() != MEDIA.keys():
            page = browser.new_context(**CONTEXT | options).new_page()
        else:
            page = tab
            page.emulate_media(**options, forced_colors="none", media="screen")
        pages.append(page)
        for event, listener in listeners.items():
            page.on(event, listener)
        page.goto(url)
        wait_until_ready(page)
        return page

    yield open_page
    for page in pages:
        for event, listener in listeners.items():
            page.remove_listener(event, listener)
        _forget(page) if page is tab else page.context.close()
    assert not complaints


# The page stores its state when it is left.
FORGET = """() => {
  Storage.prototype.setItem = () => {};
  try {
    sessionStorage.clear();
    localStorage.clear();
    indexedDB.deleteDatabase("digit-sketchpad");
  } catch { /* about:blank has none */ }
}"""


def _forget(tab: Page) -> None:
    """Undo whatever a test may have done to the common tab."""
    for beside in tab.context.pages[1:]:
        beside.close()
    tab.unroute_all(behavior="ignoreErrors")
    tab.context.set_offline(False)
    tab.set_viewport_size(SCREEN)
    tab.mouse.up()
    tab.evaluate(FORGET)
    tab.goto("about:blank")


@pytest.fixture
def page(open_page: OpenPage, site: str) -> Page:
    """The static site, with no view open."""
    return open_page(site)


@pytest.fixture
def served_page(open_page: OpenPage, server: str) -> Page:
    """The served demo, with no view open."""
    return open_page(server)


@pytest.fixture
def open_view(open_page: OpenPage, site: str) -> OpenPage:
    """Opens the static site with a view."""
    return lambda name, **options: open_page(f"{site}?view={name}", **options)


# Resolves once the open view is there, and its heading has been scrolled to.
VIEW_IS_THERE = """new Promise((done) => {
  const look = () => {
    const isOpen = document.documentElement.classList.contains("has-view");
    const isThere = !isOpen || [...document.querySelectorAll(".view")].some((view) => view.checkVisibility());
    requestAnimationFrame(isThere ? () => requestAnimationFrame(done) : look);
  };
  look();
})"""


def wait_until_ready(page: Page) -> None:
    """Wait until pad, bars, samples, network and the open view are there."""
    expect(page.get_by_role("meter", name=re.compile(r"^Probability of \d$"))).to_have_count(10)
    expect(page.get_by_label("Sample drawings").locator("button")).to_have_count(10)
    expect(page.get_by_label("About this network")).to_be_attached()
    page.evaluate(VIEW_IS_THERE)


def _is_expected(log: str) -> bool:
    return any(words in log for words in ("net::ERR_", "Failed to fetch", "a status of 429", "blocked by Playwright"))


def _is_inside(url: str) -> bool:
    return url.startswith(("http://127.0.0.1:", "data:", "blob:", "file:"))
