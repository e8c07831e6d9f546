"""The tabs: one view at a time, each with an address of its own, by mouse and keyboard; and how they fit on screens."""

from playwright.sync_api import Locator, Page, expect

from demo.site import VIEWS
from tests.page.conftest import OpenPage, wait_until_ready
from tests.page.drawing import ONE, PAD, STROKES, draw, expect_answer

NAMES, TITLES = list(VIEWS), list(VIEWS.values())


def panels(page: Page) -> Locator:
    return page.locator("[role=tabpanel]:visible")


def test_an_address_opens_its_view_and_no_other(page: Page) -> None:
    expect(page.get_by_role("tab")).to_have_text([*TITLES, "All"])
    expect(panels(page)).to_have_count(0)
    address = page.url
    for name, title in VIEWS.items():
        page.goto(f"{address}?view={name}")
        expect(panels(page)).to_have_count(1)
        expect(page.get_by_role("tabpanel", name=title)).to_be_visible()
        expect(page.get_by_role("tab", selected=True)).to_have_text(title)
    page.goto(f"{address}?view=constructor")
    wait_until_ready(page)
    expect(page.get_by_role("tab", selected=True)).to_have_count(0)
    expect(panels(page)).to_have_count(0)


def test_tabs_by_mouse_and_keyboard_without_a_trace_in_the_history(open_page: OpenPage, site: str) -> None:
    page = open_page(site, own=True)
    visited = page.evaluate("history.length")
    page.get_by_role("tab", name=TITLES[0]).click()
    assert page.url.endswith(f"?view={NAMES[0]}")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tabpanel", name=TITLES[1])).to_be_visible()
    expect(panels(page)).to_have_count(1)
    expect(page).to_have_title(f"{TITLES[1]} · Digit Sketchpad")
    page.keyboard.press("End")
    expect(panels(page)).to_have_count(len(VIEWS))
    page.get_by_role("button", name="Close the view").press("Enter")
    expect(panels(page)).to_have_count(0)
    expect(page.get_by_role("tab").first).to_be_focused()
    expect(page).to_have_title("Digit Sketchpad")
    assert "view" not in page.url
    assert page.evaluate("history.length") == visited


def test_every_width_is_wide_enough_and_the_first_screen_ends_below_the_tabs(page: Page) -> None:
    tabs = page.get_by_role("tablist")
    for width, height in [(390, 844), (768, 1024), (1280, 720), (1366, 625), (1920, 1080)]:
        page.set_viewport_size({"width": width, "height": height})
        box = tabs.bounding_box()
        assert box["y"] + box["height"] <= height
        tops = page.get_by_role("tab").evaluate_all("tabs => tabs.map((tab) => tab.offsetTop)")
        assert len(set(tops)) == 1 or width < 1280
    page.get_by_role("tab", name="All").click()
    draw(page, STROKES[5])
    expect_answer(page, 5)
    for width in (320, 390, 768, 1280, 2560):
        page.set_viewport_size({"width": width, "height": 820})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_pad_and_its_bars_stay_in_sight_beside_a_view(open_view: OpenPage) -> None:
    page = open_view("all")
    expect(panels(page)).to_have_count(len(VIEWS))
    for digit, width in enumerate([390, 800, 1280], 5):
        page.set_viewport_size({"width": width, "height": 844})
        page.evaluate("scrollTo(0, 0)")
        page.mouse.move(width / 2, 800)
        page.mouse.wheel(0, 1500)
        page.wait_for_function("scrollY > 1000")
        box = page.get_by_label(PAD).bounding_box()
        assert 0 <= box["y"] < 60
        bars = page.locator(".readout .digit-bars").bounding_box()
        assert bars["y"] + bars["height"] <= 844
        draw(page, STROKES[digit])
        expect_answer(page, digit)
        page.keyboard.press("Escape")


def test_gradios_own_styles_and_order_change_nothing(open_page: OpenPage, server: str) -> None:
    page = open_page(f"{server}?lesson=9")
    expect(page.get_by_role("button", name="Softmax & loss ↓")).to_be_visible()
    expect(page.locator(".diagram-canvas")).to_be_hidden()  # beside a view, on a low screen


def test_a_view_out_of_sight_waits_until_the_pen_is_up_or_it_is_scrolled_into_sight(open_view: OpenPage) -> None:
    page = open_view("all", viewport={"width": 1280, "height": 800})
    far = page.locator(".replay-empty")
    expect(far).to_be_visible()
    assert not page.evaluate("document.querySelector('.replay').getBoundingClientRect().top < innerHeight")
    draw(page, ONE, lift=False)
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(far).to_be_visible()
    far.scroll_into_view_if_needed()
    expect(far).to_be_hidden()
    page.mouse.up()
