"""The page as a static site: whole, and usable from anywhere, even from disk, with a policy of its own."""

import copy
import re
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Page, expect

from demo.cli import main
from demo.export import export
from demo.site import VIEWS
from model.classifier import Classifier
from model.network import MLP
from model.pipeline import LoadedClassifier
from model.training.recipe import Recipe
from tests.page.conftest import OpenPage, wait_until_ready
from tests.page.drawing import choose_sample, expect_answer, in_percents, on_pad, percents
from tests.page.servers import FileServer
from tests.page.test_train import status, train


@pytest.fixture
def from_disk(open_page: OpenPage, site_folder: Path) -> Page:
    """The site opened from disk, with its content security policy."""
    return open_page((site_folder / "index.html").as_uri(), bypass_csp=False)


@pytest.mark.slow
def test_from_disk_every_view_opens_and_no_policy_is_broken(from_disk: Page) -> None:
    page, address = from_disk, from_disk.url
    for name in VIEWS:
        page.goto(f"{address}?view={name}")
        wait_until_ready(page)
        choose_sample(page, 4)
        expect_answer(page, 4)
        expect(page.locator(f".view.{name}")).to_be_visible()


@pytest.mark.slow
def test_from_disk_a_network_is_trained_on_the_first_digits(from_disk: Page) -> None:
    page = from_disk
    page.goto(f"{page.url}?view=train")
    wait_until_ready(page)
    train(page)
    expect(status(page)).to_contain_text(re.compile(r"validation accuracy [89]\d"))


def test_its_policy_is_no_wider_than_it_must_be(site_folder: Path) -> None:
    text = (site_folder / "index.html").read_text(encoding="utf-8")
    scripts = re.search(r"script-src ([^;]+);", text)[1]
    assert "'wasm-unsafe-eval'" in scripts
    assert "'unsafe-eval'" not in scripts
    assert "'unsafe-inline'" not in scripts
    assert not re.search(r"(?:src|href)=[\"']?(?:https?:)?//", text)


def test_the_command(tmp_path: Path, monkeypatch, capsys) -> None:
    def run(folder: str, checkpoint: str) -> tuple[int, str, str]:
        command = ["demo", "export", str(tmp_path / folder), "--checkpoint", str(tmp_path / checkpoint)]
        monkeypatch.setattr("sys.argv", command)
        return main(), *capsys.readouterr()

    status, out, err = run("site", "none.pt")
    assert status == 0
    assert "has the page" in out
    assert "pretrained network is exported" in err
    (tmp_path / "broken.pt").write_bytes(b"no checkpoint")
    (tmp_path / "file").write_bytes(b"no folder")
    for folder, checkpoint in (("other", "broken.pt"), ("file", "none.pt")):
        status, out, err = run(folder, checkpoint)
        assert (status, out) == (1, "")
        assert len(err.strip().splitlines()) <= 2
    assert not (tmp_path / "other").exists()


def test_nothing_in_a_checkpoint_becomes_markup(tmp_path: Path, open_page: OpenPage) -> None:
    evil = "</script><img src=x onerror=alert(1)>"
    export(LoadedClassifier(Classifier(MLP(), Recipe(name=evil), 0.1), evil), tmp_path)
    page = open_page((tmp_path / "index.html").as_uri())
    expect(page.get_by_text(evil).first).to_be_attached()
    expect(page.locator("img")).to_have_count(0)


# Look for a new version of the site, and wait until it has taken over.
NEW_WORKER = """async () => {
  const taken = new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done));
  await (await navigator.serviceWorker.ready).update();
  await taken;
}"""


@pytest.mark.slow
def test_a_visited_site_needs_no_network_not_even_to_train_and_takes_a_new_version_whole(
    open_page: OpenPage, tmp_path: Path, pretrained: Classifier
) -> None:
    network = copy.deepcopy(pretrained.network)
    with torch.no_grad():
        network.output.weight.mul_(0.5)
    other = replace(pretrained, network=network, snapshots=())
    export(LoadedClassifier(pretrained, "For a test"), tmp_path)
    files = FileServer(tmp_path)
    try:
        page = open_page(files.url, own=True)
        page.evaluate("navigator.serviceWorker.ready")
        page.goto(f"{files.url}?view=train")  # the first one that the worker serves
        wait_until_ready(page)
        train(page)
        files.stop()
        for address in (files.url, f"{files.url}index.html?view=train"):
            page.goto(address)
            wait_until_ready(page)
            ink = choose_sample(page, 5)
            expect_answer(page, 5)
        train(page)
        page.locator(".segments").get_by_role("button", name="Pretrained").click()
        old, new = (in_percents(classifier.predict(ink[None])[0].probabilities) for classifier in (pretrained, other))

        export(LoadedClassifier(other, "For a test"), tmp_path)
        files.start()
        page.evaluate(NEW_WORKER)
        page.mouse.click(*on_pad(page, [5, 5]))
        page.get_by_role("button", name="Undo").click()
        assert percents(page) == old  # nothing changes under an open page
        files.stop()
        page.reload()
        wait_until_ready(page)
        choose_sample(page, 5)
        assert percents(page) == new  # the new version is there whole, without a network
    finally:
        files.stop()
