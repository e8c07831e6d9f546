"""The lesson: a step's task beside its picture, ticks that are true, and lines of PyTorch that print what they say."""

import ast
import contextlib
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from playwright.sync_api import Page, expect
from torch import Tensor

from model import checkpoint, paths
from model.classifier import Classifier
from model.data.mnist import Digits
from model.data.pen import draw as ink_of
from model.network import normalize
from model.preprocessing import preprocess
from tests.benchmarks.lesson_numbers import DRAWINGS, differing, rows
from tests.benchmarks.training import write_for_torchvision
from tests.page.conftest import OpenPage
from tests.page.drawing import STROKES, choose_sample, clear, draw, expect_answer

STEPS = 14
BASELINE = range(8, 13)  # the steps in which the chapter's own network predicts
EXPECTED = re.compile(r"  # (?:\((?P<shape>[\d, ]+)\)|(?P<value>-?[\d.]+))$")
SMALL_SEVEN = [[[8, 10], [38, 10], [20, 48]]]
SMILEY = [
    [[70, 20], [35, 35], [22, 70], [35, 105], [70, 120], [105, 105], [118, 70], [105, 35], [70, 20]],
    [[52, 55], [52, 60]],
    [[88, 55], [88, 60]],
    [[48, 88], [60, 97], [80, 97], [92, 88]],
]
STATE = "import('sketchpad/state/state.js').then(({ state }) => state.NAME.value)"


@pytest.fixture
def open_step(open_page: OpenPage, site: str) -> OpenPage:
    """Opens a step of the lesson."""
    return lambda step, **options: open_page(f"{site}?view=lesson&lesson={step}", **options)


def go(page: Page, step: int) -> None:
    page.get_by_role("navigation", name="Lesson").get_by_role("link", name=re.compile(f"Step {step}:")).click()
    expect(page).to_have_url(re.compile(f"lesson={step}(&|$)"))


def reached(page: Page, words: str = "") -> None:
    expect(page.locator(".lesson [role=status]")).to_contain_text(f"Reached: {words}")


def not_reached(page: Page) -> None:
    """A second after everything has come to rest, which is when the lesson looks, it has found nothing."""
    page.evaluate("new Promise((looked) => setTimeout(looked, 1200))")
    expect(page.locator(".lesson [role=status]")).to_have_text("")


# --- through the lesson -----------------------------------------------------------------------------------------------

SCREENS = [(390, 844, ""), (1366, 700, ""), (820, 1180, ""), (1366, 768, "&present")]
PLAN = (paths.ROOT / "docs" / "lesson-plan.md").read_text(encoding="utf-8").partition("| word | step |")[2]
WORDS = {
    int(step): re.split(r", (?![^(]*\))", words) for words, step in re.findall(r"^\| (.*?) \| (\d+) \|$", PLAN, re.M)
}
PARTS = [".lesson-text > p", ".lesson-text .panel", ".lesson-picture", ".pad-canvas", "[role=meter]"]


@pytest.mark.parametrize("screen", [SCREENS[0], *(pytest.param(each, marks=pytest.mark.slow) for each in SCREENS[1:])])
def test_all_of_a_step_is_on_one_screen(open_page: OpenPage, site: str, screen: tuple[int, int, str]) -> None:
    width, height, mode = screen
    viewport = {"width": width, "height": height}
    page = open_page(f"{site}?view=lesson&lesson=1{mode}", viewport=viewport, has_touch=width < 1000)
    choose_sample(page, 4)
    for step in range(1, STEPS + 1):
        expect(page).to_have_url(re.compile(f"lesson={step}(&|$)"))
        if step == BASELINE[0]:
            expect_answer_of_baseline(page)
        for part in PARTS:
            box = page.locator(part).first.bounding_box()
            assert box["y"] + box["height"] <= height + 1, f"step {step}: {part} ends at {box['y'] + box['height']}"
        assert page.get_by_role("meter").first.bounding_box()["width"] >= (160 if mode else 20)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        idea = page.locator(".lesson-text > p").first.inner_text()
        assert len(re.findall(r"[.?](?= |$)", idea)) <= 3, idea
        text = page.locator(".lesson-text").text_content().lower()
        assert [word for word in WORDS[step] if word.lower() not in text] == []
        if step < STEPS:
            page.keyboard.press("PageDown") if mode else page.get_by_role("button", name="Next step").click()
    expect(page.get_by_role("button", name="Next step")).to_be_disabled()
    if mode:
        page.keyboard.press("ArrowLeft")
        expect(page).to_have_url(re.compile("lesson=13"))
        page.keyboard.press("Escape")
        expect(page).not_to_have_url(re.compile("present"))


