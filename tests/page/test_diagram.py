"""The network between the pad and the bars, and what the page does before anybody touches it."""

import pytest
from playwright.sync_api import Page, expect

from tests.page.conftest import OpenPage
from tests.page.drawing import choose_sample, draw, expect_answer, expect_blank, status

ONE = [[[70, 20], [70, 120]]]
COLORED = """canvas => {
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let i = 0; i < data.length; i += 4) count += data[i + 3] > 40 && Math.abs(data[i] - data[i + 2]) > 60;
  return count;
}"""


def colored(page: Page) -> int:
    """How many pixels of the diagram are orange or blue."""
    return page.locator(".diagram-canvas").evaluate(COLORED)


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)])
def test_the_diagram_lights_up_with_the_drawing(open_page: OpenPage, site: str, width: int, height: int) -> None:
    page = open_page(site, viewport={"width": width, "height": height})
    assert colored(page) == 0
    draw(page, ONE, lift=False)
    page.wait_for_function(f"({COLORED})(document.querySelector('.diagram-canvas')) > 500")
    page.mouse.up()
    page.keyboard.press("Escape")
    page.wait_for_function(f"({COLORED})(document.querySelector('.diagram-canvas')) === 0")


def test_a_neuron_of_the_diagram_opens_its_view(page: Page) -> None:
    choose_sample(page, 4)
    layer = page.get_by_role("button", name="Hidden layer 2, 64 neurons")
    box = layer.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] * 20.5 / 64)
    expect(page.get_by_role("heading", name="Neuron 21 of hidden layer 2")).to_be_visible()


def test_the_layers_open_by_keyboard(page: Page) -> None:
    page.get_by_role("button", name="Input, 28 × 28 pixels").press("Enter")
    expect(page.get_by_role("tab", name="Input")).to_have_attribute("aria-selected", "true")


def test_the_page_shows_itself_until_it_is_touched(open_page: OpenPage, site: str) -> None:
    page = open_page(site, reduced_motion="no-preference")
    page.wait_for_function("Number(document.querySelectorAll('[role=meter]')[2].ariaValueNow) > 90")
    assert colored(page) > 500
    expect(status(page)).to_have_text("Nothing drawn yet.")
    expect(page.locator(".shows-itself")).to_have_count(1)
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    draw(page, ONE)
    expect_answer(page, 1)
    page.get_by_role("button", name="Undo").click()
    expect_blank(page)


def test_what_the_page_shows_is_kept_when_something_else_is_pressed(open_page: OpenPage, site: str) -> None:
    page = open_page(site, reduced_motion="no-preference")
    page.wait_for_function("Number(document.querySelectorAll('[role=meter]')[2].ariaValueNow) > 50")
    page.get_by_role("tab", name="Neurons").click()
    expect_answer(page, 2)


@pytest.mark.parametrize(("motion", "query"), [("reduce", ""), ("no-preference", "?view=loss")])
def test_the_page_does_not_show_itself_unasked(open_page: OpenPage, site: str, motion: str, query: str) -> None:
    page = open_page(f"{site}{query}", reduced_motion=motion)
    page.evaluate("() => new Promise((resolve) => setTimeout(resolve))")
    expect(page.locator(".shows-itself")).to_have_count(0)
