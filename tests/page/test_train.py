"""The train view: a training from the first click to the visitor's own network on the pad."""

import io
import re

import torch
from filelock import FileLock
from playwright.sync_api import Locator, Page, expect

from demo.payloads import parse_training_settings
from model.classifier import Classifier
from model.data.mnist import Digits
from model.evaluation.metrics import confusion_matrix, most_wrong
from model.network import MLP
from model.pipeline import load_baseline, trained_classifier
from model.preprocessing import preprocess
from model.training import batches
from model.training.loop import train
from model.training.recipe import RECIPES
from model.training.script import training_script
from tests.page.accessibility import violations
from tests.page.conftest import OpenPage, wait_until_ready
from tests.page.drawing import choose_sample, expect_verified, in_percents, percents

QUICK = {"epochs": 1, "batch_size": 250, "hidden": 16, "learning_rate": 0.003, "seed": 5}
LONG = {"epochs": 50, "batch_size": 64}
CELLS = "rows => rows.map(row => [...row.querySelectorAll('td')].map(cell => Number(cell.textContent)))"


def start(page: Page, **settings: object) -> None:
    for name, value in settings.items():
        field = page.locator(f".train-form [name={name}]")
        if name in ("recipe", "optimizer"):
            field.select_option(str(value))
        else:
            field.fill(str(value))
    page.get_by_role("button", name="Train", exact=True).click()


def state(page: Page) -> Locator:
    return page.locator(".train-state")


def test_a_training_ends_with_the_visitors_own_network_on_the_pad(
    open_page: OpenPage, server: str, training_turn: FileLock, mnist: Digits, pretrained: Classifier
) -> None:
    page = open_page(f"{server}?view=train", viewport={"width": 390, "height": 820}, color_scheme="dark")
    ink = choose_sample(page, 4)
    expect_verified(page)
    shared = percents(page)
    with training_turn:
        start(page, **QUICK | {"learning_rate": "0,003"})
        expect(state(page)).to_have_text("Done")

    recipe = parse_training_settings({"recipe": "baseline"} | QUICK)
    network = MLP(hidden=16, seed=5)
    *_, last = train(network, batches.training_samples(mnist, recipe), recipe, batches.validation_samples(mnist))
    own = trained_classifier(network, recipe, mnist, detector=pretrained.detector)
    accuracy = f"{last.validation_accuracy:.2%}".replace("%", "\u00a0%")
    runs = page.locator(".train-runs li")
    expect(runs.nth(0)).to_contain_text("Baseline")  # there from the start
    expect(runs.nth(1)).to_have_text(re.compile(f"Run 1 Adam, learning rate 0.003, .*, seed 5 *validation {accuracy}"))
    expect(page.locator(".train-result h3")).to_contain_text(f"{accuracy} of the 5,000 validation digits")
    for chart in ("loss", "accuracy"):
        lines = page.locator(f".train-{chart} path:not(.chart-marks)")
        assert all(line.get_attribute("d").count("L") > 3 for line in lines.all())
    expect(page.locator(".train-accuracy circle")).to_have_count(1)

    expect(page.locator(".train-confusion")).to_be_hidden()  # until somebody wants to know
    page.get_by_role("button", name="Look at the test digits").click()
    tested = f"{own.test_accuracy:.2%}".replace("%", "\u00a0%")
    expect(page.locator(".train-result h3")).to_contain_text(f"{tested} of the 10,000 test digits")
    page.get_by_role("button", name=re.compile("^4 classified correctly: ")).click()
    expect(page.locator(".train-cell canvas")).to_have_count(40)

    logits = own.logits(mnist.test_images)
    files = {}
    for button in ("Script (.py)", "Weights (.pt)"):
        with page.expect_download() as download:
            page.get_by_role("button", name=button).click()
        files[download.value.suggested_filename] = download.value.path().read_bytes()
    assert files["run-1.py"].decode() == training_script(own.recipe)
    weights = torch.load(io.BytesIO(files["run-1.pt"]))
    assert torch.equal(torch.cat([weight.flatten() for weight in weights.values()]), own.network.flat_parameters())

    rows = page.locator(".train-confusion tbody tr").evaluate_all(CELLS)
    assert rows == confusion_matrix(logits, mnist.test_labels).tolist()
    worst = most_wrong(logits, mnist.test_images, mnist.test_labels)
    pairs = zip(worst.labels.tolist(), worst.predicted.tolist(), strict=True)
    assert page.locator(".train-mistakes b").all_inner_texts() == [f"{label} → {digit}" for label, digit in pairs]

    page.get_by_role("button", name="Classify my drawing with it").click()
    expect(page.get_by_role("radio", name="yours")).to_be_checked()
    expect(page.get_by_label("The network that predicts")).to_contain_text("784 – 16 – 16 – 10")
    expect_verified(page)  # the server predicts with the same one
    (prediction,) = own.predict_images(preprocess(ink[None]))
    theirs = in_percents(prediction.probabilities)
    assert all(abs(a - b) < 0.11 for a, b in zip(percents(page), theirs, strict=True))
    assert percents(page) != shared

    page.get_by_role("button", name="Compare it with the shared network").click()
    expect(page.get_by_role("radio", name="both")).to_be_checked()
    both = page.get_by_role("meter").evaluate_all("all => all.map(one => [one.ariaLabel, Number(one.ariaValueNow)])")
    assert [share for name, share in both if name.endswith(", the shared network")] == shared
    assert len(both) == 20
    expect(page.locator(".readout-both")).to_contain_text("the shared network: 4")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert violations(page) == []
    page.get_by_role("radio", name="shared").check(force=True)
    expect_verified(page)
    assert percents(page) == shared

    page.reload()  # finds it again
    wait_until_ready(page)
    page.get_by_text("yours", exact=True).click()
    choose_sample(page, 4)
    expect_verified(page)
    assert all(abs(a - b) < 0.11 for a, b in zip(percents(page), theirs, strict=True))
    expect(runs.nth(1)).to_contain_text("seed 5")


