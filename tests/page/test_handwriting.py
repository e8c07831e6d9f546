"""My handwriting: digits asked for, scored and fine-tuned on; no drawing leaves the page."""

import io
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from playwright.sync_api import Locator, Page, expect

from model.classifier import Classifier
from model.data.pen import draw as ink_of
from model.preprocessing import preprocess
from tests.page.conftest import OpenPage, wait_until_ready
from tests.page.drawing import STROKES, draw, percents

RESULTS = ".handwriting-gallery button"


def button(page: Page, name: str) -> Locator:
    return page.locator(".handwriting").get_by_role("button", name=name)


def wanted(page: Page) -> int:
    return int(page.locator(".handwriting-wanted strong").inner_text())


def write(page: Page, count: int) -> list[int]:
    """Write some of the digits asked for, and skip the others; returns their labels."""
    button(page, "Start").click()
    labels = []
    for place in range(20):
        digit = wanted(page)
        if place < count:
            draw(page, STROKES[digit])
            page.keyboard.press("n")
            labels.append(digit)
        else:
            button(page, "Skip").click()
        if place < 19:
            written = page.get_by_role("list", name=f"{len(labels)} of {20 - place - 1 + len(labels)} written")
            expect(written).to_be_visible()
    expect(page.locator(RESULTS)).to_have_count(count)
    return labels


@pytest.mark.slow
def test_the_score_is_the_models_and_the_drawings_can_be_brought_back(
    open_view: OpenPage, pretrained: Classifier
) -> None:
    page = open_view("handwriting")
    labels = write(page, 5)
    inks = torch.stack([ink_of(STROKES[label]) for label in labels])
    digits = [prediction.digit for prediction in pretrained.predict_images(preprocess(inks))]
    right = sum(digit == label for digit, label in zip(digits, labels, strict=True))
    expect(page.locator(".handwriting-score")).to_contain_text(f"{right} of 5 right")
    with page.expect_download() as download:
        button(page, "Drawings (.npy)").click()
    saved = np.load(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert saved.shape == (5, 140, 140)

    page.reload()
    wait_until_ready(page)
    expect(page.locator(RESULTS)).to_have_count(5)
    button(page, "Start again").click()
    expect(page.locator(RESULTS)).to_have_count(0)
    button(page, "Undo: bring back what you wrote").click()
    expect(page.locator(RESULTS)).to_have_count(5)
    page.locator(RESULTS).first.click()  # back on the pad
    expect(page.get_by_role("button", name="Clear")).to_be_enabled()


@pytest.mark.slow
def test_a_copy_is_fine_tuned_and_nothing_is_sent(open_view: OpenPage) -> None:
    page = open_view("handwriting")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method + request.url))
    write(page, 6)
    button(page, "Fine-tune").click()
    table = page.locator(".handwriting-tuning table")
    expect(table).to_be_visible(timeout=60_000)
    rows = [row.inner_text() for row in table.locator("tbody tr").all()]
    assert re.search(r"6 drawings.*\s6\s", rows[0])
    before, after = (int(right) for right in re.findall(r"\b(\d{4})\b", rows[2].replace(",", "")))
    assert before > 9800
    assert after > before - 100  # little is forgotten
    page.locator(".handwriting-tuning").get_by_role("button", name="Draw with it").click()
    expect(page.locator(".segments").get_by_role("button", name="Fine-tuned")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".handwriting-score")).to_contain_text("no fair test")
    draw(page, STROKES[3])
    assert max(percents(page)) > 0
    assert all(request.startswith("GET") for request in sent)
    page.reload()
    wait_until_ready(page)
    expect(page.locator(".segments").get_by_role("button", name="Fine-tuned")).to_have_attribute("aria-pressed", "true")
