"""The tabs: one view at a time, each with an address of its own, by mouse and keyboard."""

import pytest
from playwright.sync_api import Page, expect

from demo.views import VIEWS
from tests.page.conftest import Server
from tests.page.hand import PAD, STROKES, draw, expect_answer
from tests.page.test_look import CONTRASTS


def panels(page: Page):
    return page.locator("[role=tabpanel]:visible")


def test_the_first_screen_shows_no_view(page: Page) -> None:
    expect(page.get_by_role("tab")).to_have_text([*(view.TITLE for view in VIEWS), "All"])
    expect(panels(page)).to_have_count(0)
    assert page.locator(".tabs").bounding_box()["y"] < 800


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.NAME)
def test_an_address_opens_a_view(new_page, server: Server, view) -> None:
    page = new_page(f"{server.url}?view={view.NAME}")
    expect(panels(page)).to_have_count(1)
    expect(page.get_by_role("tabpanel", name=view.TITLE)).to_be_visible()
    expect(page.get_by_role("tab", name=view.TITLE)).to_have_attribute("aria-selected", "true")


@pytest.mark.parametrize("name", ["nonsense", "<b>", "constructor"])
def test_an_address_of_no_view_opens_none(new_page, server: Server, name: str) -> None:
    page = new_page(f"{server.url}?view={name}")
    expect(page.get_by_role("tab", selected=True)).to_have_count(0)
    expect(panels(page)).to_have_count(0)


def test_tabs_by_mouse_keyboard_and_back_button(page: Page) -> None:
    page.get_by_role("tab", name=VIEWS[0].TITLE).click()
    assert page.url.endswith(f"?view={VIEWS[0].NAME}")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tabpanel", name=VIEWS[1].TITLE)).to_be_visible()
    expect(panels(page)).to_have_count(1)
    page.keyboard.press("End")
    expect(panels(page)).to_have_count(len(VIEWS))
    page.go_back()
    expect(page.get_by_role("tabpanel", name=VIEWS[1].TITLE)).to_be_visible()
    page.get_by_role("button", name="Close the view").click()
    expect(panels(page)).to_have_count(0)
    assert "view" not in page.url


@pytest.mark.parametrize("width", [390, 800, 1280])
def test_the_pad_stays_in_sight_while_one_reads_a_view(new_page, server: Server, width: int) -> None:
    page = new_page(f"{server.url}?view=all", viewport={"width": width, "height": 844})
    expect(panels(page)).to_have_count(len(VIEWS))
    page.mouse.wheel(0, 1500)
    page.wait_for_function("scrollY > 1000")
    box = page.get_by_label(PAD).bounding_box()
    assert 0 <= box["y"] < 60
    draw(page, STROKES[5])
    expect_answer(page, 5)


@pytest.mark.parametrize(("width", "height"), [(390, 844), (768, 1024), (1280, 720), (1366, 768), (1920, 1080)])
def test_pad_and_bars_are_seen_together_beside_a_view(new_page, server: Server, width: int, height: int) -> None:
    page = new_page(f"{server.url}?view=why", viewport={"width": width, "height": height})
    expect(panels(page)).to_have_count(1)
    bars = page.locator(".bars").bounding_box()
    assert bars["y"] + bars["height"] <= height


@pytest.mark.parametrize("width", [360, 390, 768, 1280, 2560])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_view_fits_and_can_be_read(new_page, server: Server, width: int, scheme: str) -> None:
    page = new_page(f"{server.url}?view=all", viewport={"width": width, "height": 820}, color_scheme=scheme)
    draw(page, STROKES[5])
    expect_answer(page, 5)
    expect(panels(page)).to_have_count(len(VIEWS))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CONTRASTS) == []


def test_every_picture_has_a_text_alternative(new_page, server: Server) -> None:
    page = new_page(f"{server.url}?view=all")
    draw(page, STROKES[5])
    expect_answer(page, 5)
    nameless = """() => [...document.querySelectorAll(".view canvas, .view svg, .view img")]
      .filter((picture) => picture.checkVisibility() && !picture.closest("[aria-hidden=true]"))
      .filter((picture) => !picture.ariaLabel && !picture.alt && !picture.closest("[role=img], button")?.ariaLabel)
      .map((picture) => picture.outerHTML.slice(0, 100))"""
    assert page.evaluate(nameless) == []


def test_no_view_asks_the_server_while_the_pen_moves(new_page, server: Server) -> None:
    page = new_page(f"{server.url}?view=all")
    expect(
        page.get_by_role("tabpanel", name="Childhood").get_by_role("slider")
    ).to_be_visible()  # it fetched its snapshots
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    draw(page, STROKES[3], lift=False)
    page.wait_for_function("document.querySelectorAll('.inside-layer .tile.is-off').length > 0")
    assert not requests
    page.mouse.up()
