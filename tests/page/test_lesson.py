"""The lesson: a step's task beside its picture, ticks that are true, and lines of PyTorch that print what they say."""

import ast
import contextlib
import io
import re
import struct
from pathlib import Path
from typing import Any

import pytest
import torch
from playwright.sync_api import Page, expect

from model.classifier import Classifier
from model.data.mnist import Digits
from model.data.pen import draw as ink_of
from model.network import normalize
from model.preprocessing import preprocess
from tests.page.conftest import OpenPage
from tests.page.drawing import ONE, STROKES, choose_sample, clear, draw, expect_answer

STEPS = 14
BASELINE = range(8, 12)  # the steps in which the chapter's own network predicts
EXPECTED = re.compile(r"  # (?:\((?P<shape>[\d, ]+)\)|(?P<value>-?[\d.]+))$")
SMILEY = [
    [[70, 20], [35, 35], [22, 70], [35, 105], [70, 120], [105, 105], [118, 70], [105, 35], [70, 20]],
    [[52, 55], [52, 60]],
    [[88, 55], [88, 60]],
    [[48, 88], [60, 97], [80, 97], [92, 88]],
]


@pytest.fixture
def open_step(open_page: OpenPage, site: str) -> OpenPage:
    """Opens a step of the lesson."""
    return lambda step, **options: open_page(f"{site}?view=lesson&lesson={step}", **options)


def go(page: Page, step: int) -> None:
    page.get_by_role("navigation", name="Lesson").get_by_role("link", name=re.compile(f"Step {step}:")).click()
    expect(page).to_have_url(re.compile(f"lesson={step}"))


def reached(page: Page, words: str = "") -> None:
    expect(page.locator(".lesson-reached")).to_contain_text(f"Reached: {words}")


def not_reached(page: Page) -> None:
    """A second after everything has come to rest, which is when the lesson looks, it has found nothing."""
    page.evaluate("new Promise((looked) => setTimeout(looked, 1200))")
    expect(page.locator(".lesson-reached")).to_have_text("")


# --- through the lesson -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "screen",
    [(390, 844), *(pytest.param(screen, marks=pytest.mark.slow) for screen in ((1366, 700), (820, 1180)))],
)
def test_every_step_has_task_picture_and_pad_on_one_screen(open_step: OpenPage, screen: tuple[int, int]) -> None:
    width, height = screen
    page = open_step(1, viewport={"width": width, "height": height})
    choose_sample(page, 4)
    titles = set()
    for step in range(1, STEPS + 1):
        expect(page).to_have_url(re.compile(f"lesson={step}(&|$)"))
        titles.add(page.get_by_role("heading", level=2).filter(visible=True).inner_text())
        picture = page.locator(".lesson-picture").bounding_box()
        seen = min(picture["y"] + picture["height"], height) - picture["y"]
        assert seen > min(160, 0.9 * picture["height"]), f"step {step}: {picture}"
        for part in (page.get_by_label("Draw a digit"), page.get_by_role("meter", name="Probability of 0")):
            expect(part).to_be_in_viewport()
        if step < STEPS:
            page.get_by_role("button", name="Next step").click()
    assert len(titles) == STEPS
    expect(page.get_by_role("button", name="Next step")).to_be_disabled()


def test_keys_of_a_presenter_go_through_the_steps(open_page: OpenPage, site: str) -> None:
    page = open_page(f"{site}?lesson=3&present", viewport={"width": 1366, "height": 768})
    page.keyboard.press("PageDown")
    expect(page).to_have_url(re.compile("lesson=4"))
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile("lesson=3"))
    bar = page.get_by_role("meter", name="Probability of 0").bounding_box()
    assert bar["width"] >= 160
    page.keyboard.press("Escape")
    expect(page).not_to_have_url(re.compile("present"))


