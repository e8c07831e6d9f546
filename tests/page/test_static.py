"""The page as a static site: small, whole, and at home anywhere."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from demo.export import export
from demo.views import VIEWS
from model.classifier import Classifier
from model.network import MLP
from model.opening import Opened
from model.recipe import Recipe
from tests.page.conftest import ROOT
from tests.page.hand import PAD, STROKES, draw, status

MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def site(tmp_path_factory, pretrained: Classifier) -> Path:
    folder = tmp_path_factory.mktemp("static") / "any where" / "digits"
    export(Opened(pretrained, "for a test"), folder)
    return folder


@pytest.fixture
def from_disk(browser: Browser, site: Path):
    """The site opened from disk, with a console that must stay clean and no request to anywhere else."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: request.url.startswith(site.as_uri()) or complaints.append(request.url))
    page.goto(f"{(site / 'index.html').as_uri()}?view=all")
    page.get_by_label(PAD).wait_for()
    yield page
    page.context.close()
    assert not complaints


def test_it_is_a_few_files_below_a_megabyte(site: Path) -> None:
    files = list(site.iterdir())
    assert len(files) <= 8
    assert sum(file.stat().st_size for file in files) < MEGABYTE
    manifest = json.loads((site / "manifest.webmanifest").read_text())
    assert all((site / icon["src"]).is_file() for icon in manifest["icons"])
    assert "sdk: static" in (site / "README.md").read_text()
    assert not re.search(r"(?:src|href)=[\"']?(?:https?:)?//", (site / "index.html").read_text())


def test_a_new_version_takes_the_place_of_the_old_one(tmp_path: Path, pretrained: Classifier) -> None:
    names = []
    for classifier in (pretrained, replace(pretrained, snapshots=())):
        export(Opened(classifier, "for a test"), tmp_path)
        [snapshots] = tmp_path.glob("snapshots*")
        assert all(snapshots.name in (tmp_path / name).read_text() for name in ("index.html", "sw.js"))
        names.append(snapshots.name)
    assert names[0] != names[1]  # so that no page gets the snapshots of another one's network


def test_it_reads_when_opened_from_disk_with_every_view_that_trains_nothing(from_disk: Page) -> None:
    views = [view for view in VIEWS if not view.NEEDS_PYTHON]
    expect(from_disk.get_by_role("tab")).to_have_text([*(view.TITLE for view in views), "All"])
    draw(from_disk, STROKES[5])
    expect(status(from_disk)).to_contain_text("Looks like 5")
    expect(from_disk.get_by_role("tabpanel")).to_have_count(len(views))
    expect(from_disk.get_by_role("button", name="Watch it learn")).to_have_count(0)


def test_some_of_the_childhood_comes_along(from_disk: Page, pretrained: Classifier) -> None:
    draw(from_disk, STROKES[5])
    slider = from_disk.get_by_role("tabpanel", name="Childhood").get_by_role("slider")
    first, last = pretrained.snapshots[0], pretrained.snapshots[-1]
    for key, snapshot in (("Home", first), ("End", last)):
        slider.press(key)
        expect(from_disk.locator(".childhood")).to_contain_text(f"{100 * snapshot.test_accuracy:.2f}\u00a0%")


def test_the_command(tmp_path: Path) -> None:
    def run(folder: Path, *flags: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "demo", "export", str(folder), *flags]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    done = run(tmp_path / "site", "--checkpoint", str(tmp_path / "none.pt"))
    assert done.returncode == 0
    assert "pretrained.pt goes out instead" in done.stderr
    assert f"Open {tmp_path / 'site' / 'index.html'}" in done.stdout
    assert (tmp_path / "site" / "index.html").is_file()
    (tmp_path / "file").touch()
    for folder, flags in ((tmp_path / "file", ()), (tmp_path / "other", ("--checkpoint", str(tmp_path / "file")))):
        failed = run(folder, *flags)
        assert failed.returncode == 1
        assert len(failed.stderr.strip().splitlines()) <= 2
        assert "Traceback" not in failed.stderr
    assert not (tmp_path / "other").exists()


def test_nothing_in_a_checkpoint_becomes_markup(tmp_path: Path, browser: Browser) -> None:
    evil = "</script><img src=x onerror=alert(1)>"
    classifier = Classifier(MLP(), Recipe(name=evil), 0.1)
    export(Opened(classifier, evil), tmp_path)
    page = browser.new_page()
    page.goto((tmp_path / "index.html").as_uri())
    page.get_by_label(PAD).wait_for()
    expect(page.get_by_label("The network that is reading")).to_contain_text(evil)
    expect(page.locator("img")).to_have_count(0)
    page.close()
