"""Drawing as people do: by mouse, by touch, by keyboard, from samples, with undo and redo, while the bars move."""

import math

import pytest
from playwright.sync_api import Page, expect

from tests.page.conftest import OpenPage
from tests.page.drawing import (
    ONE,
    PAD,
    STROKES,
    choose_sample,
    clear,
    draw,
    expect_answer,
    expect_blank,
    on_pad,
    percents,
)

CIRCLE = [[70 + 45 * math.sin(turn), 70 - 45 * math.cos(turn)] for turn in [i * math.tau / 12 for i in range(13)]]
# How far dark pixels are from the middle: least and most.
RADII = """(canvas) => {
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  const scale = 140 / canvas.width;
  let [least, most] = [Infinity, 0];
  for (let i = 0; i < canvas.width * canvas.height; i++) {
    if (data[4 * i + 3] < 128) continue;
    const [x, y] = [(i % canvas.width) + 0.5, Math.floor(i / canvas.width) + 0.5];
    const distance = Math.hypot(x * scale - 70, y * scale - 70);
    [least, most] = [Math.min(least, distance), Math.max(most, distance)];
  }
  return [least, most];
}"""


def test_every_digit_is_recognized_and_its_bar_stands_out(page: Page) -> None:
    expect_blank(page)
    expect(page.locator(".picture-digit")).to_have_text("?")
    expect(page.locator(".is-winner")).to_have_count(0)
    names = page.get_by_role("meter").evaluate_all("meters => meters.map(meter => meter.ariaLabel)")
    assert names == [f"Probability of {digit}" for digit in range(10)]
    for digit, strokes in STROKES.items():
        draw(page, strokes)
        expect_answer(page, digit)
        expect(page.locator(".picture-digit")).to_have_text(str(digit))
        assert max(range(10), key=percents(page).__getitem__) == digit
        assert sum(percents(page)) == pytest.approx(100, abs=0.6)  # ten roundings
        expect(page.locator(".is-winner .digit-bar-digit")).to_have_text(str(digit))
        page.keyboard.press("Escape")
        expect_blank(page)


def test_the_keyboard_draws_moves_clears_and_says_when_its_pen_is_down(page: Page) -> None:
    page.get_by_label(PAD).focus()
    for key in ["ArrowUp"] * 6 + ["Space"] + ["ArrowDown"] * 12:
        page.keyboard.press(key)
    expect(page.get_by_text("Pen down.")).to_be_attached()
    assert percents(page)[1] > 50  # before the pen is lifted
    page.keyboard.press("Space")
    expect(page.get_by_text("Pen up.")).to_be_attached()
    expect_answer(page, 1)
    page.keyboard.press("Escape")
    expect_blank(page)
    for key in ("ArrowLeft", "ArrowDown"):  # two at once draw a diagonal
        page.keyboard.down(key)
    page.keyboard.press("Space")
    page.keyboard.up("ArrowDown")
    page.keyboard.down("ArrowUp")
    for key in ["ArrowLeft"] * 2 + ["ArrowUp"] * 6:
        page.keyboard.press(key)
    page.keyboard.press("Space")
    assert percents(page) != [0] * 10


@pytest.mark.parametrize(
    ("letter", "code", "acts"),
    [("z", "KeyZ", True), ("я", "KeyZ", True), ("ζ", "KeyZ", True), ("z", "KeyW", True), ("y", "KeyZ", False)],
    ids=["QWERTY", "Cyrillic", "Greek", "AZERTY", "QWERTZ"],
)
def test_undo_is_where_the_keyboard_has_it(page: Page, letter: str, code: str, acts: bool) -> None:
    draw(page, STROKES[4])
    draw(page, ONE)
    before = percents(page)
    event = f"new KeyboardEvent('keydown', {{ key: '{letter}', code: '{code}', ctrlKey: true, bubbles: true }})"
    page.evaluate(f"document.body.dispatchEvent({event})")
    assert (percents(page) != before) == acts


