"""The lesson: twelve steps, each with true numbers of the drawing on the pad, and a way to the view that shows it."""

import pytest
from playwright.sync_api import Page, expect
from torch.nn import functional as F

from demo.views import VIEWS
from demo.views.lesson import Lesson
from model.framing import Steps, frame
from model.trace import trace
from tests.page.conftest import Server
from tests.page.hand import STROKES, draw, expect_torch, ink_on


@pytest.fixture
def lesson(new_page, server: Server) -> Page:
    return new_page(f"{server.url}?view=lesson")


def test_every_step_leads_to_a_view_and_every_view_is_led_to(lesson: Page) -> None:
    steps = lesson.locator(".lesson-steps li")
    expect(steps).to_have_count(12)
    titles = {view.NAME: view.TITLE for view in VIEWS if view is not Lesson}
    assert {button.get_attribute("data-view") for button in lesson.locator(".lesson-steps button").all()} == set(titles)
    for step in steps.all():
        assert "Try:" in step.inner_text()
        for button in step.get_by_role("button").all():
            assert button.inner_text() == f"{titles[button.get_attribute('data-view')]} →"
    steps.nth(4).get_by_role("button").press("Enter")
    expect(lesson.get_by_role("tabpanel", name="Inside")).to_be_visible()
    lesson.go_back()
    expect(steps.first).to_be_visible()


def test_its_numbers_are_the_drawings_own(lesson: Page, pretrained) -> None:
    expect(lesson.locator(".lesson-live").first).to_have_text("")
    draw(lesson, STROKES[4])
    expect_torch(lesson)
    ink = ink_on(lesson)
    picture = frame(ink)[0]
    found = trace(pretrained, picture)
    (one, other), (most, second) = (part.tolist() for part in found.logits.topk(2)[::-1])
    shrunk = pretrained.read(ink, Steps(box=False, square=False, fit=False, centre=False))[0]
    on1, on2 = (int((layer > 0).sum()) for layer in (found.hidden1, found.hidden2))
    said = [step.replace("−", "-").replace("\u00a0", " ") for step in lesson.locator(".lesson-live").all_inner_texts()]
    for sentence, number in zip(
        said,
        [
            f"{int((ink > 0).sum()):,} of 19,600",
            f"just shrunk: {shrunk.digit} ({100 * shrunk.probabilities[shrunk.digit]:.1f} %)",
            f"from {found.input.min():.2f} to {found.input.max():.2f}; their mean is {found.input.mean():.2f}",
            f"becomes number {int(found.input.argmax()) + 1} of",
            f"neuron {int(found.hidden1.argmax()) + 1} of hidden layer 1, with {found.hidden1.max():.2f}",
            f"{on1} of 64 neurons are on in layer 1, and {on2} of 64",
            f"{most:.2f} for {one} and {second:.2f} for {other}",
            f"{one} and not {other}, by {most - second:.2f}",
            f"{100 * found.logits.softmax(0).max():.2f} % for {one}; all ten add up to 1.0000",
            f"{F.cross_entropy(found.logits, found.logits.argmax()):.4f}",
            "55,050",
            f"it says {one}",
        ],
        strict=True,
    ):
        assert number in sentence
