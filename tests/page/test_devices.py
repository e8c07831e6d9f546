"""The page on phones on their side, at a large zoom, on tablets and projectors, and for the keyboard."""

from collections.abc import Iterator

from playwright.sync_api import Page, expect

from tests.page.conftest import OpenPage
from tests.page.drawing import PAD, STROKES, choose_sample, draw, expect_answer
from tests.page.test_handwriting import STORED

# Which single keys do something wherever they are pressed.
SHORTCUTS = """keys => [...keys].filter((key) => {
  const text = document.querySelector("main").innerText;
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
  return !document.body.dispatchEvent(event) || document.querySelector("main").innerText !== text;
})"""


def bottom(page: Page, selector: str) -> float:
    """Where an element that is in sight ends, in pixels of the window."""
    box = page.locator(selector).bounding_box()
    assert box is not None
    assert box["y"] >= 0
    return box["y"] + box["height"]


def screens(page: Page, *sizes: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """One window size after the other, scrolled to the top."""
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("scrollTo(0, 0)")
        yield width, height


def test_a_low_screen_shows_the_pad_whole_and_leaves_room_to_read(open_page: OpenPage, site: str) -> None:
    page = open_page(site, has_touch=True)
    low = (320, 256), (844, 390)
    tools = (".pad-canvas", ".pad-undo", ".pad-redo", ".pad-clear")
    for _, height in screens(page, *low):
        for part in tools:
            assert bottom(page, part) <= height
    choose_sample(page, 4)
    page.locator("[data-view=neurons]").dispatch_event("click")
    share = "([x, y]) => document.elementFromPoint(x, y).closest('.view') !== null"
    for width, height in screens(page, *low):
        page.locator("#view-neurons").get_by_text("The 8 inputs").scroll_into_view_if_needed()
        assert page.evaluate(share, [width - 40, height * 0.75])
        assert page.evaluate(share, [width - 40, height * 0.4])


def test_a_tablets_pad_has_300_pixels_beside_a_view(open_page: OpenPage, site: str) -> None:
    page = open_page(f"{site}?view=neurons", has_touch=True, is_mobile=True)
    for _, height in screens(page, (768, 1024), (1024, 768), (1024, 690)):
        page.evaluate("scrollTo(0, 300)")
        box = page.get_by_label(PAD).bounding_box()
        assert box["width"] >= 300
        for part in (".pad-samples", ".readout .digit-bars", ".tabs"):
            assert bottom(page, part) <= height
        draw(page, STROKES[5])
        expect_answer(page, 5)
        page.keyboard.press("Escape")


def test_a_phones_pad_grows_by_a_tap(open_page: OpenPage, site: str) -> None:
    page = open_page(f"{site}?view=neurons", viewport={"width": 390, "height": 844}, has_touch=True)
    pad, button = page.get_by_label(PAD), page.get_by_role("button", name="Large pad")
    expect(page.get_by_label("Sample drawings")).to_be_visible()
    button.tap()
    assert pad.bounding_box()["width"] >= 370  # the page's width
    page.set_viewport_size({"width": 320, "height": 568})
    page.evaluate("scrollTo(0, 300)")
    assert bottom(page, ".readout .digit-bars") <= 568
    page.set_viewport_size({"width": 390, "height": 844})
    button.tap()
    assert pad.bounding_box()["width"] < 200


def test_a_projector_shows_a_neurons_sum_and_the_tabs_in_one_row(open_page: OpenPage, site: str) -> None:
    page = open_page(f"{site}?view=neurons")
    choose_sample(page, 4)
    expect(page.locator(".neurons-sum strong").first).to_be_visible()
    for _, height in screens(page, (1280, 720), (1366, 625)):
        assert bottom(page, ".neurons-sum") <= height
        assert len(set(page.get_by_role("tab").evaluate_all("tabs => tabs.map(tab => tab.offsetTop)"))) == 1
        page.evaluate("scrollTo(0, 5000)")
        assert bottom(page, ".tabs") <= height


def test_writing_digits_by_keyboard_keeps_the_focus_and_n_acts_only_there(open_page: OpenPage, site: str) -> None:
    page = open_page(f"{site}?view=handwriting")
    page.get_by_role("button", name="Start").press("Enter")
    expect(page.get_by_label(PAD)).to_be_focused()
    choose_sample(page, 4)
    page.get_by_role("tab", name="My handwriting").focus()
    page.keyboard.press("n")
    assert page.evaluate(SHORTCUTS, "abcdefghijklmnopqrstuvwxyz0123456789?./") == []
    expect(page.locator(".handwriting-count")).to_have_text("1 of 20")
    page.get_by_role("button", name="Next").press("Enter")
    expect(page.locator(".handwriting-count")).to_have_text("2 of 20")
    expect(page.get_by_label(PAD)).to_be_focused()
    page.evaluate("name => sessionStorage.setItem(name, JSON.stringify({ wanted: [8], drawings: [] }))", STORED)
    page.reload()
    expect(page.locator(".handwriting-wanted")).to_have_text("Write an 8")
