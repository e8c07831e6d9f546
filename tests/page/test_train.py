"""The train view: from the first click to a network that predicts at the pad, and back in time."""

import io
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from playwright.sync_api import Locator, Page, expect

from model.classifier import Classifier
from model.network import MEAN, STD
from model.preprocessing import preprocess
from tests import mini_sets
from tests.page.conftest import OpenPage, wait_until_ready
from tests.page.drawing import choose_sample, in_percents, percents

QUICK = {"Training digits": "2000", "Epochs": "2", "Learning rate": "0.003"}


def view(page: Page) -> Locator:
    return page.locator(".view.train")


def status(page: Page) -> Locator:
    return view(page).get_by_role("status")


def press(page: Page, name: str) -> None:
    view(page).get_by_role("button", name=name, exact=True).click()


def fill_in(page: Page, **settings: str) -> None:
    for label, value in settings.items():
        field = view(page).get_by_label(label, exact=True)
        if field.evaluate("field => field.localName") == "select":
            field.select_option(label=value)
        else:
            field.fill(value)


def train(page: Page) -> None:
    """From the click to the end."""
    fill_in(page, **QUICK)
    press(page, "Train")
    expect(status(page)).to_contain_text("epoch 2 of")
    expect(view(page).get_by_role("button", name="Train", exact=True)).to_be_enabled()


def test_a_run_predicts_at_the_pad_and_outlives_a_reload(open_view: OpenPage) -> None:
    page = open_view("train", viewport={"width": 390, "height": 844}, color_scheme="dark")
    choose_sample(page, 3)
    loading = view(page).get_by_role("progressbar")
    fill_in(page, **QUICK)
    page.route("**/train-images-idx3-ubyte.gz*", lambda route: expect(loading).to_be_visible() or route.continue_())
    press(page, "Train")
    expect(status(page)).to_contain_text(re.compile(r"Run 1 · epoch 2 of 2 · validation accuracy \d\d\.\d\s%"))
    expect(view(page).get_by_role("button", name="Train", exact=True)).to_be_enabled()
    switch = page.locator(".segments").get_by_role("button", name=re.compile("^Run 1"))
    expect(switch).to_have_attribute("aria-pressed", "true")
    expect(view(page).get_by_role("row", name=re.compile("1 Adam 0.003 · batch 32 · 2,000 digits"))).to_be_visible()

    before = percents(page)
    page.reload()
    wait_until_ready(page)
    expect(switch).to_have_attribute("aria-pressed", "true")
    assert percents(page) == before
    view(page).get_by_role("button", name="Delete Run 1").click()
    expect(view(page).get_by_role("row", name=re.compile("Adam 0.003"))).to_have_count(0)
    page.reload()
    wait_until_ready(page)
    expect(view(page).get_by_role("row", name=re.compile("Pretrained"))).to_be_visible()
    expect(view(page).get_by_role("row", name=re.compile("Adam 0.003"))).to_have_count(0)


def test_a_run_is_paused_stepped_and_ended(open_view: OpenPage) -> None:
    page = open_view("train")
    fill_in(page, Epochs="50")
    press(page, "Step")
    steps = view(page).locator(".train-progress")
    numbers = (
        r"Loss of this batch 2\.\d+ → [\d.]+ · length of the\s+gradient [\d.]+ · largest change of a parameter 0\.001"
    )
    expect(steps).to_contain_text(re.compile(numbers))  # Adam's first step is the learning rate
    press(page, "Step")
    expect(steps).to_contain_text("Step 2")
    press(page, "Train")
    expect(steps.locator("b")).not_to_have_text("Step 2")  # it runs
    press(page, "Pause")
    expect(status(page)).to_contain_text("paused")

    def step() -> int:
        return int(re.sub(r"\D", "", steps.locator("b").inner_text()))

    before = step()
    fill_in(page, Epochs="49")  # is the next run's: this one goes on where it is, if its settings are back
    fill_in(page, Epochs="50")
    assert step() >= before > 2  # a batch may have been under way
    press(page, "Reset")
    expect(status(page)).to_contain_text("ended by Reset")
    expect(view(page).get_by_role("row", name=re.compile(r"of 50 epochs"))).to_be_visible()


def test_a_run_that_is_stepped_to_its_end_is_over_and_two_evaluations_keep_apart(open_view: OpenPage) -> None:
    page = open_view("train")
    fill_in(page, Epochs="1", **{"Training digits": "100", "Batch size": "50"})
    press(page, "Step")
    press(page, "Step")
    expect(status(page)).to_contain_text("epoch 1 of 1")
    expect(page.get_by_role("button", name="Pause")).to_have_count(0)
    right = page.evaluate("""async () => {
      const { evaluate } = await import("sketchpad/state/training.js");
      const { shared } = await import("sketchpad/state/networks.js");
      const { accuracy } = await import("sketchpad/engine/evaluation.js");
      const { widths } = shared.value.description.network;
      const shape = { widths, activation: "relu", mean: 0.13, std: 0.31 };
      const trained = shared.value.classifier.network.layers.flatMap(({ weights, biases }) => [...weights, ...biases]);
      const both = [Float32Array.from(trained), new Float32Array(trained.length)];
      return Promise.all(both.map(async (numbers) => accuracy((await evaluate(numbers, shape, 100)).predictions)));
    }""")
    assert right[0] > 0.98 > right[1]


