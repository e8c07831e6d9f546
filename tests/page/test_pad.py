"""Drawing as people do: by mouse, by touch and by keyboard, while the bars move."""

import pytest
from playwright.sync_api import Page, expect

from tests.page.conftest import OpenPage
from tests.page.drawing import (
    PAD,
    STROKES,
    choose_sample,
    clear,
    draw,
    expect_answer,
    expect_blank,
    on_pad,
    percents,
    status,
    touch,
)


def test_every_digit_is_recognized_and_its_bar_stands_out(page: Page) -> None:
    expect_blank(page)
    expect(page.locator(".readout-answer-digit")).to_have_text("?")
    expect(page.locator(".is-winner")).to_have_count(0)
    names = page.get_by_role("meter").evaluate_all("meters => meters.map(meter => meter.ariaLabel)")
    assert names == [f"Probability of {digit}" for digit in range(10)]
    for digit, strokes in STROKES.items():
        draw(page, strokes)
        expect_answer(page, digit)
        expect(page.locator(".readout-answer-digit")).to_have_text(str(digit))
        assert max(range(10), key=percents(page).__getitem__) == digit
        assert sum(percents(page)) == pytest.approx(100, abs=0.6)  # ten roundings
        weights = page.locator(".readout .digit-bar-percent").evaluate_all(
            "texts => texts.map(text => Number(getComputedStyle(text).fontWeight))"
        )
        assert [i for i in range(10) if weights[i] == max(weights)] == [digit]
        page.keyboard.press("Escape")
        expect_blank(page)


def test_a_finger_draws_without_scrolling(open_page: OpenPage, site: str) -> None:
    page = open_page(site, viewport={"width": 390, "height": 500}, has_touch=True)
    touch(page, STROKES[2])
    expect_answer(page, 2)
    assert page.evaluate("scrollY") == 0


def test_the_keyboard_draws_moves_and_clears(page: Page) -> None:
    page.get_by_label(PAD).focus()
    for key in ["ArrowUp"] * 6 + ["Space"] + ["ArrowDown"] * 12:
        page.keyboard.press(key)
    assert percents(page)[1] > 50  # before the pen is lifted
    page.keyboard.press("Space")
    expect_answer(page, 1)
    page.keyboard.press("Escape")
    expect_blank(page)


def test_two_arrow_keys_at_once_draw_a_diagonal(page: Page) -> None:
    page.get_by_label(PAD).focus()
    page.keyboard.press("Space")
    page.keyboard.down("ArrowUp")
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    page.keyboard.up("ArrowUp")
    page.keyboard.press("Space")
    tones = page.locator(".diagram-image").evaluate(
        """canvas => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, 28, 28);
          return [[21, 6], [14, 14], [6, 6]].map(([x, y]) => data[4 * (28 * y + x)]);
        }"""
    )
    assert tones[0] + tones[1] > 200
    assert tones[2] == 0


def test_what_is_no_digit_is_called_so_and_what_to_do_is_said(page: Page) -> None:
    page.mouse.click(*on_pad(page, [70, 70]))  # a dot
    expect(status(page)).to_contain_text("Not a digit: ")
    assert sum(percents(page)) == pytest.approx(100, abs=0.6)  # the network still says what comes nearest
    clear(page)
    draw(page, [[[20 + 5 * i, 30 + 80 * (i % 2)] for i in range(21)]])  # a zigzag
    expect(status(page)).to_contain_text("Not a digit: ")
    expect(page.locator(".is-winner")).to_have_count(0)
    clear(page)
    draw(page, STROKES[8])
    expect_answer(page, 8)


def test_clear_and_undo_as_buttons_and_keys(page: Page) -> None:
    undo = page.get_by_role("button", name="Undo")
    draw(page, STROKES[4])
    expect_answer(page, 4)
    four = percents(page)
    draw(page, [[[20, 20], [120, 120], [20, 120]]])
    assert percents(page) != four
    page.keyboard.press("Control+z")
    expect_answer(page, 4)
    assert percents(page) == four

    clear(page)
    expect_blank(page)
    undo.click()  # a drawing cleared by mistake comes back
    expect_answer(page, 4)
    assert percents(page) == four
    for _ in range(2):
        undo.click()
    expect_blank(page)
    expect(undo).to_be_disabled()


def test_a_stroke_may_leave_the_pad_and_come_back_or_end_outside(page: Page) -> None:
    draw(page, [[[70, 30], [70, 60], [300, 60], [300, 90], [70, 90], [70, 110]]], lift=False)
    assert percents(page) != [0] * 10
    page.mouse.up()
    clear(page)
    draw(page, [[[70, 30], [70, 110], [70, 180]]])  # let go outside
    drawn = percents(page)
    page.mouse.move(*on_pad(page, [20, 70]))
    page.mouse.move(*on_pad(page, [90, 90]))
    assert percents(page) == drawn


def test_samples_draw_themselves_in_one_style_after_another(open_page: OpenPage, site: str) -> None:
    page = open_page(site, reduced_motion="no-preference")
    for style in ("7, crossed", "7, with a serif"):
        page.get_by_role("button", name=style, exact=True).click()
        expect_answer(page, 7)
    page.emulate_media(reduced_motion="reduce")
    choose_sample(page, 8)
    assert page.locator(".readout-answer-digit").inner_text() == "8"  # at once


def test_the_pad_is_sharp_on_a_dense_screen_and_follows_from_light_to_dark(open_page: OpenPage, site: str) -> None:
    page = open_page(site, device_scale_factor=3, color_scheme="light")
    pad = page.get_by_label(PAD)
    assert pad.evaluate("pad => Math.abs(pad.width - 3 * pad.clientWidth)") <= 2
    draw(page, [[[20, 70], [120, 70]]])
    middle = """pad => {
      const copy = Object.assign(document.createElement("canvas"), { width: pad.width, height: pad.height });
      const context = copy.getContext("2d", { willReadFrequently: true });
      context.drawImage(pad, 0, 0);
      return context.getImageData(pad.width / 2, pad.height / 2, 1, 1).data[0];
    }"""
    assert pad.evaluate(middle) < 60
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"({middle})(document.querySelector('.pad-canvas')) > 200")
