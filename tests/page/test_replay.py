"""When did it change its mind: every moment is what model/ says of the drawing's first points."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from model.framing import ALL_STEPS, Steps
from model.pen import draw as ink_of
from tests.page.conftest import Server
from tests.page.hand import STROKES, draw, expect_answer, expect_torch, on_pad, touch

WORKS_ALONE = True


@pytest.fixture
def replay(new_page, server: Server) -> Page:
    page = new_page(f"{server.url}?view=replay")
    draw(page, STROKES[7])
    expect_torch(page)
    expect_moments(page)
    return page


def scrubber(page: Page) -> Locator:
    return page.get_by_role("slider", name="Moment of the drawing")


def expect_moments(page: Page) -> None:
    """All of the drawing was read."""
    expect(page.locator(".replay-moment")).to_contain_text("After 100 %")


def shares(page: Page) -> list[float]:
    """The ten probabilities at the moment that is shown, in percents."""
    rows = page.get_by_role("list", name="Probability of each digit at this moment").locator(".replay-share")
    return [float(text.split()[0]) for text in rows.all_inner_texts()]


def strokes_on(page: Page) -> list:
    return page.evaluate("Live.reading().strokes")


def first_points(strokes: list, count: int) -> list:
    shown = []
    for stroke in strokes:
        shown.append(stroke[: max(count, 0)])
        count -= len(stroke)
    return [stroke for stroke in shown if stroke]


def assert_moment(page: Page, classifier, count: int, steps: Steps = ALL_STEPS) -> None:
    """The moment shown is what the network says of so many points."""
    strokes = strokes_on(page)
    (reading,) = classifier.read(ink_of(first_points(strokes, count))[None], steps)
    share = round(100 * count / sum(map(len, strokes)))
    expect(page.locator(".replay-moment")).to_contain_text(re.compile(rf"After {share}\s%.*: {reading.digit}, "))
    assert shares(page) == pytest.approx([100 * share for share in reading.probabilities], abs=0.06)


def test_every_moment_is_what_the_first_points_say(replay: Page, pretrained) -> None:
    points = sum(map(len, strokes_on(replay)))
    assert scrubber(replay).get_attribute("max") == str(points - 1)
    assert_moment(replay, pretrained, points)
    scrubber(replay).press("Home")
    for count in range(1, points + 1):
        assert_moment(replay, pretrained, count)
        scrubber(replay).press("ArrowRight")


def test_changes_of_mind_are_those_of_the_network_and_can_be_gone_to(replay: Page, pretrained) -> None:
    strokes = strokes_on(replay)
    points = sum(map(len, strokes))
    digits = [pretrained.read(ink_of(first_points(strokes, count))[None])[0].digit for count in range(1, points + 1)]
    changes = [i for i in range(1, points) if digits[i] != digits[i - 1]]
    said = [f"after {round(100 * (i + 1) / points)} %: {digits[i - 1]} → {digits[i]}" for i in changes]
    buttons = replay.get_by_role("list", name="Changes of mind").get_by_role("button")
    texts = [text.replace("\xa0", " ") for text in buttons.all_inner_texts()]
    assert texts == [f"{digits[0]} at first", *said]
    assert len(changes) >= 1
    buttons.last.click()
    assert_moment(replay, pretrained, changes[-1] + 1)
    expect(buttons.last).to_have_attribute("aria-current", "true")
    expect(scrubber(replay)).to_have_attribute("aria-valuetext", re.compile(rf"stroke \d of \d: {digits[-1]}, "))


def test_the_chart_and_its_scrubber_have_one_scale_for_the_mouse(replay: Page, pretrained) -> None:
    before = strokes_on(replay)
    points = sum(map(len, before))
    plot = replay.locator(".replay-plot").bounding_box()
    count = points // 3
    x = plot["x"] + plot["width"] * (count - 1) / (points - 1)
    for place in (plot, scrubber(replay).bounding_box()):
        replay.mouse.click(plot["x"] + plot["width"] - 1, place["y"] + place["height"] / 2)
        assert_moment(replay, pretrained, points)
        replay.mouse.click(x, place["y"] + place["height"] / 2)
        assert_moment(replay, pretrained, count)
    assert strokes_on(replay) == before  # the pad stays as it is


def test_it_plays_to_the_end_or_goes_from_change_to_change(replay: Page, new_page, server: Server) -> None:
    scrubber(replay).press("End")
    scrubber(replay).press("ArrowLeft")
    replay.get_by_role("button", name="Play").click()
    expect_moments(replay)
    expect(replay.get_by_role("button", name="Play")).to_be_visible()

    still = new_page(f"{server.url}?view=replay", reduced_motion="reduce")
    draw(still, STROKES[7])
    expect_moments(still)
    still.get_by_role("button", name="Next change").click()
    expect(still.locator(".replay-changes [aria-current]")).to_contain_text("at first")


def test_it_follows_undo_framing_and_clear(replay: Page, pretrained) -> None:
    scrubber(replay).press("Home")
    whole = strokes_on(replay)
    replay.keyboard.press("Tab")
    replay.get_by_role("button", name="Undo").click()
    assert len(strokes_on(replay)) == len(whole) - 1
    assert_moment(replay, pretrained, sum(map(len, whole[:-1])))
    replay.evaluate("Live.setSteps({ ...DigitEngine.ALL_STEPS, fit: false })")
    assert_moment(replay, pretrained, sum(map(len, whole[:-1])), Steps(fit=False))
    replay.get_by_role("button", name="Clear").click()
    expect(replay.locator(".replay-moment")).to_have_text("Nothing drawn yet.")
    expect(scrubber(replay)).to_be_disabled()


def test_a_long_drawing_keeps_its_moments_few(replay: Page, pretrained) -> None:
    replay.keyboard.press("Escape")
    wave = [[10 + 0.2 * i, 40 + 0.3 * (i % 200)] for i in range(500)]
    replay.evaluate("strokes => Live.replace(strokes)", [wave[:77], wave[77:]])
    counts = sorted({1, *range(8, 501, 8), 77, 500})  # in powers of two, as every fourth would make 125
    expect(scrubber(replay)).to_have_attribute("max", str(len(counts) - 1))
    expect_moments(replay)
    scrubber(replay).press("Home")
    for count in counts[:20]:
        assert_moment(replay, pretrained, count)
        scrubber(replay).press("ArrowRight")


def test_a_finger_draws_and_moves_through_it(new_page, server: Server) -> None:
    page = new_page(f"{server.url}?view=replay", viewport={"width": 390, "height": 844}, has_touch=True)
    touch(page, STROKES[2])
    expect_answer(page, 2)
    expect_moments(page)
    scrubber(page).scroll_into_view_if_needed()
    box = scrubber(page).bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".replay-moment")).not_to_contain_text("100 %")
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_the_course_grows_while_the_pen_is_down(replay: Page, pretrained) -> None:
    replay.keyboard.press("Escape")
    draw(replay, STROKES[3], lift=False)
    expect_moments(replay)
    assert_moment(replay, pretrained, sum(map(len, strokes_on(replay))))
    replay.mouse.move(*on_pad(replay, [100, 100]))
    expect_moments(replay)
    replay.mouse.up()
    expect_torch(replay)
    assert_moment(replay, pretrained, sum(map(len, strokes_on(replay))))
