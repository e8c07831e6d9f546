"""Whether everyone can read and use the page: axe-core's checks, targets for fingers, focus."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.page.accessibility import violations
from tests.page.conftest import OpenPage
from tests.page.drawing import PAD, choose_sample, expect_answer
from tests.page.test_handwriting import STORED, TWENTY


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light")])
def test_every_view_passes_axe(open_view: OpenPage, width: int, scheme: str) -> None:
    page = open_view("all", viewport={"width": width, "height": 820}, color_scheme=scheme)
    stored = json.dumps({"wanted": [], "drawings": TWENTY})
    page.evaluate("([name, stored]) => sessionStorage.setItem(name, stored)", [STORED, stored])
    page.reload()
    choose_sample(page, 5)
    expect_answer(page, 5)
    expect(page.get_by_label("Moment of the training")).to_be_visible()
    expect(page.locator(".handwriting-gallery button")).to_have_count(len(TWENTY))
    assert violations(page) == []
    if (width, scheme) == (1280, "dark"):
        page.emulate_media(forced_colors="active")
        assert violations(page) == []


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
