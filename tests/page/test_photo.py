"""Digits on paper: by the camera, chosen, pasted or dropped; and a sentence wherever that fails."""

import base64
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from model.paths import PRETRAINED, ROOT
from tests.page.accessibility import violations
from tests.page.conftest import OpenPage, wait_until_ready
from tests.page.drawing import ONE, draw, expect_answer, expect_blank, status
from tests.page.fake_camera import SEVEN, TWO, fake_camera

HAND_OVER = """([kind, name, type, content]) => {
  const transfer = new DataTransfer();
  const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
  const most = name === "huge.jpg" ? 3e7 : 0;
  if (name) transfer.items.add(new File([bytes, new Uint8Array(most)], name, { type }));
  const options = { bubbles: true, cancelable: true, clipboardData: transfer, dataTransfer: transfer };
  const event = kind === "paste" ? new ClipboardEvent(kind, options) : new DragEvent(kind, options);
  document.querySelector(".app").dispatchEvent(event);
}"""
WATCH_NOTE = """() => {
  const tell = () => (window.said = true);
  new MutationObserver(tell).observe(document.querySelector(".pad-note"), { childList: true });
}"""
DENY = "(name) => (navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', name); })"
HIDE = """() => {
  Object.defineProperty(document, "hidden", { value: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
WATCH_TRACKS = """{
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    window.streams = (window.streams ?? []).concat(await ask(wanted));
    return window.streams.at(-1);
  };
}"""


def hand_over(page: Page, kind: str, content: bytes = b"", name: str = "seven.jpg", form: str = "image/jpeg") -> None:
    """Paste or drop a file; without a name, nothing."""
    page.evaluate(HAND_OVER, [kind, name, form, base64.b64encode(content).decode()])


def choose(page: Page, content: bytes, name: str = "seven.jpg", form: str = "image/jpeg") -> None:
    """Choose a picture file, as one can once the button for it works."""
    expect(page.get_by_role("button", name="Picture")).to_be_enabled()
    page.get_by_label("A picture of a digit").set_input_files({"name": name, "mimeType": form, "buffer": content})


def note(page: Page) -> str:
    """What is said about the picture, once something is."""
    expect(page.locator(".pad-note")).not_to_be_empty()
    return page.locator(".pad-note").inner_text()


def png(width: int, height: int, strokes: list | None = None) -> bytes:
    """A white picture, with digits of SEVEN's shape at the given places."""
    image = Image.new("L", (width, height), 255)
    for left in strokes or []:
        image.paste(Image.open(io.BytesIO(SEVEN)).resize((height, height)), (left, 0))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def test_a_picture_is_chosen_pasted_or_dropped(page: Page) -> None:
    choose(page, SEVEN)
    expect_answer(page, 7)
    page.keyboard.press("Escape")
    expect_blank(page)
    hand_over(page, "paste", TWO)
    expect_answer(page, 2)
    hand_over(page, "drop", SEVEN)
    expect_answer(page, 7)
    page.get_by_role("button", name="Undo").click()
    expect_answer(page, 2)
    draw(page, ONE)  # the photo makes room for the pen
    expect_answer(page, 1)
    page.get_by_role("button", name="Undo").click()
    expect_answer(page, 2)


def test_what_is_no_picture_of_a_digit_is_said_in_a_sentence(page: Page) -> None:
    for content, name, form, sentence in [
        (b"digits", "a.npy", "", "This file is damaged, or it is no picture that this browser can show."),
        (SEVEN[:60], "a.jpg", "image/jpeg", "This file is damaged, or it is no picture that this browser can show."),
        (png(9000, 7000), "a.png", "image/png", "The picture has more than 60 megapixels; make it smaller."),
        (SEVEN, "huge.jpg", "image/jpeg", "The picture has more than 30 MB; make it smaller."),
        (
            b"\0\0\0\x18ftypheic",
            "a.heic",
            "image/heic",
            "This is a HEIC photo, which this browser can’t show; share or save it as JPEG.",
        ),
        (png(90, 60), "a.png", "image/png", "No digit was found in this picture; write it large, and in dark ink."),
        (png(800, 300, [30, 470]), "a.png", "image/png", "There are several digits in this picture; show one."),
    ]:
        page.evaluate("document.querySelector('.pad-note').textContent = ''")
        hand_over(page, "paste", content, name, form)
        assert note(page) == sentence
        expect_blank(page)
    draw(page, ONE)
    expect(page.locator(".pad-note")).to_be_empty()
    page.evaluate(WATCH_NOTE)
    for kind in ("paste", "drop"):  # text was not meant for the pad
        hand_over(page, kind, name="")
        hand_over(page, kind, b"text", "a.txt", "text/plain")
    hand_over(page, "drop", SEVEN)
    expect_answer(page, 7)
    assert not page.evaluate("window.said")