def test_ones_place_and_what_is_done_are_kept(open_step: OpenPage, site: str) -> None:
    page = open_step(3, own=True)
    choose_sample(page, 4)
    unroll(page)
    reached(page, "28 × 28 became 784")
    go(page, 1)
    page.get_by_role("switch", name="In color").click()
    reached(page)
    page.goto(f"{site}?view=lesson")
    expect(page.get_by_role("link", name="done")).to_have_count(2)
    expect(page.get_by_role("link", name="Step 1: Images")).to_have_attribute("aria-current", "step")


@pytest.mark.slow
def test_a_student_goes_through_all_of_it(open_step: OpenPage, site: str, pretrained: Classifier) -> None:
    """Each of its exercises in part, which is not enough, and then to its end."""
    page = open_step(1, own=True)
    tasks = [color, small_seven, unroll, rising_sum, inactive, off, second_logit, both_labels]
    tasks += [downhill, requests, train, train, smiley, pair]
    for step, task in enumerate(tasks, start=1):
        page.get_by_role("button", name="Next step").click() if step > 1 else None
        expect(page).to_have_url(re.compile(f"lesson={step}(&|$)"))
        for _ in task(page, pretrained) or ():
            not_reached(page)
        reached(page)
    page.goto(f"{site}?view=lesson")
    expect(page).to_have_url(re.compile("lesson=14"))
    expect(page.get_by_role("link", name=re.compile("done"))).to_have_count(STEPS)
    go(page, 8)  # six finished steps with one click


Parts = Iterator[None]  # one for each part of an exercise that does not suffice


def color(page: Page, _: Classifier) -> Parts:
    draw(page, STROKES[3][:1])
    yield
    draw(page, STROKES[3][1:])
    yield
    page.get_by_role("switch", name="In color").click()


def small_seven(page: Page, _: Classifier) -> Parts:
    switches = page.locator(".lesson-picture").get_by_role("switch")
    for each in switches.all():  # what was drawn before is no small 7
        each.click()
    yield
    clear(page)
    draw(page, SMALL_SEVEN)
    yield
    for each in switches.all() * 2:
        each.click()


def unroll(page: Page, _: object = None) -> None:
    page.get_by_label("Unroll the image").focus()
    page.keyboard.press("End")


def sums(classifier: Classifier, *drawings: list) -> Tensor:
    """The sums of layer 1 for drawings."""
    images = preprocess(torch.stack([ink_of(strokes) for strokes in drawings]))
    return classifier.network.layers()[0](normalize(images).flatten(1))


def rising_sum(page: Page, pretrained: Classifier) -> Parts:
    clear(page)
    draw(page, STROKES[8])
    yield
    clear(page)
    draw(page, STROKES[5])  # the numbers of the drawing before do not count
    yield
    neuron = page.evaluate(STATE.replace("NAME", "neuron"))[1]
    more = [[[[x, y], [x + 30, y]]] for x in range(15, 105, 15) for y in range(15, 120, 15)]
    rises = sums(pretrained, *(STROKES[5] + each for each in more))[:, neuron]
    draw(page, more[int(rises.argmax())])


def inactive(page: Page, pretrained: Classifier) -> Parts:
    clear(page)
    draw(page, STROKES[1])
    before, after = sums(pretrained, STROKES[1], STROKES[1] + STROKES[8])
    field = page.get_by_label("Neuron", exact=True)
    field.fill(str(int(torch.where(before < -0.5, after, -torch.inf).argmax()) + 1))
    field.press("Enter")
    yield
    draw(page, STROKES[8])


def off(page: Page, _: Classifier) -> Parts:
    clear(page)
    draw(page, STROKES[4])
    more = page.get_by_role("button", name="Switch off the weaker half")
    more.click()
    yield
    for _ in range(5):
        more.click()