def test_a_rate_of_nothing_is_refused_and_what_diverges_is_explained(open_view: OpenPage) -> None:
    page = open_view("train")
    fill_in(page, **{"Learning rate": "0", "Optimizer": "SGD"})
    press(page, "Train")  # the browser says what is wrong with it
    rate = view(page).get_by_label("Learning rate", exact=True)
    expect(rate).to_be_focused()
    rate.press("ControlOrMeta+A")
    rate.press_sequentially("0,05")
    expect(rate).to_have_value("0.05")
    rate.press("ControlOrMeta+A")
    page.keyboard.insert_text("0,25")  # as if pasted
    expect(rate).to_have_value("0.25")
    fill_in(page, **{"Learning rate": "100"})
    press(page, "Train")
    expect(view(page).get_by_role("alert")).to_contain_text("Try a lower learning rate than 100.")


@pytest.mark.slow
def test_the_test_digits_wait_until_they_are_asked_for(open_view: OpenPage) -> None:
    page = open_view("train")
    train(page)
    expect(view(page).get_by_text("test digits right")).to_have_count(0)
    press(page, "Look at the test digits")
    expect(view(page).get_by_role("heading", name=re.compile(r"of the 10,000 test digits right"))).to_be_visible()
    cells = view(page).locator(".confusion tbody td").all_inner_texts()
    assert sum(int(cell.replace("·", "0")) for cell in cells) == 10_000
    view(page).get_by_role("button", name=re.compile("^4 classified as 9: ")).click()
    expect(view(page).locator(".train-examples li").first).to_contain_text("4 → 9")


@pytest.mark.slow
def test_an_experiment_says_what_came_of_it(open_view: OpenPage) -> None:
    page = open_view("train")
    view(page).get_by_text("Try an experiment").click()
    press(page, "What if all weights start at zero?")
    verdict = view(page).locator(".train-verdict")
    expect(verdict).to_contain_text("Random weights break this symmetry.", timeout=60_000)
    random, zeros = (float(share) for share in re.findall(r"([\d.]+)\s%", verdict.inner_text()))
    assert zeros < 20 < 80 < random


def test_the_pretrained_network_is_scrubbed_back(open_view: OpenPage, pretrained: Classifier) -> None:
    page = open_view("history")  # where it once was
    ink = choose_sample(page, 3)
    slider = view(page).get_by_role("slider", name="Step of the training")
    last = pretrained.snapshots[-1]
    expect(slider).to_have_attribute("aria-valuetext", f"Step {last.step:,}")
    slider.press("ArrowLeft")
    before = pretrained.snapshots[-2]
    expect(slider).to_have_attribute("aria-valuetext", f"Step {before.step:,}")
    expect(page.locator(".segments")).to_contain_text(f"Pretrained, step {before.step:,}")
    logits = before.network()(((preprocess(ink[None]).flatten(1) / 255 - MEAN) / STD).float())
    assert percents(page) == pytest.approx(in_percents(logits.softmax(dim=1)[0].tolist()), abs=1)  # quantized weights
    slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", f"Step {last.step:,}")
    expect(page.locator(".segments")).to_have_count(0)  # there is one network only


def test_a_network_from_elsewhere_is_opened(open_view: OpenPage, tmp_path: Path) -> None:
    page = open_view("train")
    ink = choose_sample(page, 5)
    network = torch.nn.Sequential(torch.nn.Linear(784, 20), torch.nn.Tanh(), torch.nn.Linear(20, 10))
    file = tmp_path / "mine.npz"
    np.savez(file, **{name: parameter.detach().numpy() for name, parameter in network.state_dict().items()})
    view(page).get_by_label("Open a network").set_input_files(file)
    opened = view(page).locator(".train-open")
    opened.get_by_label("After each hidden layer").select_option(label="tanh")
    opened.get_by_label("Mean").fill("0")
    opened.get_by_label("Deviation").fill("1")
    opened.get_by_label("Deviation").press("Enter")
    probabilities = network(preprocess(ink[None]).flatten(1) / 255).softmax(dim=1)[0]
    expected = pytest.approx(in_percents(probabilities.tolist()), abs=0.11)
    images, labels = mini_sets.load()
    right = (network(images.flatten(1) / 255).argmax(dim=1) == labels).float().mean().item()
    expect(opened.first).to_contain_text(f"{100 * right:.1f}\u00a0% of the page’s 300 test digits right")
    assert percents(page) == expected
    page.reload()
    wait_until_ready(page)
    expect(page.locator(".segments").get_by_role("button", name="mine.npz")).to_have_attribute("aria-pressed", "true")
    assert percents(page) == expected

    view(page).get_by_label("Open a network").set_input_files(
        {"name": "letter.npz", "mimeType": "text/plain", "buffer": io.BytesIO(b"Dear network").getvalue()}
    )
    expect(view(page).get_by_role("alert")).to_have_text("This is no whole .safetensors or .npz file.")