def test_a_training_goes_on_without_its_page_can_be_stopped_and_another_one_compared(
    open_page: OpenPage, server: str, training_turn: FileLock
) -> None:
    page = open_page(f"{server}?view=train")
    beside = page.context.new_page()
    stop = page.get_by_role("button", name="Stop")
    with training_turn:
        start(page, **LONG)
        expect(stop).to_be_focused()
        expect(page.locator(".train-now")).to_contain_text(" left")
        page.goto("about:blank")
        beside.goto(f"{server}?view=train")
        start(beside, **QUICK)
        expect(state(beside)).to_have_text(re.compile(r"Place 1 in the queue, about \d+ (s|min): one network"))
        beside.close()
        page.go_back()
        expect(page.locator(".train-now")).to_contain_text(" left")
        stop.press("Enter")
        expect(state(page)).to_have_text("Stopped")
        expect(page.get_by_role("button", name="Train", exact=True)).to_be_focused()
        expect(page.locator(".train-result h3")).to_contain_text("Run 1")
        start(page, optimizer="sgd", learning_rate=10, epochs=1, batch_size=100)
        expect(state(page)).to_contain_text("Diverged: ")
    expect(page.locator(".train-runs li")).to_have_count(3)
    curves = page.locator(".train-loss .chart-run")
    expect(curves).to_have_count(3)
    expect(curves.nth(2)).to_contain_text("✕")
    assert "no number any more" in page.locator(".train-loss svg").get_attribute("aria-label")
    page.get_by_role("button", name="Remove run 1 from the charts").click()
    expect(curves).to_have_count(2)
    expect(page.locator(".train-runs li").nth(1)).to_contain_text("Run 2")


def test_the_baseline_predicts_and_is_verified(served_page: Page) -> None:
    page = served_page
    ink = choose_sample(page, 4)
    page.locator(".header-network summary").click()
    page.get_by_role("button", name="Predict with the baseline").click()
    expect(page.get_by_role("radio", name="baseline")).to_be_checked()
    (prediction,) = load_baseline().classifier.predict(ink[None])
    theirs = in_percents(prediction.probabilities)
    assert all(abs(a - b) < 0.11 for a, b in zip(percents(page), theirs, strict=True))
    expect_verified(page)
    page.get_by_text("both", exact=True).click()
    expect(page.get_by_role("meter")).to_have_count(20)
    expect(page.locator(".readout-both")).to_contain_text("the baseline network: 4")
    color = """([readout, verdict]) => {
      readout.dataset.verdict = verdict;
      return getComputedStyle(readout.querySelector(".is-winner .track > span")).backgroundColor;
    }"""
    readout = page.locator(".readout").element_handle()
    assert page.evaluate(color, [readout, "unsure"]) == page.evaluate(color, [readout, "digit"])


def test_wrong_settings_are_explained_and_a_recipe_fills_in_its_own(open_page: OpenPage, server: str) -> None:
    page = open_page(f"{server}?view=train")
    problem = page.locator(".train-problem")
    for name, wrong, mended, sentence, allowed in (
        (
            "learning_rate",
            "0",
            "0,001",
            "learning_rate must be a number above 0 and at most 100.",
            "above 0, up to 100",
        ),
        ("epochs", "51", "5", "In the page, a training has at most 50 epochs.", "a whole number, 1 to 50"),
        ("digits", "55.000", "55,000", "digits must be a whole number", "a whole number, 100 to 60,000"),
    ):
        field, hint = page.locator(f".train-form [name={name}]"), page.locator(f"[id$={name.split('_')[-1]}-hint]")
        start(page, **{name: wrong})
        expect(problem).to_contain_text(sentence)
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(hint).to_contain_text(allowed)
        field.fill(mended)
        expect(problem).to_be_empty()
        expect(field).not_to_have_attribute("aria-invalid", "true")
        expect(hint).not_to_contain_text(allowed)
    page.locator("[name=recipe]").select_option("augmented")
    expect(page.locator("[name=learning_rate]")).to_have_value(f"{RECIPES['augmented'].learning_rate}")
    expect(page.locator("[name=epochs]")).to_have_value(f"{RECIPES['augmented'].epochs}")
