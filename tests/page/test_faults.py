"""What befalls a page: a new deployment, a clock that jumps, sleep, other tabs, the way back."""

import copy
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Page, expect

from demo.export import export
from model import checkpoint
from model.classifier import Classifier
from model.opening import PRETRAINED, Opened
from tests.page.conftest import Server, StaticServer
from tests.page.hand import PAD, STROKES, draw, expect_answer, expect_torch, status


class Deployment(Server):
    """The demo, with a checkpoint that can be replaced."""

    def __init__(self, path: Path) -> None:
        shutil.copy(PRETRAINED, path)
        self.command = ("app.py", "--checkpoint", str(path), "--port")
        super().__init__()


@pytest.fixture
def other(pretrained: Classifier) -> Classifier:
    """Another network that reads as well: the same, a little less sure."""
    network = copy.deepcopy(pretrained.network)
    with torch.no_grad():
        network.output.weight.mul_(0.9)
    return replace(pretrained, network=network, snapshots=())


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    server = Deployment(tmp_path / "mlp.pt")
    yield server
    server.stop()


def fingerprint(page: Page) -> str:
    return page.evaluate("Live.shared.fingerprint")


def test_a_replaced_checkpoint_is_served_from_the_next_start_and_the_open_page_says_so(
    new_page, deployment: Deployment, tmp_path: Path, pretrained: Classifier, other: Classifier
) -> None:
    page = new_page(deployment.url)
    checkpoint.save(other, tmp_path / "mlp.pt")
    replaced = (tmp_path / "mlp.pt").read_bytes()
    draw(page, STROKES[4])
    expect_answer(page, 4)  # as before, by the network that was opened

    deployment.stop()
    deployment.start()
    page.keyboard.press("Escape")
    draw(page, STROKES[6])
    expect(page.get_by_role("alert")).to_contain_text("reads with another network by now. Reload the page to get it.")
    expect(status(page)).to_contain_text("Looks like 6")
    assert fingerprint(page) == pretrained.fingerprint()
    page.reload()
    page.get_by_label(PAD).wait_for()
    draw(page, STROKES[6])
    expect_torch(page)
    assert fingerprint(page) == other.fingerprint()
    assert (tmp_path / "mlp.pt").read_bytes() == replaced


def test_asleep_and_woken_it_goes_on(page: Page) -> None:
    draw(page, STROKES[3])
    expect_answer(page, 3)
    session = page.context.new_cdp_session(page)
    session.send("Page.setWebLifecycleState", {"state": "frozen"})
    session.send("Page.setWebLifecycleState", {"state": "active"})
    expect_answer(page, 3)
    page.keyboard.press("Escape")
    draw(page, STROKES[8])
    expect_answer(page, 8)


@pytest.mark.parametrize("jump", [-86_400_000, 86_400_000])
def test_a_clock_that_jumps_changes_nothing(page: Page, jump: int) -> None:
    draw(page, STROKES[3])
    expect_answer(page, 3)
    page.evaluate(f"{{ const now = Date.now; Date.now = () => now() + {jump}; }}")
    page.keyboard.press("Escape")
    draw(page, STROKES[8])
    expect_answer(page, 8)


def test_two_tabs_read_their_own_drawings(page: Page) -> None:
    draw(page, STROKES[3])
    beside = page.context.new_page()
    beside.goto(page.url)
    beside.get_by_label(PAD).wait_for()
    expect(status(beside)).to_have_text("Nothing drawn yet.")
    draw(beside, STROKES[8])
    expect_answer(beside, 8)
    expect_answer(page, 3)


def test_back_on_the_page_the_drawing_is_there_and_a_reload_begins_anew(page: Page) -> None:
    draw(page, STROKES[3])
    expect_answer(page, 3)
    page.goto("about:blank")
    page.go_back()
    page.get_by_label(PAD).wait_for()
    expect_answer(page, 3)
    page.keyboard.press("Escape")
    draw(page, STROKES[8])
    expect_answer(page, 8)
    page.reload()
    page.get_by_label(PAD).wait_for()
    expect(status(page)).to_have_text("Nothing drawn yet.")


def test_a_browser_that_stores_nothing_can_draw(new_page, server: Server) -> None:
    page = new_page()
    page.add_init_script("Object.defineProperty(window, 'sessionStorage', { get() { throw new Error('blocked'); } })")
    page.reload()
    page.get_by_label(PAD).wait_for()
    draw(page, STROKES[8])
    expect_answer(page, 8)


# --- the static site -------------------------------------------------------------------------------------------------


def test_a_visited_static_site_needs_no_network_and_takes_a_new_version_whole(
    new_page, tmp_path: Path, pretrained: Classifier, other: Classifier
) -> None:
    server = StaticServer(tmp_path)
    try:
        page = new_page(server.url)
        page.evaluate("navigator.serviceWorker.ready")
        server.stop()
        for address in (server.url, f"{server.url}index.html"):
            page.goto(address)
            draw(page, STROKES[5])
            expect(status(page)).to_contain_text("Looks like 5")

        export(Opened(other, "for a test"), tmp_path / "digits")
        server.start()
        page.evaluate(NEW_WORKER)
        assert fingerprint(page) == pretrained.fingerprint()  # nothing changes under an open page
        expect(status(page)).to_contain_text("Looks like 5")
        page.get_by_role("tab", name="Childhood").click()
        expect(page.get_by_label("Moment of the training")).to_be_visible()  # its own network's, though it came late
        server.stop()
        page.reload()
        page.get_by_label(PAD).wait_for()
        assert fingerprint(page) == other.fingerprint()  # and the new version is there whole, without a network
        expect(page.locator(".childhood-news")).to_contain_text("saved without its childhood")
    finally:
        server.stop()


def test_a_static_site_whose_files_are_gone_says_what_to_do(new_page, tmp_path: Path) -> None:
    server = StaticServer(tmp_path)
    page = new_page(server.url)  # the first visit, which no worker serves
    server.stop()
    page.get_by_role("tab", name="Childhood").click()
    expect(page.locator(".childhood-news")).to_contain_text("Reload the page")


# Look for a new version of the site, and wait until it has taken over.
NEW_WORKER = """async () => {
  const taken = new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done));
  await (await navigator.serviceWorker.ready).update();
  await taken;
}"""
