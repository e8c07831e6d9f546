"""A hand for the tests: draws on the pad by mouse, touch and keyboard, and reads what the page shows."""

import json
from pathlib import Path

from playwright.sync_api import Locator, Page, expect
from torch import Tensor, tensor, uint8

PAD = "Draw a digit"
PAPER = 140  # pixels of the pad's paper
DIGITS = json.loads((Path(__file__).parent / "digits.json").read_text())
STROKES = {drawing["digit"]: drawing["strokes"] for drawing in DIGITS}  # one drawing for each
ONE = [[[70, 30], [70, 110]]]


def on_pad(page: Page, point: list[float], box: dict | None = None) -> tuple[float, float]:
    """Where a point of the paper lies on the screen; `box` is the pad's, where it is known."""
    box = box or page.get_by_label(PAD).bounding_box()
    return box["x"] + point[0] / PAPER * box["width"], box["y"] + point[1] / PAPER * box["height"]


def draw(page: Page, strokes: list, lift: bool = True) -> None:
    """Draw with the mouse; without `lift`, the last stroke's pen stays down."""
    box = page.get_by_label(PAD).bounding_box()
    for stroke in strokes:
        page.mouse.move(*on_pad(page, stroke[0], box))
        page.mouse.down()
        for point in stroke[1:]:
            page.mouse.move(*on_pad(page, point, box))
        if lift or stroke is not strokes[-1]:
            page.mouse.up()


def touch(page: Page, strokes: list) -> None:
    """Draw with a finger."""
    session = page.context.new_cdp_session(page)
    box = page.get_by_label(PAD).bounding_box()
    for stroke in strokes:
        for kind, point in zip(["touchStart", *["touchMove"] * (len(stroke) - 1)], stroke, strict=True):
            x, y = on_pad(page, point, box)
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def meter(page: Page, digit: int) -> Locator:
    return page.get_by_role("meter", name=f"Probability of {digit}")


def ink_on(page: Page) -> Tensor:
    """The ink on the pad, as the model takes it: (1, 140, 140), uint8."""
    return tensor(page.evaluate("Array.from(Live.reading().ink)"), dtype=uint8).view(1, PAPER, PAPER)


def percents(page: Page) -> list[float]:
    """What the ten bars say, 0 to 100."""
    return page.get_by_role("meter").evaluate_all("meters => meters.map(meter => Number(meter.ariaValueNow))")


def status(page: Page) -> Locator:
    return page.get_by_label("What the network thinks").get_by_role("status")


def torch(page: Page) -> Locator:
    """The line that says what torch answered."""
    return page.locator(".torch")


def expect_answer(page: Page, digit: int) -> None:
    """The page reads this digit, and torch agrees."""
    expect(status(page)).to_contain_text(f"Looks like {digit}")
    expect_torch(page)


def expect_torch(page: Page) -> None:
    """Torch has answered, and agrees with the page; the static site has nobody to ask."""
    if not page.evaluate("typeof Static === 'object'"):
        expect(torch(page)).to_contain_text("torch agrees")


def expect_blank(page: Page) -> None:
    expect(status(page)).to_have_text("Nothing drawn yet.")
    expect(page.get_by_text("Draw a digit here")).to_be_visible()
    assert percents(page) == [0] * 10
