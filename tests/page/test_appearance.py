"""Whether everyone can read and use the page: axe-core's checks, colors that people chose, paper, fingers, focus."""

import pytest
from playwright.sync_api import Page

from demo.site import VIEWS
from tests.page.accessibility import violations
from tests.page.conftest import OpenPage
from tests.page.drawing import PAD, choose_sample, expect_answer

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


def test_keyboard_focus_can_be_seen(page: Page) -> None:
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.ariaLabel") == PAD:
            break
    outline = "element => element === document.activeElement && getComputedStyle(element).outlineStyle"
    assert page.get_by_label(PAD).evaluate(outline) == "solid"
