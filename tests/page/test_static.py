"""The page as a static site: small, whole, and usable from anywhere, even from disk."""

import copy
import json
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
from tests.page.test_handwriting import STORED, TWENTY

NEEDS_SERVER = {  # buttons that are disabled or hidden without one; a sentence says so in their place
    *("train-train", "train-stop", "train-use own", "train-use both", "train-copy"),
    *("handwriting-tune", "handwriting-stop", "handwriting-use", "handwriting-fresh"),
}
# Press whatever can be pressed and was not pressed before, until there is nothing new; it says what was pressed, and
# fails if the keyboard's focus falls to nowhere.
PRESS = """async ([name, before]) => {
  const view = document.querySelector(`#view-${name}`);
  const pressed = new Set(before);
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const key = (one) => [one.className, one.name, one.value, one.ariaLabel, one.innerText].join();
  for (;;) {
    await painted();
    if (pressed.size > before.length && document.activeElement === document.body) throw Error([...pressed].at(-1));
    const controls = [...view.querySelectorAll("button, input, select, [role=radio]")];
    const control = controls.find((one) => !one.disabled && one.checkVisibility() && !pressed.has(key(one)));
    if (!control) return [...pressed];
    pressed.add(key(control));
    control.focus();
    if (control.matches("select")) {
      control.selectedIndex = control.options.length - 1;
      control.dispatchEvent(new Event("change", { bubbles: true }));
    } else if (control.matches("[type=range]")) {
      control.value = control.max / 2;
      control.dispatchEvent(new Event("input", { bubbles: true }));
    } else control.click();
    if (view.hidden) document.querySelector(`#tab-${name}`).click();
  }
}"""


@pytest.fixture
def from_disk(open_page: OpenPage, site_folder: Path) -> Page:
    """The site opened from disk, with its content security policy."""
    return open_page((site_folder / "index.html").as_uri(), bypass_csp=False)


def test_every_button_of_every_view_can_be_pressed_without_a_server(from_disk: Page) -> None:
    page = from_disk
    stored = json.dumps({"wanted": [], "drawings": TWENTY})
    page.evaluate("([name, stored]) => sessionStorage.setItem(name, stored)", [STORED, stored])
    page.reload()
    for name, title in VIEWS.items():
        page.get_by_role("tab", name=title, exact=True).click()
        pressed = page.evaluate(PRESS, [name, []])
        choose_sample(page, 4)  # some buttons want a drawing
        pressed = page.evaluate(PRESS, [name, pressed])
        if name == "handwriting":  # and some are only there when all digits were written
            choose_sample(page, 4)
            page.locator(".handwriting-next").click()
            page.locator(".handwriting-skip").evaluate("skip => { while (skip.offsetParent) skip.click(); }")
            pressed = page.evaluate(PRESS, [name, pressed])
        buttons = page.locator(f"#view-{name} button").evaluate_all(
            "all => all.map((one) => one.dataset.use ? `train-use ${one.dataset.use}` : one.classList[0])"
        )
        keys = " ".join(pressed)
        unpressed = {button for button in buttons if button and button not in NEEDS_SERVER and button not in keys}
        assert unpressed == set(), name
        assert pressed or name == "train"


def test_what_needs_a_server_says_so(from_disk: Page) -> None:
    page = from_disk
    page.get_by_role("tab", name=VIEWS["train"], exact=True).click()
    expect(page.locator(".train-missing")).to_contain_text("start the app on a computer (python app.py)")
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_disabled()


def test_it_is_one_page_and_a_folder(site_folder: Path) -> None:
    files = {file.name for file in site_folder.iterdir()}
    assert files == {
        "index.html",
        "sketchpad",
        "worker.js",
        "manifest.webmanifest",
        "icon.svg",
        "icon.png",
        "README.md",
    }
    manifest = json.loads((site_folder / "manifest.webmanifest").read_text())
    assert all((site_folder / icon["src"]).is_file() for icon in manifest["icons"])
    assert "sdk: static" in (site_folder / "README.md").read_text()
    assert not re.search(r"(?:src|href)=[\"']?(?:https?:)?//", (site_folder / "index.html").read_text())


def test_the_command(tmp_path: Path, monkeypatch, capsys) -> None:
    def run(folder: str, checkpoint: str) -> tuple[int, str, str]:
        command = ["demo", "export", str(tmp_path / folder), "--checkpoint", str(tmp_path / checkpoint)]
        monkeypatch.setattr("sys.argv", command)
        return main(), *capsys.readouterr()

    status, out, err = run("site", "none.pt")
    assert status == 0
    assert "pretrained.pt" in err
    assert f"Open {tmp_path / 'site' / 'index.html'}" in out
    (tmp_path / "file").touch()
    for folder, checkpoint in (("other", "file"), ("file", "none.pt")):
        status, out, err = run(folder, checkpoint)
        assert (status, out) == (1, "")
        assert len(err.strip().splitlines()) <= 2
    assert not (tmp_path / "other").exists()


def test_nothing_in_a_checkpoint_becomes_markup(tmp_path: Path, open_page: OpenPage) -> None:
    evil = "</script><img src=x onerror=alert(1)>"
    export(LoadedClassifier(Classifier(MLP(), Recipe(name=evil), 0.1), evil), tmp_path)
    page = open_page((tmp_path / "index.html").as_uri())
    expect(page.get_by_label("The network that predicts")).to_contain_text(evil)
    expect(page.locator("img")).to_have_count(0)


# Look for a new version of the site, and wait until it has taken over.
NEW_WORKER = """async () => {
  const taken = new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done));
  await (await navigator.serviceWorker.ready).update();
  await taken;
}"""


def test_a_visited_site_needs_no_network_and_takes_a_new_version_whole(
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
        files.stop()
        for address in (files.url, f"{files.url}index.html"):
            page.goto(address)
            ink = choose_sample(page, 5)
            expect_answer(page, 5)
        old, new = (in_percents(classifier.predict(ink[None])[0].probabilities) for classifier in (pretrained, other))

        export(LoadedClassifier(other, "For a test"), tmp_path)
        files.start()
        page.evaluate(NEW_WORKER)
        page.mouse.click(*on_pad(page, [5, 5]))
        page.get_by_role("button", name="Undo").click()
        assert percents(page) == old  # nothing changes under an open page
        page.get_by_role("tab", name=VIEWS["history"]).click()
        expect(page.get_by_label("Moment of the training")).to_be_visible()  # its own network's, though it came late
        files.stop()
        page.reload()
        wait_until_ready(page)
        choose_sample(page, 5)
        assert percents(page) == new  # the new version is there whole, without a network
        expect(page.locator(".history-news")).to_contain_text("has no training history")
    finally:
        files.stop()


def test_a_site_whose_files_are_gone_says_what_to_do(page: Page) -> None:
    page.route("**/history.json", lambda route: route.abort())
    page.get_by_role("tab", name=VIEWS["history"]).click()
    expect(page.locator(".history-news")).to_contain_text("can’t be loaded. Check the connection")
