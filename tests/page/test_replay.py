"""The replay view: every moment is what `model/` predicts from the drawing's first points."""

import re

import pytest
from playwright.sync_api import Page, expect

from model.classifier import Classifier
from model.data.pen import draw as ink_of
from tests.page.conftest import OpenPage
from tests.page.drawing import SAMPLES, choose_sample, in_percents

SEVEN = SAMPLES["7, by writer 156"]
COUNT = sum(map(len, SEVEN))


def first_points(count: int) -> list:
    shown = []
    for stroke in SEVEN:
        shown.append(stroke[: max(count, 0)])
        count -= len(stroke)
    return [stroke for stroke in shown if stroke]


def assert_moment(page: Page, classifier: Classifier, count: int) -> None:
    """The moment shown is what the network predicts from so many points."""
    (prediction,) = classifier.predict(ink_of(first_points(count))[None])
    answer = "not a digit" if prediction.verdict == "not a digit" else f"{prediction.digit},"
    share = round(100 * count / COUNT)
    expect(page.locator(".replay-moment")).to_contain_text(re.compile(rf"After {share}\s%[^:]*:\s+{answer}"))
    rows = page.get_by_role("list", name="Probability of each digit at this moment").locator(".replay-digit")
    shown = [re.findall(r"[\d.]+", text) for text in rows.all_inner_texts()]
    said = {int(digit): float(share[0]) for digit, *share in shown if share}
    expected = enumerate(in_percents(prediction.probabilities))
    assert said == pytest.approx({digit: share for digit, share in expected if digit in said}, abs=0.11)
    assert len(said) == sum(share >= 0.005 for share in prediction.probabilities)


def test_every_moment_and_every_change_is_what_the_first_points_say(
    open_view: OpenPage, pretrained: Classifier
) -> None:
    page = open_view("replay")
    choose_sample(page, 7)
    expect(page.locator(".replay-moment")).to_contain_text("After 100")  # all of it is predicted
    inks = [ink_of(first_points(count))[None] for count in range(1, COUNT + 1)]
    digits = [pretrained.predict(ink)[0].digit for ink in inks]
    changes = [i for i in range(1, COUNT) if digits[i] != digits[i - 1] and (i + 1) / COUNT >= 0.1]
    assert changes
    buttons = page.get_by_role("list", name="Changes of the answer").get_by_role("button")
    texts = [text.replace("\xa0", " ").strip() for text in buttons.all_inner_texts()]
    assert texts == [f"at {round(100 * (i + 1) / COUNT)} %: {digits[i - 1]} → {digits[i]}" for i in changes]
    buttons.last.click()
    assert_moment(page, pretrained, changes[-1] + 1)
    expect(buttons.last).to_have_attribute("aria-current", "true")

    scrubber = page.get_by_role("slider", name="Moment of the drawing")
    expect(scrubber).to_have_attribute("max", str(COUNT - 1))
    scrubber.press("Home")
    for count in range(1, COUNT + 1):
        assert_moment(page, pretrained, count)
        scrubber.press("ArrowRight")
    scrubber.press("Home")
    page.get_by_role("button", name="Draw it backwards").click()
    expect(page.locator(".replay-moment")).to_contain_text("After 100")  # another drawing is shown whole
