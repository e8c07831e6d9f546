"""The lesson: one step at a time above its view, by mouse, keyboard and touch; its numbers and its lines of PyTorch."""

import ast
import itertools
import re
import struct
from pathlib import Path
from typing import Any

import pytest
import torch
from playwright.sync_api import Page, expect
from torch.nn import functional as F

from model.classifier import Classifier
from model.data.mnist import Digits
from model.preprocessing import Steps, preprocess
from tests.page.conftest import OpenPage
from tests.page.drawing import STROKES, choose_sample, clear, draw, expect_answer, percent
from tests.reference import after_one_step, reference_pass

STEPS = 17
EXPECTED = re.compile(r"#\s+(?:\((?P<shape>[\d, ]+)\)|= (?P<value>-?[\d.]+))$")


def title(page: Page) -> str:
    return page.locator("#lesson-title").inner_text()


def solved(page: Page) -> None:
    expect(page.locator(".lesson-solved")).to_contain_text("You did it")


# --- through the lesson -----------------------------------------------------------------------------------------------


def by_mouse(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def by_keyboard(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).press("Enter")


def by_touch(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).tap()


def test_from_the_first_step_to_the_last_and_back(open_view: OpenPage) -> None:
    page = open_view("lesson", has_touch=True, viewport={"width": 390, "height": 844})
    ways = itertools.cycle([by_mouse, by_keyboard, by_touch])
    by_keyboard(page, "Start the lesson")
    titles, views = [], set()
    for step in range(1, STEPS + 1):
        expect(page.locator(".lesson-progress span")).to_have_text(f"Step {step} of {STEPS}")
        assert f"lesson={step}" in page.url
        titles.append(title(page))
        views.add(page.get_by_role("tab", selected=True).inner_text())
        card, view = (page.locator(part).bounding_box() for part in (".lesson", "[role=tabpanel]:visible"))
        assert card["y"] + card["height"] <= view["y"]
        if step < STEPS:
            next(ways)(page, "Next →")
    assert len(set(titles)) == STEPS
    assert len(views) == 8
    expect(page.get_by_role("button", name="Next →")).to_be_disabled()
    expect(page.get_by_role("button", name="← Previous")).to_be_focused()
    by_mouse(page, "← Previous")
    assert title(page) == titles[-2]
    by_touch(page, "All steps")
    by_mouse(page, f"Go on with step {STEPS - 1}")
    by_keyboard(page, "Close the lesson")
    expect(page.locator(".lesson")).to_be_hidden()
    assert "lesson=" not in page.url


def test_exercises_are_recognized_and_kept(open_page: OpenPage, site: str) -> None:
    page = open_page(f"{site}?lesson=2")
    draw(page, STROKES[7])
    page.get_by_role("button", name="Move it to a corner").click()
    for name in ("Crop", "Center", "Resize"):
        page.get_by_role("switch", name=name).uncheck()
    solved(page)
    assert re.search(r"the 7 became a \d", page.locator(".lesson-solved").inner_text())
    page.locator(".input-reset").click()
    page.get_by_role("button", name="Next →").click()
    expect(page.locator(".lesson-solved")).to_have_text("")
    page.get_by_role("button", name="Next →").click()
    page.get_by_label("Unroll the image").focus()
    page.keyboard.press("End")
    solved(page)
    clear(page)
    page.goto(f"{site}?lesson=14")
    for digit in range(5):
        choose_sample(page, digit)
        expect_answer(page, digit)
        expect(page.locator(".lesson-yours")).to_contain_text(f"either: {digit}")
        clear(page)
        expect(page.locator(".lesson-yours")).to_contain_text("Draw a digit")
    expect(page.locator(".lesson-solved")).to_contain_text("5 of your 5")
    page.goto(f"{site}?view=lesson")
    assert [i + 1 for i, mark in enumerate(page.locator(".contents-mark").all_inner_texts()) if mark] == [2, 4, 14]
    expect(page.locator(".contents-start")).to_contain_text("step 14")
    page.evaluate('localStorage[\'digit-sketchpad.lesson\'] = \'{"last": 99, "done": ["<b>"]}\'')
    page.reload()
    expect(page.locator(".contents-start")).to_have_text("Start the lesson")


def test_every_term_is_defined_where_it_first_stands_and_in_the_glossary(open_view: OpenPage) -> None:
    page = open_view("lesson")
    glossary = dict(re.fullmatch(r"(.*), step (\d+)", term).groups() for term in page.locator("dt").all_inner_texts())
    ideas = page.evaluate(
        "import('sketchpad/views/lesson/steps.js').then(({ STEPS }) => STEPS.map(({ idea }) => idea))"
    )
    marked = [(term.lower(), str(i)) for i, idea in enumerate(ideas, 1) for term in idea.split("*")[1::2]]
    assert sorted(marked) == sorted((term.lower(), step) for term, step in glossary.items())
    page.get_by_role("button", name="logit, step 8").click()
    expect(page.locator(".lesson dfn")).to_have_attribute("title", re.compile("output before softmax"))


# --- numbers ----------------------------------------------------------------------------------------------------------


def test_the_lessons_numbers(open_page: OpenPage, site: str, pretrained: Classifier) -> None:
    page = open_page(f"{site}?lesson=1")
    yours = page.locator(".lesson-yours")
    expect(yours).to_contain_text("Draw a digit")
    ink = choose_sample(page, 4)
    found = reference_pass(pretrained, preprocess(ink[None])[0])
    (one, other), (most, second) = (part.tolist() for part in found.logits.topk(2)[::-1])
    shrunk = pretrained.predict(ink[None], Steps(crop=False, square=False, resize=False, center=False))[0]
    stepped = after_one_step(pretrained, preprocess(ink[None])[0], one, 0.001).logits(preprocess(ink[None]))[0]
    before, after = (f"{F.cross_entropy(logits, torch.tensor(one)):.4f}" for logits in (found.logits, stepped))
    on1, on2 = (int((layer > 0).sum()) for layer in (found.hidden1, found.hidden2))
    said = {
        1: f"{int((ink > 0).sum()):,} of your 19,600",
        2: f"just shrunk, it is {shrunk.digit} ({percent(shrunk.probabilities[shrunk.digit])})",
        3: f"from {found.input.min():.2f} to {found.input.max():.2f}; their mean is {found.input.mean():.2f}",
        4: f"becomes number {int(found.input.argmax()) + 1} of",
        5: f"neuron {int(found.hidden1.argmax()) + 1} of hidden layer 1, with {found.hidden1.max():.2f}",
        6: f"{on1} of 64 neurons are active in layer 1, and {on2} of 64",
        7: "55,050 parameters: 54,912 weights and 138 biases",
        8: f"{most:.2f} for {one} and {second:.2f} for {other}",
        9: f"{percent(found.logits.softmax(0).max().item(), 2)} for {one}; all ten add up to 1.0000",
        10: f"{F.cross_entropy(found.logits, found.logits.argmax()):.4f}",
        12: f"0.001, leaves its loss at {after}" if before == after else f"changes its loss from {before} to {after}",
        14: f"either: {one}",
        17: f"{one} rather than {other}, by {most - second:.2f}",
    }
    for step, number in said.items():
        page.evaluate(f"import('sketchpad/state/lesson.js').then(({{ open }}) => open({step}))")
        expect(yours).to_contain_text(number.replace("-", "−"))


def test_the_lines_of_pytorch_do_what_the_page_says(
    open_page: OpenPage, site: str, mnist: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All lines in one namespace, on a drawing by hand; shapes and values in their comments are those of the page."""
    page = open_page(f"{site}?lesson=1")
    draw(page, STROKES[5])
    expect_answer(page, 5)
    page.get_by_role("tab", name="Softmax & loss").click()
    page.get_by_role("radio", name="3").check()
    write_mnist(tmp_path / "data" / "MNIST" / "raw", mnist)
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, Any] = {}
    checked = 0
    for step in range(1, STEPS + 1):
        page.evaluate(f"import('sketchpad/state/lesson.js').then(({{ open }}) => open({step}))")
        expect(page.locator(".lesson-progress span")).to_have_text(f"Step {step} of {STEPS}")
        page.evaluate("new Promise(requestAnimationFrame).then(() => new Promise(requestAnimationFrame))")
        file = page.locator(".lesson-file")
        if file.is_visible():
            with page.expect_download() as download:
                file.click()
            download.value.save_as(tmp_path / download.value.suggested_filename)
        checked += run(page.locator(".lesson-code code").inner_text(), namespace)
    assert checked >= 40
    accuracies = [
        namespace["accuracy"](namespace["overfitted"], *digits)
        for digits in (
            (namespace["few"], namespace["few_labels"]),
            (namespace["images"][-5000:], namespace["mnist"].targets[-5000:]),
        )
    ]
    assert accuracies[0] > accuracies[1] + 0.1


def run(code: str, namespace: dict[str, Any]) -> int:
    """Run lines one after the other, and hold each to its comment; returns how many had one."""
    lines, checked = code.splitlines(), 0
    for statement in ast.parse(code).body:
        expected = EXPECTED.search(lines[statement.end_lineno - 1])
        source = ast.unparse(statement)
        if isinstance(statement, ast.Expr):
            value = eval(source, namespace)
        else:
            exec(compile(source, "<lesson>", "exec"), namespace)
            value = namespace[statement.targets[0].id] if expected else None
        if expected and expected["shape"]:
            assert tuple(value.shape) == ast.literal_eval(f"({expected['shape']})"), source
        elif expected:
            decimals = len(expected["value"].partition(".")[2])
            assert torch.as_tensor(value).detach().item() == pytest.approx(
                float(expected["value"]), abs=1.5 * 10**-decimals if decimals else 0
            ), source
        checked += expected is not None
    return checked


def write_mnist(folder: Path, mnist: Digits) -> None:
    """The first digits of MNIST as the files that torchvision expects: 5,100 to train and validate on, 100 to test."""
    folder.mkdir(parents=True)
    parts = {
        "train": (mnist.train_images[:5100], mnist.train_labels[:5100]),
        "t10k": (mnist.test_images[:100], mnist.test_labels[:100]),
    }
    for name, (images, labels) in parts.items():
        header = struct.pack(">4I", 0x803, len(images), 28, 28), struct.pack(">2I", 0x801, len(labels))
        (folder / f"{name}-images-idx3-ubyte").write_bytes(header[0] + images.numpy().tobytes())
        (folder / f"{name}-labels-idx1-ubyte").write_bytes(header[1] + labels.to(torch.uint8).numpy().tobytes())


# --- into a view and back ---------------------------------------------------------------------------------------------


def test_a_link_into_a_view_brings_its_heading_into_sight_and_a_button_leads_back(
    open_page: OpenPage, site: str
) -> None:
    page = open_page(f"{site}?lesson=11&view=neurons", viewport={"width": 390, "height": 844})
    heading = page.get_by_role("heading", name="What happens inside?")
    expect(heading).to_be_focused()
    expect(heading).to_be_in_viewport()
    assert page.title().startswith("Neurons")
    page.get_by_role("button", name="Softmax & loss ↓").click()
    heading = page.get_by_role("heading", name="How confident, and how surprised?")
    expect(heading).to_be_focused()
    expect(heading).to_be_in_viewport()
    page.mouse.move(195, 700)
    page.mouse.wheel(0, 1500)
    page.get_by_role("button", name="↑ Step 11").click()
    expect(page.locator("#lesson-title")).to_be_focused()
    expect(page.locator("#lesson-title")).to_be_in_viewport()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?view=<b>", "There is no view “<b>”."),
        ("?lesson=18", "There is no step “18”: the lesson has 17."),
        ("#v=2&label=3", "another version"),
        ("#v=1&drawing=%00", "its drawing can’t be read"),
        ("#v=1&label=" + "9" * 3000, "too long"),
    ],
)
def test_an_address_that_leads_nowhere_says_so(open_page: OpenPage, site: str, query: str, sentence: str) -> None:
    page = open_page(site + query)
    expect(page.locator(".tabs-notice")).to_contain_text(sentence)
    expect(page.locator("[role=tabpanel]:visible")).to_have_count(0)
