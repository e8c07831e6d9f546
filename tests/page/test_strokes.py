"""Strokes as they become curves, enter from outside, are rubbed out, and are drawn before the page is there."""

import math

from playwright.sync_api import Browser, Page, Route, expect

from tests.page.conftest import OpenPage, wait_until_ready
from tests.page.drawing import (
    ONE,
    PAD,
    choose_sample,
    draw,
    expect_answer,
    expect_blank,
    on_pad,
    percents,
)

CIRCLE = [[70 + 45 * math.sin(turn), 70 - 45 * math.cos(turn)] for turn in [i * math.tau / 12 for i in range(13)]]
# How far dark pixels are from a place: least and most.
RADII = """(canvas, [x, y]) => {
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  let [least, most] = [Infinity, 0];
  for (let i = 0; i < canvas.width * canvas.height; i++) {
    if (data[4 * i + 3] < 128) continue;
    const scale = 140 / canvas.width;
    const [dx, dy] = [((i % canvas.width) + 0.5) * scale - x, (Math.floor(i / canvas.width) + 0.5) * scale - y];
    [least, most] = [Math.min(least, Math.hypot(dx, dy)), Math.max(most, Math.hypot(dx, dy))];
  }
  return [least, most];
}"""


def radii(page: Page) -> list[float]:
    """How near to the middle of the pad there is ink, and how far."""
    return page.get_by_label(PAD).evaluate(RADII, [70, 70])


def test_a_fast_stroke_is_a_curve_while_the_pen_is_down_and_after(page: Page) -> None:
    """Twelve places on a circle: a polygon would come 1.5 pixels nearer to its middle than the circle does."""
    draw(page, [CIRCLE[:-1]], lift=False)
    assert radii(page)[0] < 39  # the last piece is straight for now
    page.mouse.move(*on_pad(page, CIRCLE[-1]))
    page.mouse.up()
    least, most = radii(page)
    assert abs(least - 40) < 0.6
    assert abs(most - 50) < 0.6
    expect_answer(page, 0)


def test_a_corner_stays_a_corner(page: Page) -> None:
    draw(page, [[[30, 30], [110, 30], [60, 115]]])
    assert radii(page)[1] < math.hypot(40 + 5, 40 + 5) + 1  # no loop beyond the corner
    expect_answer(page, 7)


def test_a_stroke_may_enter_from_outside(page: Page) -> None:
    box = page.get_by_label(PAD).bounding_box()
    page.mouse.move(box["x"] - 30, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(*on_pad(page, [20, 70]))
    page.mouse.move(*on_pad(page, [120, 70]), steps=5)
    assert percents(page) != [0] * 10
    page.mouse.up()
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()


def test_a_pens_eraser_rubs_out_the_stroke_that_it_touches(page: Page) -> None:
    draw(page, [*ONE, [[20, 125], [120, 125]]])
    before = percents(page)
    erase = """(pad, [x, y]) => {
      const place = { clientX: x, clientY: y, pointerId: 1, pointerType: "pen", bubbles: true };
      pad.setPointerCapture = () => {};
      for (const [type, button, buttons] of [["pointerdown", 5, 32], ["pointermove", -1, 32], ["pointerup", 5, 0]])
        pad.dispatchEvent(new PointerEvent(type, { ...place, button, buttons }));
    }"""
    page.get_by_label(PAD).evaluate(erase, on_pad(page, [40, 127]))
    expect_answer(page, 1)
    page.get_by_role("button", name="Undo").click()
    assert percents(page) == before


def test_undo_belongs_to_the_digit_in_hand(open_view: OpenPage) -> None:
    page = open_view("handwriting")
    page.get_by_role("button", name="Start").click()
    draw(page, ONE)
    page.get_by_role("button", name="Next").click()
    expect_blank(page)
    page.keyboard.press("Control+z")
    expect_blank(page)


def test_the_keyboards_pen_says_when_it_is_down(page: Page) -> None:
    pad = page.get_by_label(PAD)
    pad.press("Space")
    expect(page.get_by_text("Pen down.")).to_be_attached()
    pad.press("ArrowDown")
    pad.press("Space")
    expect(page.get_by_text("Pen up.")).to_be_attached()


def test_focus_goes_to_the_pad_when_its_button_is_disabled(page: Page) -> None:
    choose_sample(page, 3)
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_label(PAD)).to_be_focused()
    choose_sample(page, 3)
    page.get_by_role("button", name="Clear").press("Enter")
    expect(page.get_by_label(PAD)).to_be_focused()


def test_strokes_from_before_the_pads_module_was_there_are_kept(browser: Browser, server: str) -> None:
    page = browser.new_page(reduced_motion="reduce")
    held: list[Route] = []
    page.route("**/page/pad/pad.js", lambda route: held.append(route))
    page.goto(server)
    page.get_by_label(PAD).wait_for()
    draw(page, ONE)
    assert page.get_by_label("Sample drawings").locator("button").count() == 0
    for route in held:
        route.continue_()
    wait_until_ready(page)
    expect_answer(page, 1)
    page.close()
