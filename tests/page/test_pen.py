"""The pad with everything that can get in the way: a page that is still loading, selections, palms, second fingers."""

from collections.abc import Callable

import pytest
from playwright.sync_api import CDPSession, Page, Route, expect

from tests.page.conftest import OpenPage, wait_until_ready
from tests.page.drawing import ONE, PAD, STROKES, clear, draw, expect_answer, expect_blank, on_pad, percents

DARK = """([x, y]) => {
  const pad = document.querySelector(".pad-canvas");
  const copy = new OffscreenCanvas(pad.width, pad.height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(pad, 0, 0);
  return copy.getImageData((x / 140) * pad.width, (y / 140) * pad.height, 1, 1).data[3] > 128;
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


# Modules start when the test says so.
HELD = """<script>
  var start;
  const isStarted = new Promise((done) => (start = done));
  const held = (name) => isStarted.then(() => import(name));
</script>"""


def hold_modules(route: Route) -> None:
    """The page without its modules, as on a slow line."""
    text = route.fetch().text().replace('import("sketchpad/', 'held("sketchpad/')
    route.fulfill(body=text.replace("<head>", f"<head>{HELD}", 1), content_type="text/html")


@pytest.mark.parametrize("query", ["", "?view=train"])
def test_a_stroke_from_before_the_page_was_there_goes_on(open_page: OpenPage, site: str, query: str) -> None:
    page = open_page(site, own=True, service_workers="block", bypass_csp=True)
    page.route(f"{site}{query}", hold_modules)
    page.goto(f"{site}{query}", wait_until="commit")
    page.wait_for_function("document.querySelector('.pad-canvas')?.getBoundingClientRect().width > 100")
    [stroke] = STROKES[2]
    box = page.get_by_label(PAD).bounding_box()
    draw(page, [stroke[: len(stroke) // 2]], lift=False)
    assert page.get_by_role("meter").count() == 0
    page.evaluate("start()")
    wait_until_ready(page)  # all that mounts, moves and takes the focus
    page.get_by_role("button", name="Share").focus()
    for point in stroke[len(stroke) // 2 :]:
        page.mouse.move(*on_pad(page, point, box))
    page.mouse.up()
    expect_answer(page, 2)


def test_a_stroke_goes_on_while_the_pad_moves_and_ends_with_the_button(page: Page) -> None:
    box = page.get_by_label(PAD).bounding_box()
    page.mouse.move(*on_pad(page, [70, 30], box))
    page.mouse.down()
    page.mouse.move(*on_pad(page, [70, 60], box))
    page.set_viewport_size({"width": 1366, "height": 620})
    page.mouse.move(*on_pad(page, [70, 110], box))
    page.mouse.up()
    expect_answer(page, 1)
    before = percents(page)
    lost = """(pad, [x, y]) => {
      const event = { clientX: x, clientY: y, pointerId: 1, pointerType: "mouse", bubbles: true };
      pad.dispatchEvent(new PointerEvent("pointerdown", { ...event, button: 0, buttons: 1 }));
      for (const by of [0, 90])
        pad.dispatchEvent(new PointerEvent("pointermove", { ...event, clientX: x + by, button: -1, buttons: 0 }));
    }"""
    page.get_by_label(PAD).evaluate(lost, on_pad(page, [70, 70]))  # its pointerup went elsewhere
    assert max(abs(a - b) for a, b in zip(before, percents(page), strict=True)) < 5


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
    allowed = "pad => pad.dispatchEvent(new Event('dragstart', { bubbles: true, cancelable: true }))"
    assert page.get_by_label(PAD).evaluate(allowed) is False


def test_a_tap_leaves_a_dot_as_wide_as_the_pen(page: Page) -> None:
    page.mouse.move(*on_pad(page, [50, 70]))
    page.mouse.down()
    assert page.evaluate(DARK, [50, 70])  # while the pen is down
    page.mouse.up()
    shown = [page.evaluate(DARK, [50 + distance, 70]) for distance in (-6, -4, 0, 4, 6)]
    assert shown == [False, True, True, True, False]


def test_a_finger_draws_without_scrolling(tablet: Page, fingers: Fingers) -> None:
    tablet.set_viewport_size({"width": 390, "height": 500})
    [stroke] = STROKES[2]
    for kind, point in zip(["touchStart", *["touchMove"] * (len(stroke) - 1)], stroke, strict=True):
        fingers(kind, point)
    fingers("touchEnd")
    expect_answer(tablet, 2)
    assert tablet.evaluate("scrollY") == 0


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
    pen(tablet, session, ONE)
    for draws in (False, True):  # touches draw again once the pen is away
        fingers("touchStart", [110, 125])
        fingers("touchMove", [120, 130])
        fingers("touchEnd")
        assert tablet.evaluate(DARK, [120, 130]) is draws
        tablet.evaluate(PEN_IS_AWAY)
