"""Links and reloads: the page's state in its address, which is untrusted input, and in the tab; sharing; projectors."""

import random
import re

import pytest
from playwright.sync_api import Page, expect

from model.paths import ROOT
from tests.page.accessibility import violations
from tests.page.conftest import OpenPage, wait_until_ready
from tests.page.drawing import STROKES, clear, draw, expect_answer, expect_blank, percents
from tests.page.test_engine import engine as engine  # a page with the modules as they are in assets/

CODE = 'const { drawing } = await import("/state/drawing-code.js");'
TOLERANCE = 1.0  # percent points: how much a probability may differ after a link was opened, and 0.1 for rounding
# All that can be chosen, beside the drawing, in values that are not the first ones.
CHOSEN = (
    "network=baseline&compared=shared&off=0.3-1.12&noise=0.25&without=center&neuron=0.7&pixel=3.4&errors=1&pair=7.1&label=5"
    "&logits=1_2.5_-3_0_0_0_0_0_0_0&rate=0.5&replay=0.5&color=1&unrolled=0.5&nudge=0.25&optimizer=sgd&lr=0.1&batch=64"
    "&epochs=7&digits=1000&layers=1&width=32&activation=tanh&init=he&augmentation=1&strokes=1&seed=12&moment=100"
)
DAMAGED = (
    "pair=7.77&logits=1_2&neuron=4.0&without=constructor&rate=-1&replay=2&label=10&off=0.999&network=%3Cb%3E&epochs=0&seed=x"
    "&optimizer=lbfgs&layers=9"
)


def link(page: Page) -> str:
    """The link that the page gives."""
    page.get_by_role("button", name="Share").click()
    field = page.get_by_label("Link", exact=True)
    expect(field).to_have_value(re.compile("#v="))  # it is there with the next frame
    address = field.input_value()
    page.keyboard.press("Escape")
    return address


def test_any_text_is_a_drawing_or_is_none(engine: Page) -> None:
    """Random texts, and codes with a character changed: a drawing within its bounds, or nothing, and never an error."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    chance = random.Random(3)
    texts = ["".join(chance.choices(alphabet, k=chance.randint(0, 700))) for _ in range(2000)]
    texts += ["A" * 600, "_" * 600, "é", "%", "A A", "<b>", "\0", "undefined"]
    found = engine.evaluate(
        f"""async (texts) => {{ {CODE}
          const code = drawing.write([[[20, 20], [70, 110], [110, 30]], [[60, 60]]]);
          const change = (_, i) => [...{alphabet!r}].map((other) => code.slice(0, i) + other + code.slice(i + 1));
          return [...texts, ...[...code].flatMap(change)].map((text) => drawing.parse(text) ?? null) }}""",
        texts,
    )
    drawings = [drawing for drawing in found if drawing is not None]
    assert drawings
    assert found[texts.index("A A")] is None
    for drawing in drawings:
        assert all(-20 <= place <= 160 for stroke in drawing for point in stroke for place in point)
        assert all(stroke for stroke in drawing)


def test_all_that_is_chosen_survives_a_link_and_a_reload(open_page: OpenPage, site: str) -> None:
    sender = open_page(site)
    draw(sender, STROKES[8])
    drawn = link(sender).partition("#")[2]
    sender = open_page(f"{site}?view=why#{drawn}&{CHOSEN}", own=True)
    before, address = percents(sender), link(sender)
    assert chosen(address) == {"v=2", *CHOSEN.split("&")}
    assert "?view=why#" in address
    receiver = open_page(address, own=True)
    assert percents(receiver) == pytest.approx(before, abs=TOLERANCE + 0.1)
    assert chosen(link(receiver)) == chosen(address)
    receiver.goto(f"{site}?view=loss")  # the same tab, without the link
    receiver.reload()
    wait_until_ready(receiver)
    assert chosen(link(receiver)) == chosen(address)
    assert percents(receiver) == pytest.approx(before, abs=TOLERANCE + 0.1)
    clear(receiver)
    receiver.reload()
    wait_until_ready(receiver)
    expect_blank(receiver)


def test_a_links_escapes_are_undone_and_what_it_can_not_mean_is_said(open_page: OpenPage, site: str) -> None:
    page = open_page(f"{site}?view=why&amp;x=1%23v=2&amp;pair=7.1&amp;label=5", own=True)
    assert "pair=7.1&label=5" in link(page)
    expect(page.locator(".header-problem")).to_have_text("")
    page = open_page(f"{site}#v=2&{DAMAGED}&drawing=__&constructor=1", own=True)
    expect(page.locator(".header-problem")).to_contain_text("The link is damaged")
    assert chosen(link(page)) == {"v=2"}
    page = open_page(f"{site}#v=1&drawing=AA", own=True)
    expect(page.locator(".header-problem")).to_contain_text("made by another version")


def test_a_browser_that_stores_nothing_can_draw(open_page: OpenPage, site: str) -> None:
    page = open_page(site, own=True)
    page.add_init_script("Object.defineProperty(window, 'sessionStorage', { get() { throw new Error('blocked'); } })")
    page.reload()
    wait_until_ready(page)
    draw(page, STROKES[8])
    expect_answer(page, 8)


def test_the_dialog_copies_and_shows_the_link(open_page: OpenPage, site: str) -> None:
    page = open_page(f"{site}?view=why", permissions=["clipboard-read", "clipboard-write"])
    draw(page, STROKES[3])
    page.get_by_role("button", name="Share").click()
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    address = page.get_by_label("Link", exact=True).input_value()
    assert page.evaluate("navigator.clipboard.readText()") == address
    code = page.get_by_role("img", name="The link as a QR code")
    modules = code.locator("path").get_attribute("d")
    finder = [f"M{x} 7h" in modules for x in range(4, 11)]  # across the upper left pattern's middle
    assert finder == [True, False, True, True, True, False, True]
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(code).to_be_hidden()
    expect_answer(page, 3)


def test_the_readmes_snippet_embeds_the_page_in_its_height_and_hears_of_the_lesson(
    open_page: OpenPage, site: str
) -> None:
    snippet = re.search(r"<iframe id=\"digits\".*", (ROOT / "README.md").read_text(encoding="utf-8"))[0]
    page = open_page(site)
    listen = "<script>var told; addEventListener('message', ({ data }) => (told = data))</script>"
    page.set_content(f'<link rel="icon" href="data:,">{listen}' + snippet.replace("ADDRESS", site))
    frame = page.frame_locator("#digits")
    expect(frame.get_by_role("meter")).to_have_count(10)
    expect(frame.get_by_role("heading", name="Digit Sketchpad")).to_be_hidden()
    for width in (1000, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(
            "() => Math.abs(digits.clientHeight - digits.contentDocument.querySelector('main').offsetHeight) <= 1"
        )
        page.wait_for_function("digits.contentDocument.documentElement.scrollHeight === digits.clientHeight")
    page.wait_for_function("told.type === 'digit-sketchpad' && told.step === null && told.done.length === 0")
    page.evaluate("digits.src = digits.src.replace('?embed', '?embed&lesson=3')")
    page.wait_for_function("told.step === 3")


def chosen(address: str) -> set[str]:
    """What a link carries beside the drawing, which may be a little simpler in a second link."""
    return {field for field in address.partition("#")[2].split("&") if not field.startswith("drawing=")}