def second_logit(page: Page, pretrained: Classifier) -> Parts:
    logits = pretrained.logits(preprocess(choose_sample(page, 5)[None]))[0]
    first, second = logits.argsort(descending=True)[:2].tolist()
    reset = page.get_by_role("button", name="Reset logits")
    expect_answer(page, first)
    page.get_by_label(f"Logit of {first}").fill("-30")
    yield
    reset.click()
    expect(reset).to_be_disabled()
    page.get_by_label(f"Logit of {second}").fill("30")


def both_labels(page: Page, _: object) -> None:
    expect_answer_of_baseline(page)
    labels = page.get_by_role("group", name="I meant")
    labels.get_by_role("button", name="9").click()
    not_reached(page)
    losses = {}
    for digit in range(10):
        labels.get_by_role("button", name=str(digit)).click()
        expect(page.locator(".lesson-yours").first).to_contain_text(f" {digit} was meant")
        losses[digit] = float(re.search(r"loss is (\d+\.\d+)", page.locator(".lesson-yours").first.inner_text())[1])
    reached(page, f"{losses[9]:.2f} for 9")


def downhill(page: Page, _: Classifier) -> Parts:
    page.get_by_label("Nudge the weight").fill("0.525")
    yield
    page.get_by_label("Nudge the weight").fill("1")


def requests(page: Page, _: Classifier) -> Parts:
    page.get_by_label("if I meant").select_option("4")
    yield
    page.get_by_role("radiogroup", name="Layer 2").get_by_role("radio").nth(3).click()


def train(page: Page, _: Classifier) -> Parts:
    yield
    page.locator(".lesson-picture").get_by_role("button", name="Train").click()


def smiley(page: Page, _: Classifier) -> Parts:
    clear(page)
    draw(page, SMILEY[:3])
    yield
    draw(page, SMILEY[3:])


def pair(page: Page, _: Classifier) -> Parts:
    choose_sample(page, 7)
    yield
    page.get_by_label("And not that one").select_option("0")


def expect_answer_of_baseline(page: Page) -> None:
    """The stored drawing is on the pad, and the baseline takes it for a 9, with a loss that one can see."""
    expect(page.get_by_role("meter", name="Probability of 9")).to_have_attribute("aria-valuenow", re.compile(r"5\d"))


# --- numbers ----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_all_numbers_are_those_of_pytorch(open_page: OpenPage, site: str, pretrained: Classifier) -> None:
    page, baseline = open_page(site), checkpoint.load(paths.BASELINE)
    for strokes in DRAWINGS.values():
        for step, statement, numbers, values in rows(page, site, strokes, pretrained, baseline):
            assert not differing(numbers, values), f"step {step}: {statement}"


# --- lines of PyTorch -------------------------------------------------------------------------------------------------


def test_the_lines_of_pytorch_print_what_the_page_says(
    open_step: OpenPage, mnist: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_step(1)
    draw(page, STROKES[5])
    expect_answer(page, 5)
    write_for_torchvision(mnist.train_images[:5100], mnist.train_labels[:5100], mnist, tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, Any] = {}
    checked = 0
    for step in range(1, STEPS + 1):
        go(page, step)
        if step == BASELINE[0]:
            expect_answer_of_baseline(page)
        fold = page.locator(".lesson-code")
        if not fold.evaluate("fold => fold.open"):
            fold.locator("summary").click()
        file = fold.get_by_role("button", name="Save")
        if file.count():
            with page.expect_download() as download:
                file.click()
            download.value.save_as(tmp_path / download.value.suggested_filename)
        code = fold.locator("code").inner_text()
        assert max(map(len, code.splitlines())) <= 60
        checked += run(code, namespace)
    assert checked >= 22


def run(code: str, namespace: dict[str, Any]) -> int:
    """Run lines one after the other, and hold what each prints to its comment; returns how many had one."""
    lines, checked = code.splitlines(), 0
    for statement in ast.parse(code).body:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(ast.unparse(statement), "<lesson>", "exec"), namespace)
        expected = EXPECTED.search(lines[statement.end_lineno - 1])
        if not expected or not printed.getvalue():
            continue
        found = [float(number) for number in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", printed.getvalue())]
        if expected["shape"]:
            assert found == [float(side) for side in expected["shape"].split(",")], lines[statement.end_lineno - 1]
        else:
            decimals = len(expected["value"].partition(".")[2])
            assert found[0] == pytest.approx(float(expected["value"]), abs=1.5 * 10**-decimals if decimals else 0)
        checked += 1
    return checked
