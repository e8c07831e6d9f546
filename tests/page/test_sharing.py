"""Sharing: the link copied, sent, and as a QR code; on a projector; in a frame of another page."""

import re

from playwright.sync_api import expect

from model.paths import ROOT
from tests.page.accessibility import violations
from tests.page.conftest import OpenPage
from tests.page.drawing import STROKES, draw, expect_answer, expect_blank


def test_the_dialog_copies_sends_and_shows_the_link(open_view: OpenPage) -> None:
    page = open_view("why", permissions=["clipboard-read", "clipboard-write"])
    draw(page, STROKES[3])
    expect_answer(page, 3)
    page.evaluate("void (navigator.share = async (data) => { window.sent = data.url })")
    page.get_by_role("button", name="Share").click()
    link = page.get_by_label("Link", exact=True).input_value()
    assert re.search(r"\?view=why#v=1&drawing=[\w-]{10,600}$", link)
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == link
    page.get_by_role("button", name="Send …").click()
    assert page.evaluate("sent") == link
    code = page.get_by_role("img", name="The link as a QR code")
    page.wait_for_function("document.querySelector('.share-code').width > 300")
    pixels = "canvas => [...canvas.getContext('2d').getImageData(32, 60, 56, 1).data]"
    finder = code.evaluate(pixels)[:: 4 * 8]  # one value for each module, across the upper left pattern's middle
    assert finder == [0, 255, 0, 0, 0, 255, 0]
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(code).to_be_hidden()
    expect_answer(page, 3)
    draw(page, STROKES[1])
    page.goto(link)
    expect_answer(page, 3)
    draw(page, STROKES[1])
    assert "#" not in page.url


def test_a_presentation_by_remote_control(open_page: OpenPage, site: str) -> None:
    page = open_page(site, viewport={"width": 1920, "height": 1080})
    page.goto(f"{site}?view=why&present")
    draw(page, STROKES[4])
    step = page.locator(".lesson-progress span")
    for key, number in [
        ("PageDown", 1),
        ("PageDown", 2),
        ("ArrowRight", 3),
        ("PageUp", 2),
        ("ArrowLeft", 1),
        ("PageUp", 1),
    ]:
        page.keyboard.press(key)
        expect(step).to_have_text(f"Step {number} of 17")
    for part in (".pad-canvas", ".diagram-canvas", ".readout .digit-bars", ".lesson"):
        box = page.locator(part).bounding_box()
        assert box["x"] + box["width"] <= 1920
        assert box["y"] + box["height"] <= 1080
    for part in (".header", ".tabs", ".view"):
        assert page.locator(f"{part}:visible").count() == 0
    assert page.locator(".lesson-idea").evaluate("element => parseFloat(getComputedStyle(element).fontSize)") >= 24
    page.keyboard.press("Escape")
    assert page.url.endswith("?view=replay&lesson=1")
    expect(page.locator("#view-replay")).to_be_visible()
    expect_answer(page, 4)
    page.keyboard.press("Escape")
    expect_blank(page)


def test_the_readmes_snippet_embeds_the_page_in_its_height(open_page: OpenPage, site: str) -> None:
    snippet = re.search(r"<iframe id=\"digits\".*", (ROOT / "README.md").read_text(encoding="utf-8"))[0]
    page = open_page(site)
    page.set_content('<link rel="icon" href="data:,">' + snippet.replace("ADDRESS", site))
    frame = page.frame_locator("#digits")
    expect(frame.get_by_role("meter")).to_have_count(10)
    expect(frame.get_by_role("tablist")).to_be_hidden()
    expect(frame.get_by_role("heading", name="Digit Sketchpad")).to_be_hidden()
    for width in (1000, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(
            "() => Math.abs(digits.clientHeight - digits.contentDocument.querySelector('main').offsetHeight) <= 1"
        )
        page.wait_for_function("digits.contentDocument.documentElement.scrollHeight === digits.clientHeight")