def test_ones_place_and_what_is_done_are_kept(open_step: OpenPage, site: str) -> None:
    page = open_step(3, own=True)
    choose_sample(page, 4)
    page.get_by_label("Unroll the image").focus()
    page.keyboard.press("End")
    reached(page, "28 × 28 became 784")
    page.goto(f"{site}?view=lesson")
    expect(page.get_by_role("link", name="Step 3: An image becomes a row, done")).to_have_attribute(
        "aria-current", "step"
    )


# --- a tick means done ------------------------------------------------------------------------------------------------


def test_a_neurons_sum_has_risen_only_for_the_drawing_that_it_was_first_seen_for(open_step: OpenPage) -> None:
    page = open_step(4)
    draw(page, ONE)
    not_reached(page)
    chosen = page.evaluate("import('sketchpad/state/state.js').then(({ state }) => state.neuron.value)")
    clear(page)
    draw(page, STROKES[8])  # another drawing: its sum is a new beginning, however high
    not_reached(page)
    assert chosen == page.evaluate("import('sketchpad/state/state.js').then(({ state }) => state.neuron.value)")


def test_an_inactive_neuron_has_to_become_active(open_step: OpenPage, pretrained: Classifier) -> None:
    images = preprocess(torch.stack([ink_of(ONE), ink_of(ONE + STROKES[8])]))
    before, after = pretrained.network.layers()[0](normalize(images).flatten(1))
    number = int(torch.where(before < -0.5, after, -torch.inf).argmax()) + 1
    page = open_step(5)
    draw(page, ONE)
    field = page.get_by_label("Neuron", exact=True)
    field.fill(str(number))
    field.press("Enter")
    not_reached(page)
    draw(page, STROKES[8])
    reached(page, f"neuron {number} was inactive")


def test_both_labels_of_one_drawing_have_to_be_looked_at(open_step: OpenPage) -> None:
    page = open_step(8)
    expect_answer_of_baseline(page)
    labels = page.get_by_role("group", name="I meant")
    labels.get_by_role("button", name="9").click()
    not_reached(page)
    losses = {}
    for digit in range(10):
        labels.get_by_role("button", name=str(digit)).click()
        expect(page.locator(".lesson-yours")).to_contain_text(f" {digit} was meant")
        losses[digit] = float(re.search(r"loss is (\d+\.\d+)", page.locator(".lesson-yours").inner_text())[1])
    labels.get_by_role("button", name=str(max(losses, key=losses.get))).click()
    reached(page, f"{losses[9]:.2f} for 9")


def expect_answer_of_baseline(page: Page) -> None:
    """The stored drawing is on the pad, and the baseline takes it for a 9, with a loss that one can see."""
    expect(page.get_by_role("meter", name="Probability of 9")).to_have_attribute("aria-valuenow", re.compile(r"5\d"))


def test_the_chapters_network_predicts_from_cross_entropy_to_training(open_step: OpenPage) -> None:
    page = open_step(7)
    choose_sample(page, 3)
    expect_answer(page, 3)
    for step in BASELINE:
        go(page, step)
        expect_answer_of_baseline(page)
    go(page, 12)
    expect_answer(page, 3)  # one's own drawing and network are back


def test_a_smiley_is_no_digit_whatever_softmax_says(open_step: OpenPage) -> None:
    page = open_step(13)
    draw(page, STROKES[7])
    not_reached(page)
    clear(page)
    draw(page, SMILEY)
    reached(page, "softmax gives")


# --- lines of PyTorch -------------------------------------------------------------------------------------------------


def test_the_lines_of_pytorch_print_what_the_page_says(
    open_step: OpenPage, mnist: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_step(1)
    draw(page, STROKES[5])
    expect_answer(page, 5)
    write_mnist(tmp_path / "data" / "MNIST" / "raw", mnist)
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
    assert checked >= 25


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
        (folder / f"{name}-labels-idx1-ubyte").write_bytes(header[1] + labels.numpy().astype("uint8").tobytes())
