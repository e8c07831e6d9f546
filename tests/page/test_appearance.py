"""Whether everyone can read and use the page: axe-core's checks, colors that people chose, paper, fingers, focus."""

import pytest
from playwright.sync_api import Page, expect

from demo.site import VIEWS
from tests.page.accessibility import violations
from tests.page.conftest import OpenPage
from tests.page.drawing import PAD, choose_sample, expect_answer

# Of what is drawn on a canvas: the darkest tone, and the largest difference between red and blue.
PIXELS = """canvas => {
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  const pixels = Array.from({ length: data.length / 4 }, (_, i) => data.subarray(4 * i, 4 * i + 4));
  return pixels.filter(([, , , alpha]) => alpha > 128);
}"""
DARKEST = f"canvas => ({PIXELS})(canvas).reduce((least, [red]) => Math.min(least, red), 255)"
COLORFUL = f"canvas => ({PIXELS})(canvas).reduce((most, [red, _, blue]) => Math.max(most, Math.abs(red - blue)), 0)"
SMALL = """() => [...document.querySelectorAll("main :is(button, select, input, summary, label:has(input))")]
  .filter((target) => target.checkVisibility() && !target.closest(".sr-only, .neurons-tiles"))
  .filter((target) => !target.matches("label input"))
  .filter((target) => Math.min(target.offsetHeight, target.offsetWidth) < 44)
  .map((target) => `${target.outerHTML.slice(0, 120)} ${target.offsetWidth} x ${target.offsetHeight}`)"""


@pytest.mark.parametrize("view", ["", *VIEWS])
def test_it_can_be_read_in_all_colors_and_pressed_by_a_finger(open_page: OpenPage, site: str, view: str) -> None:
    page = open_page(f"{site}?view={view}" if view else site, has_touch=True, viewport={"width": 1366, "height": 768})
    choose_sample(page, 5)
    expect_answer(page, 5)
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    assert violations(page) == []
    assert page.evaluate(SMALL) == []


def test_on_paper_it_is_light_and_needs_no_color(page: Page) -> None:
    choose_sample(page, 5)
    page.emulate_media(color_scheme="dark")
    pad, picture = page.get_by_label(PAD), page.locator(".picture-canvas")
    page.wait_for_function(f"({DARKEST})(document.querySelector('.pad-canvas')) > 200")
    page.wait_for_function(f"({COLORFUL})(document.querySelector('.picture-canvas')) > 100")
    page.emulate_media(color_scheme="dark", media="print")
    page.wait_for_function(f"({DARKEST})(document.querySelector('.pad-canvas')) < 60")
    page.wait_for_function(f"({COLORFUL})(document.querySelector('.picture-canvas')) < 30")
    fill = page.locator(".is-winner .digit-bar-fill")
    expect(fill).to_have_css("background-color", "rgb(0, 0, 0)")
    assert fill.evaluate("fill => getComputedStyle(fill).printColorAdjust") == "exact"
    assert picture.evaluate("canvas => getComputedStyle(canvas).mixBlendMode") == "multiply"  # it is printed on white
    assert pad.evaluate(COLORFUL) < 30
    expect(page.get_by_role("button", name="Share")).to_be_hidden()


def test_keyboard_focus_can_be_seen(page: Page) -> None:
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.ariaLabel") == PAD:
            break
    outline = "element => element === document.activeElement && getComputedStyle(element).outlineStyle"
    assert page.get_by_label(PAD).evaluate(outline) == "solid"
