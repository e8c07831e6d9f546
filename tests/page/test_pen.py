"""The pad with everything that can get in the way: selections, palms, second fingers, other screens, old storage."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.page.conftest import OpenPage, wait_until_ready
from tests.page.drawing import (
    ONE,
    PAD,
    STROKES,
    clear,
    draw,
    expect_answer,
    expect_blank,
    on_pad,
    percent,
    percents,
    status,
)

STORED = "digit-sketchpad.drawing"
DARK = """([x, y]) => {
  const pad = document.querySelector(".pad-canvas");
  const copy = Object.assign(document.createElement("canvas"), { width: pad.width, height: pad.height });
  const context = copy.getContext("2d", { willReadFrequently: true });
  context.drawImage(pad, 0, 0);
  const { data } = context.getImageData((x / 140) * pad.width, (y / 140) * pad.height, 1, 1);
  return data[3] > 128;
}"""
# Sets the page's clock forward to when touches draw again after a pen, instead of waiting for it.
PEN_IS_AWAY = """() => {
  const now = performance.now.bind(performance);
  performance.now = () => now() + 3001;
}"""
Fingers = Callable[..., None]


@pytest.fixture
def tablet(open_page: OpenPage, site: str) -> Page:
    return open_page(site, has_touch=True)


@pytest.fixture
def session(tablet: Page) -> CDPSession:
    return tablet.context.new_cdp_session(tablet)


@pytest.fixture
def fingers(tablet: Page, session: CDPSession) -> Fingers:
    """Sends a touch event with the places of all fingers on the pad."""

    def send(kind: str, *points: list[float]) -> None:
        places = [dict(zip(("x", "y"), on_pad(tablet, point), strict=True), id=i) for i, point in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    return send


def pen(page: Page, session: CDPSession, strokes: list) -> None:
    """Draw with a pen."""
    for stroke in strokes:
        kinds = ["mousePressed", *["mouseMoved"] * (len(stroke) - 1), "mouseReleased"]
        for kind, point in zip(kinds, [*stroke, stroke[-1]], strict=True):
            x, y = on_pad(page, point)
            event = {"type": kind, "x": x, "y": y, "pointerType": "pen", "button": "left", "buttons": 1}
            session.send("Input.dispatchMouseEvent", event | {"clickCount": 1})


def test_selected_text_does_not_stop_the_pen(page: Page) -> None:
    page.keyboard.press("Control+a")
    assert page.evaluate("getSelection().toString()") != ""
    draw(page, STROKES[3])
    expect_answer(page, 3)
    clear(page)
    for text in ("h1", ".header-lead"):
        box = page.locator(text).bounding_box()
        page.mouse.move(box["x"] + 2, box["y"] + 10)
        page.mouse.down()
        page.mouse.move(*on_pad(page, [70, 70]), steps=4)
        page.mouse.up()
        expect_blank(page)
        draw(page, STROKES[3])
        expect_answer(page, 3)
        clear(page)
    allowed = "pad => pad.dispatchEvent(new Event('dragstart', { bubbles: true, cancelable: true }))"
    assert page.get_by_label(PAD).evaluate(allowed) is False


def test_a_tap_leaves_a_dot_as_wide_as_the_pen(page: Page) -> None:
    page.mouse.move(*on_pad(page, [50, 70]))
    page.mouse.down()
    assert page.evaluate(DARK, [50, 70])  # while the pen is down
    page.mouse.up()
    shown = [page.evaluate(DARK, [50 + distance, 70]) for distance in (-6, -4, 0, 4, 6)]
    assert shown == [False, True, True, True, False]


def test_a_second_finger_takes_back_what_the_first_one_drew(tablet: Page, fingers: Fingers) -> None:
    draw(tablet, ONE)
    drawn = percents(tablet)
    fingers("touchStart", [20, 20])
    fingers("touchMove", [60, 60])
    assert percents(tablet) != drawn
    fingers("touchStart", [60, 60], [100, 100])
    fingers("touchMove", [20, 60], [120, 100])
    fingers("touchMove", [20, 20], [120, 120])
    assert percents(tablet) == drawn
    fingers("touchEnd")
    assert percents(tablet) == drawn
    clear(tablet)
    fingers("touchStart", [70, 30])  # alone again
    for y in range(35, 115, 5):
        fingers("touchMove", [70, y])
    fingers("touchEnd")
    expect_answer(tablet, 1)


def test_a_canceled_stroke_is_taken_back(tablet: Page, fingers: Fingers) -> None:
    fingers("touchStart", [20, 20])
    fingers("touchMove", [90, 90])
    assert percents(tablet) != [0] * 10
    fingers("touchCancel")
    expect_blank(tablet)
    expect(tablet.get_by_role("button", name="Undo")).to_be_disabled()


def test_a_pen_takes_over_from_the_palm(tablet: Page, session: CDPSession, fingers: Fingers) -> None:
    for is_lifted in (False, True):
        fingers("touchStart", [110, 125])
        fingers("touchMove", [120, 130])
        assert tablet.evaluate(DARK, [120, 130])
        if is_lifted:
            fingers("touchEnd")
        pen(tablet, session, STROKES[5])
        if not is_lifted:
            fingers("touchEnd")
        expect_answer(tablet, 5)
        assert not tablet.evaluate(DARK, [120, 130])
        clear(tablet)
        tablet.evaluate(PEN_IS_AWAY)


def test_after_a_pen_touches_do_not_draw_until_it_is_away(tablet: Page, session: CDPSession, fingers: Fingers) -> None:
    pen(tablet, session, ONE)
    for draws in (False, True):
        fingers("touchStart", [110, 125])
        fingers("touchMove", [120, 130])
        fingers("touchEnd")
        assert tablet.evaluate(DARK, [120, 130]) is draws
        tablet.evaluate(PEN_IS_AWAY)


def test_a_stored_drawing_of_a_wrong_shape_is_dropped(page: Page) -> None:
    def come_back(strokes: object) -> None:
        page.evaluate(
            "([name, stored]) => addEventListener('pagehide', () => sessionStorage.setItem(name, stored))",
            [STORED, json.dumps(strokes)],
        )
        page.goto("about:blank")
        page.go_back()
        wait_until_ready(page)

    for strokes in ("ab", [[]], [[[1, None]]], [[1, 2]], [None]):
        come_back(strokes)
        expect_blank(page)
    draw(page, STROKES[7])
    expect_answer(page, 7)
    come_back(STROKES[2])
    expect_answer(page, 2)


def test_the_words_tell_what_to_do(page: Page) -> None:
    words = page.locator(".readout-answer-words")
    expect(words).to_contain_text("Draw one digit, 0 to 9")
    draw(page, [[[68, 60], [72, 75]]])
    expect(status(page)).to_contain_text("too small for the pen; clear, and draw it at least half as high as the pad")
    clear(page)
    draw(page, [[[20 + 5 * i, 30 + 80 * (i % 2)] for i in range(21)]])
    expect(words).to_contain_text("Clear, and draw one digit, 0 to 9, and nothing else.")
    clear(page)
    draw(page, STROKES[3])
    expect(status(page)).to_have_text(f"Looks like 3, {percent(0.9999)}.")  # and no runner-up


def test_redo_as_button_and_keys_until_something_new_is_drawn(page: Page) -> None:
    redo = page.get_by_role("button", name="Redo", exact=True)
    expect(redo).to_be_disabled()
    draw(page, STROKES[4])
    drawn = percents(page)
    for act in (redo.click, lambda: page.keyboard.press("Control+Shift+Z"), lambda: page.keyboard.press("Control+y")):
        page.keyboard.press("Control+z")
        assert percents(page) != drawn
        act()
        assert percents(page) == drawn
        expect(redo).to_be_disabled()
    clear(page)
    page.keyboard.press("Control+z")
    assert percents(page) == drawn
    expect(redo).to_be_enabled()
    draw(page, ONE)
    expect(redo).to_be_disabled()


def test_keys_work_wherever_no_text_is_typed(open_view: OpenPage) -> None:
    page = open_view("train")
    draw(page, STROKES[4])
    expect_answer(page, 4)
    page.get_by_role("tab", name="Train", exact=True).focus()
    page.keyboard.press("Escape")
    expect_blank(page)
    page.keyboard.press("Control+z")
    expect_answer(page, 4)
    page.evaluate("document.querySelector('.view:not([hidden])').append(document.createElement('textarea'))")
    page.locator("textarea").focus()
    for keys in ("Escape", "Control+z"):
        page.keyboard.press(keys)
    expect_answer(page, 4)


@pytest.mark.parametrize(("platform", "undo"), [("Win32", "Ctrl+Z"), ("MacIntel", "⌘Z")])
def test_shortcuts_are_written_as_the_platform_writes_them(
    open_page: OpenPage, site: str, platform: str, undo: str
) -> None:
    page = open_page(site, own=True)
    page.add_init_script(f"Object.defineProperty(Navigator.prototype, 'platform', {{ get: () => '{platform}' }})")
    page.reload()
    expect(page.locator(".pad-undo kbd")).to_have_text(undo)


def test_the_pad_stays_sharp_on_another_screen(open_page: OpenPage, site: str) -> None:
    page = open_page(site, own=True)
    draw(page, ONE)
    session = page.context.new_cdp_session(page)
    for density in (2, 1.5):
        # The other screen is a little larger, too: the browser reports its density together with its size.
        metrics = {"width": int(1280 + 10 * density), "height": 800, "deviceScaleFactor": density, "mobile": False}
        session.send("Emulation.setDeviceMetricsOverride", metrics)
        page.wait_for_function(
            """density => {
              const pad = document.querySelector(".pad-canvas");
              return Math.abs(pad.width - density * pad.clientWidth) <= 2;
            }""",
            arg=density,
        )
        assert page.evaluate(DARK, [70, 70])
