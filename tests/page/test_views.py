"""Views: an address for each, Back to the one before; and how first screen and views fit on screens of all sizes."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.page.conftest import OpenPage, wait_until_ready
from tests.page.drawing import ONE, PAD, STROKES, choose_sample, draw, expect_answer

VIEWS = {
    "lesson": "Lesson",
    "input": "Input",
    "neurons": "Neurons",
    "why": "Why?",
    "loss": "Softmax & loss",
    "replay": "Replay",
    "train": "Train",
    "handwriting": "My handwriting",
}
BARS, ANSWER, PICTURE = ".picture-bars", ".picture-answer", ".picture-frame"


def views(page: Page) -> Locator:
    """The views that can be seen."""
    return page.locator(".view:visible")


def bottom(page: Page, selector: str) -> float:
    """Where an element that is in sight ends, in pixels of the window."""
    box = page.locator(selector).bounding_box()
    assert box is not None, selector
    assert box["y"] >= 0, selector
    return box["y"] + box["height"]


def screens(page: Page, *sizes: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """One window size after the other, scrolled to the top; nothing is wider than the window."""
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("scrollTo(0, 0)")
        page.wait_for_function("width => document.documentElement.scrollWidth <= width", arg=width)
        yield width, height


def test_an_address_opens_its_view_and_no_other(page: Page) -> None:
    expect(views(page)).to_have_count(0)
    address = page.url
    for name, title in VIEWS.items():
        page.goto(f"{address}?view={name}")
        wait_until_ready(page)
        expect(page.locator(f".view.{name}")).to_be_visible()
        expect(views(page)).to_have_count(1)
        expect(page.get_by_role("navigation", name="Views").locator("[aria-current]")).to_have_text(title)
        expect(page).to_have_title(f"{title} · Digit Sketchpad")
    page.goto(f"{address}?view=constructor")
    wait_until_ready(page)
    expect(views(page)).to_have_count(0)


def test_back_closes_what_was_opened_last(open_page: OpenPage, site: str) -> None:
    page = open_page(site, own=True)
    page.get_by_role("link", name="Look inside").click()
    for name in ("Why?", "Replay"):
        page.get_by_role("link", name=name, exact=True).click()
        expect(views(page)).to_have_count(1)
    for name in ("why", "neurons"):
        page.go_back()
        expect(page.locator(f".view.{name}")).to_be_visible()
    page.get_by_role("button", name="Close the view").press("Enter")
    expect(views(page)).to_have_count(0)
    expect(page.get_by_label(PAD)).to_be_focused()
    expect(page).to_have_title("Digit Sketchpad")
    assert "view" not in page.url
    page.go_back()
    expect(page.locator(".view.neurons")).to_be_hidden()


def test_the_first_screen_is_above_the_fold(page: Page) -> None:
    choose_sample(page, 9)
    for width, height in screens(page, (1366, 768), (1440, 900), (1920, 1080), (3840, 2160)):
        assert bottom(page, ".doors-more") <= height
        assert bottom(page, ANSWER) < bottom(page, PICTURE)
        pad, picture = (page.locator(part).bounding_box() for part in (".pad-frame", PICTURE))
        assert abs(pad["height"] - picture["height"]) < 1
        assert abs(pad["y"] - picture["y"]) < 1
        assert width < 1440 or page.locator(".digit-bar-track").first.bounding_box()["width"] >= 200
    for _, height in screens(page, (390, 844), (683, 384)):  # a phone, and a laptop at 200 %
        for part in (".pad-canvas", BARS, ANSWER):
            assert bottom(page, part) <= height
    for _ in screens(page, (320, 568), (768, 1024), (1024, 700), (844, 390)):
        assert bottom(page, ".pad-canvas") <= page.viewport_size["height"]


def test_pad_and_bars_stay_in_sight_beside_a_view(open_view: OpenPage) -> None:
    page = open_view("neurons")
    choose_sample(page, 4)
    for width, height in screens(page, (1366, 700), (1366, 768), (1920, 1080), (3840, 2160)):
        page.evaluate("scrollTo(0, 300)")
        for part in (".pad-canvas", BARS, ANSWER, ".header"):
            assert part == ".header" or bottom(page, part) <= height
        pad, samples = (page.locator(part).bounding_box() for part in (".pad-frame", ".pad-samples"))
        assert abs(pad["width"] - samples["width"]) < 1
        assert page.locator(".view.neurons").bounding_box()["width"] > 0.6 * width
    for width, _ in screens(page, (390, 844), (768, 1024), (683, 384), (320, 568)):
        assert bottom(page, ".drawing-area") <= 220 or width == 320
        page.evaluate("scrollTo(0, 300)")
        for part in (".pad-canvas", BARS, ANSWER):
            assert bottom(page, part) <= 220


def test_served_by_gradio_a_view_stands_beside_the_pad_too_in_english(open_page: OpenPage, server: str) -> None:
    page = open_page(f"{server}?view=neurons", viewport={"width": 1366, "height": 768}, locale="de-DE")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    pad, view = (page.locator(part).bounding_box() for part in (".pad-frame", ".view.neurons"))
    assert view["x"] > pad["x"] + pad["width"]
    assert abs(view["y"] - pad["y"]) < 40


def test_of_all_views_those_out_of_sight_wait(open_view: OpenPage) -> None:
    page = open_view("all")
    draw(page, ONE)
    expect_answer(page, 1)
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.locator(".why-map").count() == 0
    page.locator(".view.why").scroll_into_view_if_needed()
    expect(page.locator(".why-map")).to_be_visible()


def test_a_phones_pad_grows_by_a_tap(open_page: OpenPage, site: str) -> None:
    page = open_page(f"{site}?view=neurons", viewport={"width": 390, "height": 844}, has_touch=True)
    page.get_by_role("button", name="Large pad").tap()
    assert page.get_by_label(PAD).bounding_box()["width"] >= 300
    draw(page, STROKES[5])
    expect_answer(page, 5)
    assert bottom(page, BARS) <= 844
    page.get_by_role("button", name="Large pad").tap()
    assert page.get_by_label(PAD).bounding_box()["width"] < 200


@pytest.mark.slow
@pytest.mark.parametrize("file", ["samples.json", "photo.js", "uqr.js"])
def test_what_could_not_be_loaded_is_said(open_page: OpenPage, server: str, file: str) -> None:
    page = open_page(server, own=True)
    page.route(f"**/{file}*", lambda route: route.abort())
    page.reload()
    page.get_by_role("button", name="Share").click()
    expect(page.locator(".header").get_by_text("could not be loaded")).to_be_visible()
    page.keyboard.press("Escape")
    draw(page, ONE)
    expect_answer(page, 1)
