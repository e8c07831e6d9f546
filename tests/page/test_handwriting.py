"""The handwriting view: twenty digits asked for, scored, saved and fine-tuned on; all as the model has it."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from filelock import FileLock
from playwright.sync_api import Locator, Page, expect

from model.classifier import Classifier, Prediction
from model.data.images import load_image
from model.data.mnist import Digits
from model.data.pen import draw as ink_of
from model.evaluation.metrics import confusion_matrix
from model.preprocessing import preprocess
from model.training.finetuning import fine_tune
from tests.page.conftest import OpenPage, wait_until_ready
from tests.page.drawing import ONE, STROKES, draw, expect_verified, on_pad, percent, percents

STORED = "digit-sketchpad.handwriting"
TWENTY = [{"label": place // 2, "strokes": STROKES[place // 2]} for place in range(20)]
TWENTY[3]["strokes"] = STROKES[7]  # a one that is no one
TWENTY[8]["strokes"] = [[[x, y + 10 * (x > 70)] for x, y in stroke] for stroke in STROKES[9]]
INKS = torch.stack([ink_of(drawing["strokes"]) for drawing in TWENTY])
LABELS = torch.tensor([drawing["label"] for drawing in TWENTY])


@pytest.fixture
def open_results(open_page: OpenPage, site: str) -> Callable[..., Page]:
    """Opens the view with twenty drawings from before a reload."""

    def open_view(address: str = site) -> Page:
        page = open_page(f"{address}?view=handwriting")
        stored = json.dumps({"wanted": [], "drawings": TWENTY})
        page.evaluate("([name, stored]) => sessionStorage.setItem(name, stored)", [STORED, stored])
        page.reload()
        wait_until_ready(page)
        page.locator(".handwriting-results").wait_for()
        return page

    return open_view


def button(page: Page, name: str) -> Locator:
    return page.locator(".handwriting").get_by_role("button", name=name)


def wanted(page: Page) -> int:
    return int(page.locator(".handwriting-wanted strong").inner_text())


def predicted(page: Page) -> int:
    """The digit with the highest bar."""
    return max(range(10), key=percents(page).__getitem__)


def expect_results(page: Page, classifier: Classifier, inks: torch.Tensor, labels: torch.Tensor) -> None:
    """The results say what the model predicts for the drawings."""
    images = preprocess(inks)
    predictions = classifier.predict_images(images)
    pairs = list(zip(predictions, labels.tolist(), strict=True))
    scores = page.locator(".handwriting-score")
    correct = sum(prediction.digit == label for prediction, label in pairs)
    expect(scores.first).to_contain_text(f"{correct} of {len(pairs)} classified correctly")
    expect(scores.nth(1)).to_contain_text(f"{10_000 * classifier.test_accuracy:,.0f} of 10,000")

    def mark(prediction: Prediction, label: int) -> str:
        share = percent(prediction.probabilities[prediction.digit], 0)
        return f"{'✓' if prediction.digit == label else '✗'} {prediction.digit}, {share}"

    cards = page.locator(".handwriting-gallery button")
    assert cards.locator("span").all_inner_texts() == [mark(*pair) for pair in pairs]
    assert cards.locator("b").all_inner_texts() == [str(label) for label in labels.tolist()]
    shown = page.locator(".handwriting-confusion tbody td").all_inner_texts()
    expected = confusion_matrix(classifier.logits(images), labels)
    assert [int(cell or 0) for cell in shown] == expected.flatten().tolist()

    def difficulty(digit: int) -> tuple[float, float]:
        its = [prediction for prediction, label in pairs if label == digit]
        share = sum(prediction.digit == digit for prediction in its) / len(its)
        return share, sum(prediction.probabilities[digit] for prediction in its)

    hardest = min(set(labels.tolist()), key=difficulty)
    expect(page.locator(".handwriting-hardest strong")).to_have_text(str(hardest))


def test_twenty_digits_are_asked_for_scored_and_survive_a_reload(open_view: OpenPage, pretrained: Classifier) -> None:
    page = open_view("handwriting")
    button(page, "Start").click()
    asked, inks = [], []
    while button(page, "Next").is_visible():
        asked.append(wanted(page))
        expect(page.locator(".handwriting-count")).to_have_text(f"{len(asked)} of 20")
        expect(button(page, "Next")).to_be_disabled()
        page.mouse.click(*on_pad(page, [70, 5 * len(asked)]))  # a dot, each in another place
        expect(button(page, "Next")).to_be_enabled()
        page.keyboard.press("n")
    assert sorted(asked) == sorted([*range(10)] * 2)
    stored = json.loads(page.evaluate("name => sessionStorage.getItem(name)", STORED))["drawings"]
    assert [drawing["label"] for drawing in stored] == asked
    inks = torch.stack([ink_of(drawing["strokes"]) for drawing in stored])
    expect_results(page, pretrained, inks, torch.tensor(asked))

    before = page.locator(".handwriting-results").inner_text()
    page.reload()
    expect(page.locator(".handwriting-done")).to_be_visible()
    expect_results(page, pretrained, inks, torch.tensor(asked))
    assert page.locator(".handwriting-results").inner_text() == before
    button(page, "Delete these drawings").click()
    expect(button(page, "Start")).to_be_visible()
    page.reload()
    expect(button(page, "Start")).to_be_visible()


def test_back_takes_the_last_one_out_and_skipping_does_not_count(open_view: OpenPage) -> None:
    page = open_view("handwriting")
    button(page, "Start").click()
    first = wanted(page)
    draw(page, STROKES[first])
    button(page, "Next").click()
    expect(page.locator(".handwriting-count")).to_have_text("2 of 20")
    page.keyboard.press("n")  # there is nothing on the pad
    button(page, "Back").click()
    assert wanted(page) == first
    assert predicted(page) == first  # on the pad again
    button(page, "Skip").click()
    expect(page.locator(".handwriting-count")).to_have_text("1 of 19")
    assert percents(page) == [0] * 10
    draw(page, ONE, lift=False)
    page.keyboard.press("n")  # the pen is down
    page.mouse.up()
    expect(page.locator(".handwriting-count")).to_have_text("1 of 19")


def test_what_is_saved_is_classified_as_on_the_page(
    open_results: Callable[..., Page], pretrained: Classifier, tmp_path: Path
) -> None:
    page = open_results()
    expect_results(page, pretrained, INKS, LABELS)
    page.locator(".handwriting-gallery button").nth(3).click()  # a card puts its drawing back on the pad
    assert predicted(page) == 7
    for name in ("Images", "Array", "Labels"):
        with page.expect_download() as download:
            button(page, name).click()
        download.value.save_as(tmp_path / download.value.suggested_filename)
    assert np.array_equal(np.load(tmp_path / "my-digits.npy"), INKS.numpy())

    rows = (tmp_path / "my-digits.csv").read_text().splitlines()
    assert rows == ["index,label", *(f"{index},{label}" for index, label in enumerate(LABELS.tolist()))]
    digits = [prediction.digit for prediction in pretrained.predict(INKS)]
    with zipfile.ZipFile(tmp_path / "my-digits.zip") as images:
        assert images.testzip() is None
        names = [f"{place:02}-label-{label}.png" for place, label in enumerate(LABELS.tolist())]
        assert images.namelist() == names
        assert [pretrained.predict(load_image(images.read(name)))[0].digit for name in names] == digits


def test_the_network_is_fine_tuned_and_judged_fairly(
    open_results: Callable[..., Page], server: str, training_turn: FileLock, pretrained: Classifier, mnist: Digits
) -> None:
    page = open_results(server)
    *_, last = fine_tune(pretrained, preprocess(INKS), LABELS, mnist)
    tuned = last.result
    assert tuned

    with training_turn:
        button(page, "Fine-tune it on my handwriting").click()
        expect(page.locator(".handwriting-state")).to_have_text("Training …")
        page.reload()  # it goes on meanwhile
        wait_until_ready(page)
        expect(page.locator(".handwriting-tuned")).to_be_visible()
    rows = [row.locator("td").all_inner_texts() for row in page.locator(".handwriting-tuned tbody tr").all()]
    before, after, unseen = (int((digits == LABELS).sum()) for digits in (tuned.before, tuned.after, tuned.out_of_fold))
    assert rows[0][:2] == [f"{before} of 20", f"{after} of 20"]
    assert rows[1][:2] == [f"{before} of 20", f"{unseen} of 20"]
    matrices = tuned.mnist_before, tuned.mnist_after
    assert rows[2][:2] == [f"{matrix.diagonal().sum().item() / 100:.2f}\u00a0%" for matrix in matrices]
    per_digit = [matrix.diagonal() / matrix.sum(dim=1) for matrix in matrices]
    worst = int((per_digit[1] - per_digit[0]).argmin())
    expect(page.locator(".handwriting-tuned tbody th").last).to_contain_text(f"{worst}s, which lost most")
    assert rows[3][:2] == [f"{100 * shares[worst].item():.2f}\u00a0%" for shares in per_digit]

    button(page, "Use this network").click()
    expect_results(page, tuned.classifier, INKS, LABELS)
    expect(page.locator(".handwriting-fairness")).to_contain_text("no fair test")
    button(page, "Write twenty new digits for it").click()
    draw(page, STROKES[3])
    expect_verified(page)  # with the network that was fine-tuned
    expect(page.get_by_role("radio", name="yours")).to_be_checked()
    page.keyboard.press("n")
    page.locator(".handwriting-skip").evaluate("skip => { while (skip.offsetParent) skip.click(); }")
    expect(page.locator(".handwriting-fairness")).to_contain_text(": a fair test")
    expect(page.locator(".handwriting-tuned")).to_be_hidden()  # that was about others
    assert button(page, "Fine-tune it on my handwriting").is_disabled()  # one drawing is too few
