"""Drawing as people do: by mouse, by touch and by keyboard, while the bars move."""

import pytest
from playwright.sync_api import Page, expect

from tests.page.conftest import Server, StaticServer
from tests.page.hand import (
    ONE,
    PAD,
    STROKES,
    draw,
    expect_answer,
    expect_blank,
    expect_torch,
    meter,
    on_pad,
    percents,
    status,
    touch,
)

WORKS_ALONE = True


def test_every_digit_is_read(page: Page) -> None:
    for digit, strokes in STROKES.items():
        draw(page, strokes)
        expect_answer(page, digit)
        expect(page.locator(".answer-digit")).to_have_text(str(digit))
        assert max(range(10), key=percents(page).__getitem__) == digit
        assert sum(percents(page)) == pytest.approx(100, abs=0.6)  # ten roundings
        page.keyboard.press("Escape")
        expect_blank(page)


def test_bars_move_while_the_pen_is_down_and_no_request_is_made(page: Page, server: Server) -> None:
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    seen = set()
    page.mouse.move(*on_pad(page, STROKES[3][0][0]))
    page.mouse.down()
    for point in STROKES[3][0]:
        page.mouse.move(*on_pad(page, point))
        seen.add(tuple(percents(page)))
    assert len(seen) > 10
    assert not requests
    expect(status(page)).to_have_text("Nothing drawn yet.")  # spoken at pen-up, not at every frame
    page.mouse.up()
    expect_answer(page, 3)
    asked = [] if isinstance(server, StaticServer) else ["alive", "gradio_api/run/predict"]
    assert [url.removeprefix(server.url) for url in requests if "/static/" not in url] == asked  # fonts may come


def test_touch_draws_and_does_not_scroll(new_page) -> None:
    page = new_page(viewport={"width": 390, "height": 500}, has_touch=True)
    touch(page, STROKES[2])
    expect_answer(page, 2)
    assert page.evaluate("scrollY") == 0


def test_keyboard_draws_moves_and_clears(page: Page) -> None:
    pad = page.get_by_label(PAD)
    pad.focus()
    for key in ["ArrowUp"] * 6 + ["Space"] + ["ArrowDown"] * 12:
        page.keyboard.press(key)
    assert percents(page)[1] > 50  # before the pen is lifted
    page.keyboard.press("Space")
    expect_answer(page, 1)
    page.keyboard.press("Escape")
    expect_blank(page)


def test_two_arrows_at_once_draw_a_diagonal(page: Page) -> None:
    page.get_by_label(PAD).focus()
    page.keyboard.press("Space")
    page.keyboard.down("ArrowUp")
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    page.keyboard.up("ArrowUp")
    page.keyboard.press("Space")
    expect_torch(page)
    lit = page.evaluate(
        """() => {
          const canvas = document.querySelector(".input-picture");
          const tone = canvas.getContext("2d").getImageData(0, 0, 28, 28).data;
          const at = (x, y) => tone[4 * (28 * y + x)];
          return { corner: at(21, 6) + at(22, 5), middle: at(14, 14), opposite: at(6, 6) };
        }"""
    )
    assert lit["corner"] > 100
    assert lit["middle"] > 100
    assert lit["opposite"] == 0


def test_a_click_makes_a_dot_which_is_no_digit(page: Page) -> None:
    page.mouse.click(*on_pad(page, [70, 70]))
    expect_torch(page)
    expect(status(page)).to_contain_text("Not a digit: ")
    assert sum(percents(page)) == pytest.approx(100, abs=0.6)  # the network still says what comes nearest


def test_what_is_no_digit_is_called_so_and_what_to_do_is_said(page: Page) -> None:
    draw(page, [[[20 + 5 * i, 30 + 80 * (i % 2)] for i in range(21)]])  # a zigzag
    expect_torch(page)
    expect(status(page)).to_contain_text("Clear, and draw one digit.")
    expect(page.locator(".is-winner")).to_have_count(0)
    page.keyboard.press("Escape")
    draw(page, STROKES[8])
    expect_answer(page, 8)


def test_clear_and_undo_as_buttons_and_keys(page: Page) -> None:
    undo, clear = (page.get_by_role("button", name=name) for name in ("Undo", "Clear"))
    expect(undo).to_be_disabled()
    expect(clear).to_be_disabled()

    draw(page, STROKES[4])
    expect_answer(page, 4)
    four = percents(page)
    draw(page, [[[20, 20], [120, 120], [20, 120]]])
    assert percents(page) != four
    page.keyboard.press("Control+z")
    expect_answer(page, 4)
    assert percents(page) == four

    clear.click()
    expect_blank(page)
    expect(clear).to_be_disabled()
    undo.click()  # a drawing cleared by mistake comes back
    expect_answer(page, 4)
    assert percents(page) == four
    for _ in range(2):
        undo.click()
    expect_blank(page)
    expect(undo).to_be_disabled()


def test_leaving_the_pad_and_coming_back_goes_on_with_the_stroke(page: Page) -> None:
    draw(page, [[[70, 30], [70, 60], [300, 60], [300, 90], [70, 90], [70, 110]]], lift=False)
    assert percents(page) != [0] * 10
    page.mouse.up()
    expect_torch(page)
    page.keyboard.press("Escape")
    page.mouse.move(*on_pad(page, [70, 70]))
    page.mouse.move(*on_pad(page, [90, 90]))  # the pen was let go outside: nothing draws
    expect_blank(page)


def test_letting_go_outside_the_pad_ends_the_stroke(page: Page) -> None:
    draw(page, [[[70, 30], [70, 110], [70, 180]]])
    expect_torch(page)


def test_a_second_finger_changes_nothing(new_page) -> None:
    page = new_page(has_touch=True)
    session = page.context.new_cdp_session(page)

    def fingers(kind: str, *points: list[float]) -> None:
        places = [dict(zip(("x", "y"), on_pad(page, point), strict=True), id=i) for i, point in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    fingers("touchStart", [70, 30])
    fingers("touchStart", [70, 30], [20, 120])
    for y in range(30, 115, 5):
        fingers("touchMove", [70, y], [20 + y, 120])
    fingers("touchEnd")
    expect_answer(page, 1)


def test_samples_draw_themselves_in_one_style_after_another(page: Page) -> None:
    samples = page.get_by_label("Sample drawings").get_by_role("button")
    assert samples.count() == 10
    for style in ("7, crossed", "7, with a serif"):
        page.get_by_role("button", name=style, exact=True).click()
        expect_answer(page, 7)
    samples.nth(9).click()
    expect_answer(page, 9)


def test_the_bars_keep_their_order_and_the_winner_stands_out(page: Page) -> None:
    draw(page, ONE)
    names = page.get_by_role("meter").evaluate_all("meters => meters.map(meter => meter.ariaLabel)")
    assert names == [f"Probability of {digit}" for digit in range(10)]
    expect(meter(page, 1)).to_have_attribute("aria-valuemin", "0")
    expect(meter(page, 1)).to_have_attribute("aria-valuemax", "100")
    weight = "bars => bars.map(bar => getComputedStyle(bar.querySelector('.bar-percent')).fontWeight)"
    weights = page.locator(".bar").evaluate_all(weight)
    assert [digit for digit in range(10) if weights[digit] == "800"] == [1]
