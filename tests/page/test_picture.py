"""The picture between drawing and answer: it lights up, explains itself where one points, and says what to do."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.page.conftest import OpenPage
from tests.page.drawing import ONE, choose_sample, draw, expect_answer, expect_blank, on_pad, status

COLORED = """canvas => {
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let i = 0; i < data.length; i += 4) count += data[i + 3] > 40 && Math.abs(data[i] - data[i + 2]) > 60;
  return count;
}"""
CANVAS = ".picture-canvas"


def card(page: Page) -> Locator:
    """What explains the neuron or the connection that is pointed at."""
    return page.locator(".picture-card")


def neuron(page: Page, layer: int, index: int) -> tuple[float, float]:
    """Where a neuron is on the screen."""
    box = page.locator(".picture-layer").nth(layer).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] * (index + 0.5) / 64


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
def test_it_lights_up_with_the_drawing(open_page: OpenPage, site: str, width: int, height: int) -> None:
    page = open_page(site, viewport={"width": width, "height": height})
    assert page.locator(CANVAS).evaluate(COLORED) == 0
    draw(page, ONE, lift=False)
    page.wait_for_function(f"({COLORED})(document.querySelector('{CANVAS}')) > 300")
    page.mouse.up()
    page.keyboard.press("Escape")
    page.wait_for_function(f"({COLORED})(document.querySelector('{CANVAS}')) === 0")


def test_pointing_at_a_neuron_explains_it_there_and_pressing_it_keeps_it(page: Page) -> None:
    choose_sample(page, 4)
    page.mouse.move(*neuron(page, 0, 20))
    expect(card(page)).to_contain_text("Neuron 21")
    texts = filter(None, card(page).locator("dd").all_inner_texts())
    *terms, total = (float(text.replace("−", "-")) for text in texts)
    assert sum(terms) == pytest.approx(total, abs=0.2)  # of four roundings
    page.mouse.move(*on_pad(page, [70, 70]))
    expect(card(page)).to_be_hidden()
    page.mouse.click(*neuron(page, 1, 40))
    page.mouse.move(*on_pad(page, [70, 70]))
    expect(card(page)).to_contain_text("Neuron 41")
    page.reload()
    expect(card(page)).to_contain_text("Neuron 41")
    page.keyboard.press("Escape")
    expect(card(page)).to_be_hidden()
    expect_answer(page, 4)  # the first Escape cleared nothing


def test_a_connection_is_weight_times_activation_by_mouse_and_keyboard(page: Page) -> None:
    choose_sample(page, 4)
    layer = page.get_by_role("slider", name="Layer 2, 64 neurons")
    layer.focus()
    page.keyboard.press("ArrowDown")
    expect(card(page)).to_contain_text("Neuron 2")
    expect(layer).to_have_attribute("aria-valuetext", re.compile(r"Neuron 2 of layer 2: sum .*raises.*lowers.*bias"))
    page.keyboard.press("ArrowLeft")  # along its strongest connection
    expect(card(page)).to_contain_text("Weight times activation")
    weight, activation, product = re.search(r"([−\d.]+) × ([\d.]+) = ([+−][\d.]+)", card(page).inner_text()).groups()
    numbers = [float(text.replace("−", "-")) for text in (weight, activation, product)]
    assert numbers[0] * numbers[1] == pytest.approx(numbers[2], abs=0.01 * numbers[1])
    page.keyboard.press("Escape")
    expect(card(page)).to_be_hidden()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert "view=neurons" in page.url
    expect(page.get_by_role("heading", name="Neuron 3")).to_be_visible()


def test_two_networks_are_compared_in_meters_of_their_own(page: Page) -> None:
    choose_sample(page, 4)
    page.get_by_label("About this network").click()
    page.get_by_role("button", name="Compare both").click()
    expect(page.get_by_role("meter", name=re.compile("Pretrained$"))).to_have_count(10)
    expect(page.get_by_role("meter", name=re.compile(r"^Probability of \d$"))).to_have_count(10)
    expect(page.locator(".picture-pair")).to_have_text(re.compile("Baseline.*Pretrained"))
    page.get_by_role("button", name="Pretrained", exact=True).click()
    expect(page.get_by_role("meter", name=re.compile("Pretrained$"))).to_have_count(0)


@pytest.mark.slow
def test_the_page_shows_itself_until_it_is_touched(open_page: OpenPage, site: str) -> None:
    page = open_page(site, reduced_motion="no-preference")
    page.wait_for_function("Number(document.querySelectorAll('[role=meter]')[2].ariaValueNow) > 90")
    expect(page.get_by_text("Draw a digit, 0 to 9")).to_be_visible()
    expect(status(page)).to_have_text("Nothing drawn yet.")
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    draw(page, ONE)
    expect_answer(page, 1)
    page.get_by_role("button", name="Undo").click()
    expect_blank(page)


@pytest.mark.parametrize(("motion", "query"), [("reduce", ""), ("no-preference", "?view=loss")])
def test_the_page_does_not_show_itself_unasked(open_page: OpenPage, site: str, motion: str, query: str) -> None:
    page = open_page(f"{site}{query}", own=True, reduced_motion=motion)
    page.clock.install()
    page.reload()
    page.clock.run_for(5000)
    expect(page.locator(".shows-itself")).to_have_count(0)


def test_a_kiosk_starts_anew_a_minute_after_the_last_touch(open_page: OpenPage, site: str) -> None:
    page = open_page(f"{site}?kiosk", own=True, reduced_motion="no-preference")
    page.clock.install()
    page.reload()
    page.get_by_role("link", name="Why?").click()
    draw(page, ONE)
    expect_answer(page, 1)
    page.clock.fast_forward(59_000)
    expect_answer(page, 1)
    page.clock.fast_forward(1_000)
    expect(page.locator(".view:visible")).to_have_count(0)
    expect(status(page)).to_have_text("Nothing drawn yet.")
    assert page.url.endswith("?kiosk=")
    page.clock.run_for(4000)
    expect(page.locator(".shows-itself")).to_have_count(1)
