"""What does it see: numbers as model/ finds them, and switches that change what everything reads."""

import re
from dataclasses import asdict, replace

import pytest
import torch
from playwright.sync_api import Locator, Page, expect

from model.framing import ALL_STEPS, Steps, frame
from tests.page.conftest import Server
from tests.page.hand import STROKES, draw, expect_torch, ink_on, percents

WORKS_ALONE = True
SWITCHES = {
    "box": "Find the ink",
    "square": "Pad it to a square",
    "fit": "Shrink it to 20 × 20",
    "centre": "Centre it by its mass",
}


@pytest.fixture
def sees(new_page, server: Server) -> Page:
    page = new_page(f"{server.url}?view=sees")
    draw(page, STROKES[7])
    expect_torch(page)
    return page


def card(page: Page, name: str) -> Locator:
    return page.locator(f"[data-step={name}]")


def switch(page: Page, name: str) -> Locator:
    return page.get_by_role("switch", name=SWITCHES[name])


def answers(page: Page, name: str) -> list[str]:
    return card(page, name).get_by_role("cell").all_inner_texts()


def assert_bars(page: Page, classifier, steps: Steps) -> None:
    (reading,) = classifier.read(ink_on(page), steps)
    assert percents(page) == pytest.approx([100 * share for share in reading.probabilities], abs=0.06)


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"\d+(?:\.\d+)?", text)]


def test_the_numbers_are_those_of_the_drawing(sees: Page) -> None:
    drawing = ink_on(sees)[0]
    (rows,), (columns,) = ((drawing.amax(dim=axis) > drawing.max() // 3).nonzero(as_tuple=True) for axis in (1, 0))
    height, width = len(rows), len(columns)
    found = {name: card(sees, name).locator(".sees-found").inner_text() for name in SWITCHES}
    edges = [int(edge) + 1 for edge in (rows[0], rows[-1], columns[0], columns[-1])]
    assert numbers(found["box"]) == [*edges, width, height]
    side = max(width, height)
    assert numbers(found["square"]) == [side - width, width, height, side, side]
    assert numbers(found["fit"])[2:4] == pytest.approx([side / 20] * 2, abs=0.06)
    picture = frame(drawing[None])[0].float()
    place = torch.arange(28) + 0.5
    mass = [(picture.sum(dim=axis) @ place / picture.sum()).item() for axis in (0, 1)]
    assert numbers(found["centre"])[-3:] == pytest.approx([*mass, 14.5], abs=0.06)
    down = rows_above(picture) - rows_above(frame(drawing[None], replace(ALL_STEPS, centre=False))[0])
    assert down > 0
    assert f"Shifted {down} down" in found["centre"]


def rows_above(picture: torch.Tensor) -> int:
    return int(picture.amax(dim=1).nonzero()[0])


@pytest.mark.parametrize("name", SWITCHES)
def test_a_step_switched_off_changes_what_everybody_reads(sees: Page, pretrained, name: str) -> None:
    without = replace(ALL_STEPS, **{name: False})
    expected = [pretrained.read(ink_on(sees), steps)[0] for steps in (ALL_STEPS, without)]
    for text, reading in zip(answers(sees, name), expected, strict=True):
        digit, share = numbers(text)
        assert digit == reading.digit
        assert share == pytest.approx(100 * max(reading.probabilities), abs=0.06)

    switch(sees, name).press("Space")
    expect(switch(sees, name)).not_to_be_checked()
    expect_torch(sees)
    assert_bars(sees, pretrained, without)
    note = sees.locator(".framed")
    expect(note).to_contain_text("Framing changed: without")
    sees.get_by_role("button", name="Close the view").click()
    note.get_by_role("button", name="Use the true framing").click()
    expect(note).to_be_hidden()
    expect_torch(sees)
    assert_bars(sees, pretrained, ALL_STEPS)


def test_the_true_framing_comes_back_and_then_does_not_care_where_the_digit_is(sees: Page, pretrained) -> None:
    reset = sees.locator(".sees").get_by_role("button", name="Use the true framing")
    expect(reset).to_be_disabled()
    switch(sees, "box").click()
    switch(sees, "centre").click()
    sees.get_by_role("button", name="Put it small into a corner").click()
    expect_torch(sees)
    assert_bars(sees, pretrained, replace(ALL_STEPS, box=False, centre=False))
    assert max(range(10), key=percents(sees).__getitem__) != 7
    reset.click()
    expect(reset).to_be_disabled()
    assert sees.evaluate("Live.reading().steps") == asdict(ALL_STEPS)
    expect_torch(sees)
    assert_bars(sees, pretrained, ALL_STEPS)
    assert max(range(10), key=percents(sees).__getitem__) == 7


def test_switches_are_large_enough_for_a_finger(new_page, server: Server) -> None:
    page = new_page(f"{server.url}?view=sees", viewport={"width": 390, "height": 800}, has_touch=True)
    for name in SWITCHES:
        label = card(page, name).locator("label")
        assert label.bounding_box()["height"] >= 44
        label.tap()
        expect(switch(page, name)).not_to_be_checked()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    expect(card(page, "box").locator(".sees-found")).to_have_text("Draw a digit, and its numbers stand here.")