def test_undo_redo_and_clear_as_buttons_and_keys(page: Page) -> None:
    undo, redo = (page.get_by_role("button", name=name, exact=True) for name in ("Undo", "Redo"))
    expect(redo).to_be_disabled()
    draw(page, STROKES[4])
    expect_answer(page, 4)
    four = percents(page)
    draw(page, [[[20, 20], [120, 120], [20, 120]]])
    assert percents(page) != four
    page.keyboard.press("Control+z")
    assert percents(page) == four
    for act in (redo.click, lambda: page.keyboard.press("Control+Shift+Z"), lambda: page.keyboard.press("Control+y")):
        act()
        assert percents(page) != four
        expect(redo).to_be_disabled()
        undo.click()
    clear(page)
    expect_blank(page)
    expect(redo).to_be_disabled()  # something new was done
    undo.click()  # a drawing cleared by mistake comes back
    assert percents(page) == four
    for _ in STROKES[4]:
        undo.press("Enter")
    expect_blank(page)
    expect(undo).to_be_disabled()
    expect(page.get_by_label(PAD)).to_be_focused()  # and not nothing


def test_a_stroke_may_leave_the_pad_come_back_and_enter_from_outside(page: Page) -> None:
    draw(page, [[[70, 30], [70, 60], [300, 60], [300, 90], [70, 90], [70, 110]]], lift=False)
    assert percents(page) != [0] * 10
    page.mouse.up()
    clear(page)
    draw(page, [[[70, 30], [70, 110], [70, 180]]])  # let go outside
    drawn = percents(page)
    page.mouse.move(*on_pad(page, [20, 70]))
    page.mouse.move(*on_pad(page, [90, 90]))
    assert percents(page) == drawn
    clear(page)
    box = page.get_by_label("Sketchpad").bounding_box()
    page.mouse.move(box["x"] - 5, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(*on_pad(page, [120, 70]), steps=5)
    page.mouse.up()
    assert percents(page) != [0] * 10


def test_samples_draw_themselves_in_one_hand_after_another_and_are_undone_whole(open_page: OpenPage, site: str) -> None:
    page = open_page(site, reduced_motion="no-preference")
    buttons = page.get_by_label("Sample drawings").locator("button")
    names = []
    for _ in range(2):
        names.append(buttons.nth(7).get_attribute("title"))
        buttons.nth(7).click()
        expect_answer(page, 7)
    assert len(set(names)) == 2
    buttons.nth(8).click()
    page.wait_for_function("document.querySelector('.picture-status').textContent.includes('7')")  # it has begun
    buttons.nth(1).click()
    expect_answer(page, 1)
    page.get_by_role("button", name="Undo").click()
    expect_answer(page, 8)
    page.emulate_media(reduced_motion="reduce")
    choose_sample(page, 4)
    assert page.locator(".picture-digit").inner_text() == "4"  # at once


def test_a_fast_stroke_is_a_curve_and_a_corner_stays_a_corner(page: Page) -> None:
    """Twelve places on a circle: a polygon would come 1.5 pixels nearer to its middle than the circle does."""
    pad = page.get_by_label(PAD)
    draw(page, [CIRCLE[:-1]], lift=False)
    assert pad.evaluate(RADII)[0] < 39  # the last piece is straight for now
    page.mouse.move(*on_pad(page, CIRCLE[-1]))
    page.mouse.up()
    assert pad.evaluate(RADII) == pytest.approx([40, 50], abs=0.6)
    expect_answer(page, 0)
    clear(page)
    draw(page, [[[30, 30], [110, 30], [60, 115]]])
    assert pad.evaluate(RADII)[1] < math.hypot(40 + 5, 40 + 5) + 1  # no loop beyond the corner
    expect_answer(page, 7)


def test_a_pens_eraser_rubs_out_the_stroke_that_it_touches(page: Page) -> None:
    draw(page, [*ONE, [[20, 125], [120, 125]]])
    before = percents(page)
    erase = """(pad, [x, y]) => {
      const place = { clientX: x, clientY: y, pointerId: 1, pointerType: "pen", bubbles: true };
      for (const [type, button, buttons] of [["pointerdown", 5, 32], ["pointermove", -1, 32], ["pointerup", 5, 0]])
        pad.dispatchEvent(new PointerEvent(type, { ...place, button, buttons }));
    }"""
    page.get_by_label(PAD).evaluate(erase, on_pad(page, [40, 127]))
    expect_answer(page, 1)
    page.get_by_role("button", name="Undo").click()
    assert percents(page) == before
