"""How the page stands on screens: narrow, wide, dark, dense; and what assistive technology is told."""

import pytest
from playwright.sync_api import Page, expect

from tests.page.hand import PAD, STROKES, draw, expect_answer, expect_blank

WORKS_ALONE = True


@pytest.mark.parametrize("width", [360, 390, 768, 1280, 2560])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_fits_and_can_be_read(new_page, width: int, scheme: str) -> None:
    page = new_page(viewport={"width": width, "height": 820}, color_scheme=scheme)
    draw(page, STROKES[5])
    expect_answer(page, 5)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for button in page.get_by_label("Sketchpad").get_by_role("button").all():
        box = button.bounding_box()
        assert box["width"] >= 44
        assert box["height"] >= 44
    assert page.evaluate(CONTRASTS) == []


@pytest.mark.parametrize(("width", "height"), [(390, 844), (768, 1024), (1280, 800), (1366, 768), (1920, 1080)])
def test_the_first_screen_ends_below_the_tabs(new_page, width: int, height: int) -> None:
    page = new_page(viewport={"width": width, "height": height})
    tabs = page.get_by_role("tablist").bounding_box()
    assert tabs["y"] + tabs["height"] <= height


# Every text whose contrast to what lies behind it is below AA: 4.5, or 3 where it is large (WCAG 2.2, 1.4.3).
CONTRASTS = """() => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (colour) => colour.slice(0, 3)
    .map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (; element; element = element.parentElement) {
      const colour = rgba(getComputedStyle(element).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255, 255];
  };
  const poor = [];
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const style = getComputedStyle(element);
    if (!walker.currentNode.data.trim() || !element.checkVisibility({ visibilityProperty: true })) continue;
    if (element.closest(":disabled, .sr-only")) continue;
    const [a, b] = [luminance(rgba(style.color)), luminance(ground(element))].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < (large ? 3 : 4.5)) poor.push(`${element.className} "${walker.currentNode.data}" ${ratio.toFixed(2)}`);
  }
  return poor;
}"""


def test_an_empty_pad_promises_nothing(page: Page) -> None:
    expect_blank(page)
    expect(page.locator(".answer-digit")).to_have_text("?")
    expect(page.locator(".is-winner")).to_have_count(0)
    expect(page.get_by_role("img", name="What the network sees: nothing yet")).to_be_visible()


def test_the_page_says_which_network_reads(page: Page) -> None:
    card = page.get_by_label("The network that is reading")
    expect(card).to_contain_text("55,050 weights")
    expect(card).to_contain_text("% of MNIST's 10,000 test digits")


def test_the_pad_is_sharp_on_a_dense_screen(new_page) -> None:
    page = new_page(device_scale_factor=3)
    pad = page.get_by_label(PAD)
    assert pad.evaluate("pad => Math.abs(pad.width - 3 * pad.clientWidth)") <= 2


def test_keyboard_focus_can_be_seen(page: Page) -> None:
    focused = "element => element === document.activeElement && getComputedStyle(element).outlineStyle"
    for _ in range(3):
        page.keyboard.press("Tab")
        if page.get_by_label(PAD).evaluate(focused):
            break
    assert page.get_by_label(PAD).evaluate(focused) == "solid"


def test_motion_is_left_out_for_those_who_asked(new_page) -> None:
    page = new_page(reduced_motion="reduce")
    page.get_by_label("Sample drawings").get_by_role("button").nth(8).click()
    assert page.locator(".answer-digit").inner_text() == "8"  # at once, without drawing itself
    expect_answer(page, 8)


def test_the_drawing_follows_when_light_turns_to_dark(new_page) -> None:
    page = new_page(color_scheme="light")
    draw(page, [[[20, 70], [120, 70]]])
    middle = """pad => {
      const copy = Object.assign(document.createElement("canvas"), { width: pad.width, height: pad.height });
      const context = copy.getContext("2d", { willReadFrequently: true });
      context.drawImage(pad, 0, 0);
      return context.getImageData(pad.width / 2, pad.height / 2, 1, 1).data[0];
    }"""
    assert page.get_by_label(PAD).evaluate(middle) < 60
    page.evaluate("document.body.classList.add('dark')")
    page.wait_for_function(f"({middle})(document.querySelector('.pad-canvas')) > 200")
