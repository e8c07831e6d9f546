"""Drawing on the page's pad by mouse and touch, and reading what the page shows."""

import json
import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect
from torch import Tensor

from demo.site import samples
from model.data.pen import CANVAS_SIDE
from model.data.pen import draw as ink_of

PAD = "Draw a digit"
DRAWINGS = json.loads((Path(__file__).parent / "digits.json").read_text())
WRITTEN = {drawing["digit"]: drawing["strokes"] for drawing in DRAWINGS}  # one drawing of each digit
# As a hurried pen reports them: each movement takes the browser two frames.
STROKES = {digit: [[*stroke[:-1:4], stroke[-1]] for stroke in strokes] for digit, strokes in WRITTEN.items()}
ONE = [[[70, 30], [70, 110]]]
SAMPLES = {sample["name"]: sample["strokes"] for styles in samples() for sample in styles}


def on_pad(page: Page, point: list[float], box: dict | None = None) -> tuple[float, float]:
    """Where a point of the canvas lies on the screen; `box` is the pad's, if it is known."""
    box = box or page.get_by_label(PAD).bounding_box()
    return box["x"] + point[0] / CANVAS_SIDE * box["width"], box["y"] + point[1] / CANVAS_SIDE * box["height"]


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


def choose_sample(page: Page, digit: int) -> Tensor:
    """Put a digit's next sample on the pad, which is known to the last pixel; returns its ink (140, 140), uint8.

    With reduced motion, as the tests' pages have it, the sample is there at once. The samples' buttons are not in sight
    beside a view on a narrow screen.
    """
    button = page.get_by_label("Sample drawings").locator("button").nth(digit)
    name = button.get_attribute("title")
    button.dispatch_event("click")
    return ink_of(SAMPLES[name])


def clear(page: Page) -> None:
    """Clear the pad."""
    page.get_by_role("button", name="Clear").click()


def percents(page: Page) -> list[float]:
    """What the ten bars say, 0 to 100."""
    meters = page.get_by_role("meter", name=re.compile(r"^Probability of \d$"))
    return meters.evaluate_all("meters => meters.map(meter => Number(meter.ariaValueNow))")


def in_percents(probabilities: list[float]) -> list[float]:
    """Probabilities as the bars show them: to one decimal."""
    return [round(100 * share, 1) for share in probabilities]


def status(page: Page) -> Locator:
    """The answer, as assistive technology is told it."""
    return page.get_by_label("What the network predicts").get_by_role("status")


def alarm(page: Page) -> Locator:
    """What is wrong, if anything is."""
    return page.get_by_label("What the network predicts").get_by_role("alert")


def verification(page: Page) -> Locator:
    """The line that says how the server's PyTorch answered."""
    return page.locator(".picture-verification")


def expect_verified(page: Page) -> None:
    """PyTorch has answered and agrees with the page."""
    expect(verification(page)).to_contain_text("Verified by PyTorch")


def expect_answer(page: Page, digit: int) -> None:
    """The page predicts this digit."""
    expect(status(page)).to_contain_text(f"Looks like {digit}")


def expect_blank(page: Page) -> None:
    """Nothing is drawn, and nothing is predicted."""
    expect(status(page)).to_have_text("Nothing drawn yet.")
    expect(page.get_by_text("Draw a digit, 0 to 9")).to_be_visible()
    assert percents(page) == [0] * 10