@pytest.mark.slow
def test_page_server_and_command_line_read_alike(open_page: OpenPage, server: str, shared: Path) -> None:
    page, cases = open_page(server), sorted((shared / "cases").glob("[0-9]_*"))
    command = [sys.executable, "-m", "model", "classify", "--checkpoint", PRETRAINED, *cases]
    lines = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    for case, told in zip(cases, map(json.loads, lines), strict=True):
        answer = httpx.post(f"{server}predict", content=case.read_bytes(), timeout=60).json()
        assert (answer["digit"], answer["verdict"]) == (told["digit"], told["verdict"]) == (int(case.name[0]), "digit")
        for take in (choose, partial(hand_over, kind="drop")):
            page.keyboard.press("Escape")
            expect_blank(page)
            take(page, content=case.read_bytes(), name=case.name, form=f"image/{case.suffix[1:]}")
            expect_answer(page, answer["digit"])


def test_a_camera_that_is_denied_or_missing_is_said_in_a_sentence(page: Page, browser: Browser, site: str) -> None:
    for error, words in (
        ("NotAllowedError", "not allowed"),
        ("NotFoundError", "no camera"),
        ("AbortError", "not start"),
    ):
        page.evaluate(DENY, error)
        page.get_by_role("button", name="Camera").click()
        expect(page.locator(".pad-note")).to_contain_text(words)
        expect(page.locator(".pad-live")).to_be_hidden()
    without = browser.new_page()
    without.add_init_script("delete Navigator.prototype.mediaDevices")
    without.goto(site)
    wait_until_ready(without)
    without.get_by_role("button", name="Camera").click()
    assert "gives the page no camera" in note(without)
    without.close()


@pytest.mark.slow
def test_digits_before_the_camera_are_read_live_and_taken_and_the_camera_stops(
    launch_browser: Callable[..., Browser], site: str, tmp_path: Path
) -> None:
    browser = launch_browser(*fake_camera(tmp_path))
    page = browser.new_page(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    page.add_init_script(WATCH_TRACKS)
    requests: list[str] = []
    page.goto(site)
    wait_until_ready(page)
    page.on("request", lambda request: requests.append(request.url))
    camera, answer = page.get_by_role("button", name="Camera"), page.locator(".picture-digit")

    def tracks() -> list[str]:
        return page.evaluate("streams.flatMap((stream) => stream.getTracks().map((track) => track.readyState))")

    camera.focus()
    page.keyboard.press("Enter")
    for digit in (7, 2, 7):
        expect(answer).to_have_text(str(digit))
    expect(page.locator(".pad-note", has_text="Nothing is sent or stored")).to_be_visible()
    assert not violations(page)
    assert status(page).inner_text() == "Nothing drawn yet."  # a screen reader is told of what is taken
    page.keyboard.press("Enter")  # the focus is on "Take picture"
    expect(status(page)).to_contain_text(re.compile("Looks like [27]"))
    expect(camera).to_be_focused()
    assert tracks() == ["ended"]

    camera.click()
    page.get_by_role("button", name="Close").click()
    expect(page.locator(".pad-live")).to_be_hidden()
    camera.click()
    expect(page.locator(".pad-live")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".pad-live")).to_be_hidden()
    expect(status(page)).to_contain_text("Looks like")  # the photo is still there
    camera.click()
    expect(page.locator(".pad-live")).to_be_visible()
    page.evaluate(HIDE)
    expect(page.locator(".pad-live")).to_be_hidden()
    assert tracks() == ["ended"] * 4
    assert not requests
    browser.close()
