"""Whether everyone can read and use the page: axe-core's checks, colors that people chose, paper, fingers, focus."""

import json

from playwright.sync_api import Page, expect

from tests.page.accessibility import violations
from tests.page.conftest import OpenPage
from tests.page.drawing import PAD, choose_sample, expect_answer
from tests.page.test_handwriting import STORED, TWENTY

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
# What a person's colors must show by a border, or by a color that nothing around it has.
INVISIBLE = """() => {
  const css = (selector) => getComputedStyle(document.querySelector(selector));
  const ground = css("body").backgroundColor;
  const border = (selector) => css(selector).borderBottomWidth !== "0px" && css(selector).borderBottomColor !== ground;
  const pressed = css(".loss [aria-pressed=true], .loss [aria-current=true]");
  const seen = {
    pad: !css(".pad-canvas").boxShadow.startsWith(ground),
    tiles: border(".neurons-layers .tile"),
    switches: border(".input [type=checkbox]") && css(".input :checked").backgroundColor !== ground,
    tab: border("[role=tab][aria-selected=true]"),
    sliders: !css(".view .slider").backgroundImage.includes(ground),
    bars: border(".readout .track") && css(".readout .is-winner .track > span").backgroundColor !== ground,
    pressed: pressed.backgroundColor !== ground && pressed.color !== pressed.backgroundColor,
  };
  return Object.keys(seen).filter((part) => !seen[part]);
}"""


def test_every_view_can_be_read_in_all_colors_and_on_paper(open_view: OpenPage) -> None:
    page = open_view("all", viewport={"width": 1280, "height": 820}, color_scheme="light")
    stored = json.dumps({"wanted": [], "drawings": TWENTY})
    page.evaluate("([name, stored]) => sessionStorage.setItem(name, stored)", [STORED, stored])
    page.reload()
    choose_sample(page, 5)
    expect_answer(page, 5)
    expect(page.get_by_label("Moment of the training")).to_be_visible()
    expect(page.locator(".handwriting-gallery button")).to_have_count(len(TWENTY))
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 820})
    page.emulate_media(color_scheme="dark")
    assert violations(page) == []
    pad = page.get_by_label(PAD)
    assert pad.evaluate(DARKEST) > 200
    page.set_viewport_size({"width": 1280, "height": 820})
    page.wait_for_function(f"({COLORFUL})(document.querySelector('.diagram-canvas')) > 100")
    page.emulate_media(color_scheme="dark", media="print")
    page.wait_for_function(f"({DARKEST})(document.querySelector('.pad-canvas')) < 60")
    for part in (".readout .is-winner .track > span", ".tile"):
        assert page.locator(part).first.evaluate("part => getComputedStyle(part).printColorAdjust") == "exact"
    # Chromium prints canvases on white: this one lies over the bars.
    diagram = page.locator(".diagram-canvas")
    assert diagram.evaluate("canvas => getComputedStyle(canvas).mixBlendMode") == "multiply"
    # Pad, network and bars need no color, and what can only be pressed is not printed.
    assert max(diagram.evaluate(COLORFUL), pad.evaluate(COLORFUL)) < 30
    expect(page.locator(".readout .is-winner .track > span")).to_have_css("background-color", "rgb(0, 0, 0)")
    expect(page.get_by_role("button", name="Share")).to_be_hidden()

    page.emulate_media(color_scheme="dark", media="screen", forced_colors="active")
    assert violations(page) == []
    assert page.evaluate(INVISIBLE) == []


def test_the_first_screen_passes_axe(page: Page) -> None:
    assert violations(page) == []
    choose_sample(page, 5)
    assert violations(page) == []


SMALL = """() => [...document.querySelectorAll("main :is(button, select, input, label:has(input))")]
  .filter((target) => target.checkVisibility() && !target.closest(".tiles, .sr-only"))
  .filter((target) => !target.matches("label input"))
  .filter((target) => Math.min(target.offsetHeight, target.offsetWidth) < 44)
  .map((target) => `${target.outerHTML.slice(0, 120)} ${target.offsetWidth} x ${target.offsetHeight}`)"""


def test_every_target_is_large_enough_for_a_finger(open_view: OpenPage) -> None:
    page = open_view("all", viewport={"width": 390, "height": 800}, has_touch=True)
    choose_sample(page, 5)
    expect(page.get_by_label("Moment of the training")).to_be_visible()
    assert page.evaluate(SMALL) == []


def test_keyboard_focus_can_be_seen(page: Page) -> None:
    for _ in range(3):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.ariaLabel") == PAD:
            break
    outline = "element => element === document.activeElement && getComputedStyle(element).outlineStyle"
    assert page.get_by_label(PAD).evaluate(outline) == "solid"
