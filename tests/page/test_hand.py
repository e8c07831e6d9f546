"""Does it read my hand: twenty digits asked for, scored, kept, saved and taught; all as the model has it."""

import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from playwright.sync_api import Page, expect

from model.__main__ import main
from model.classifier import Classifier, Reading
from model.finetuning import teach
from model.framing import frame
from model.images import load_image
from model.mnist import Digits
from model.opening import PRETRAINED
from model.pen import draw as ink_of
from tests.page.conftest import Server
from tests.page.hand import STROKES, draw, expect_torch, on_pad, percents

KEPT = "digit-sketchpad.hand"
TWENTY = [{"label": place // 2, "strokes": STROKES[place // 2]} for place in range(20)]
TWENTY[3]["strokes"] = STROKES[7]  # a one that is no one
TWENTY[8]["strokes"] = [[[x, y + 10 * (x > 70)] for x, y in stroke] for stroke in STROKES[9]]


@pytest.fixture
def open_hand(new_page, server: Server):
    """Opens the view, with drawings of an earlier sitting, if there are any."""

    def open_view(drawings: list | None = None, address: str = server.url) -> Page:
        page = new_page(f"{address}?view=hand")
        if drawings:
            kept = json.dumps({"wanted": [], "drawings": drawings})
            page.evaluate("([name, kept]) => sessionStorage.setItem(name, kept)", [KEPT, kept])
            page.reload()
            page.locator(".hand-results").wait_for()
        return page

    return open_view


def button(page: Page, name: str):
    return page.locator(".hand").get_by_role("button", name=name)


def wanted(page: Page) -> int:
    return int(page.locator(".hand-wanted strong").inner_text())


def kept(page: Page) -> list[dict]:
    """The drawings that the tab keeps."""
    return json.loads(page.evaluate("name => sessionStorage.getItem(name)", KEPT))["drawings"]


def expect_results(page: Page, classifier: Classifier) -> None:
    """The results say what the model makes of the drawings that are kept."""
    drawings = kept(page)
    labels = [drawing["label"] for drawing in drawings]
    readings = [classifier.read(ink_of(drawing["strokes"])[None])[0] for drawing in drawings]
    right = sum(reading.digit == label for reading, label in zip(readings, labels, strict=True))
    scores = page.locator(".hand-score")
    expect(scores.first).to_contain_text(f"{right} of {len(drawings)} read correctly")
    expect(scores.nth(1)).to_contain_text(f"{10_000 * classifier.test_accuracy:,.0f} of 10,000")

    def mark(reading: Reading, label: int) -> str:
        percent = 100 * reading.probabilities[reading.digit]
        return f"{'✓' if reading.digit == label else '✗'} {reading.digit}, {percent:.0f}\u00a0%"

    marks = list(map(mark, readings, labels))
    cards = page.locator(".hand-gallery button")
    assert cards.locator("span").all_inner_texts() == marks
    assert cards.locator("b").all_inner_texts() == [str(label) for label in labels]

    matrix = np.zeros((10, 10), int)
    for reading, label in zip(readings, labels, strict=True):
        matrix[label, reading.digit] += 1
    shown = page.locator(".hand-confusion tbody td").all_inner_texts()
    assert [int(cell or 0) for cell in shown] == matrix.flatten().tolist()

    def difficulty(digit: int) -> tuple[float, float]:
        its = [reading for reading, label in zip(readings, labels, strict=True) if label == digit]
        share = sum(reading.digit == digit for reading in its) / len(its)
        return share, sum(reading.probabilities[digit] for reading in its)

    expect(page.locator(".hand-hardest strong")).to_have_text(str(min(set(labels), key=difficulty)))


def test_twenty_digits_are_asked_for_kept_and_scored(open_hand, pretrained) -> None:
    page = open_hand()
    button(page, "Start").click()
    asked = []
    while button(page, "Next").is_visible():
        asked.append(wanted(page))
        expect(page.locator(".hand-count")).to_have_text(f"{len(asked)} of 20")
        expect(button(page, "Next")).to_be_disabled()
        drawn = STROKES[4 if len(asked) == 5 else asked[-1]]
        if len(asked) < 5:  # by hand; the others at once
            draw(page, drawn)
            button(page, "Next").click()
        else:
            page.evaluate("strokes => Live.replace(strokes)", drawn)
            page.keyboard.press("n")
    assert sorted(asked) == sorted([*range(10)] * 2)
    assert [drawing["label"] for drawing in kept(page)] == asked
    expect_results(page, pretrained)

    before = page.locator(".hand-results").inner_text()
    page.reload()
    expect(page.locator(".hand-done")).to_be_visible()
    expect_results(page, pretrained)
    assert page.locator(".hand-results").inner_text() == before

    button(page, "Delete these drawings").click()
    expect(button(page, "Start")).to_be_visible()
    assert kept(page) == []


def test_back_takes_the_last_one_out_and_skipping_does_not_count(open_hand) -> None:
    page = open_hand()
    button(page, "Start").click()
    first = wanted(page)
    draw(page, STROKES[first])
    page.keyboard.press("n")
    expect(page.locator(".hand-count")).to_have_text("2 of 20")
    page.keyboard.press("n")  # there is nothing on the pad
    button(page, "Back").click()
    assert wanted(page) == first
    assert max(range(10), key=percents(page).__getitem__) == first  # on the pad again
    button(page, "Skip").click()
    expect(page.locator(".hand-count")).to_have_text("1 of 19")
    assert percents(page) == [0] * 10
    page.mouse.move(*on_pad(page, [70, 30]))
    page.mouse.down()
    page.mouse.move(*on_pad(page, [70, 110]))
    page.keyboard.press("n")  # the pen is down
    page.mouse.up()
    expect(page.locator(".hand-count")).to_have_text("1 of 19")


def test_what_is_saved_is_read_as_the_page_read_it(open_hand, pretrained, tmp_path: Path, monkeypatch, capsys) -> None:
    page = open_hand(TWENTY)
    expect_results(page, pretrained)
    for name in ("Pictures", "Array", "Labels"):
        with page.expect_download() as download:
            button(page, name).click()
        download.value.save_as(tmp_path / download.value.suggested_filename)
    inks = [ink_of(drawing["strokes"]).numpy() for drawing in TWENTY]
    assert np.array_equal(np.load(tmp_path / "my-digits.npy"), inks)

    files = [str(tmp_path / f"my-digits.{form}") for form in ("npy", "csv")]
    monkeypatch.setattr(
        sys, "argv", ["model", "classify", files[0], "--labels", files[1], "--checkpoint", str(PRETRAINED)]
    )
    assert main() == 0
    out, err = capsys.readouterr()
    lines = [json.loads(line) for line in out.splitlines()]
    read = [pretrained.read(torch.from_numpy(ink)[None])[0].digit for ink in inks]
    assert [line["digit"] for line in lines] == read
    assert [line["label"] for line in lines] == [drawing["label"] for drawing in TWENTY]
    assert err.startswith(f"Read correctly: {page.locator('.hand-score small').first.inner_text().split(' read')[0]}")

    with zipfile.ZipFile(tmp_path / "my-digits.zip") as pictures:
        assert pictures.testzip() is None
        names = [f"{place:02}-label-{drawing['label']}.png" for place, drawing in enumerate(TWENTY)]
        assert pictures.namelist() == names
        assert [pretrained.read(load_image(pictures.read(name)))[0].digit for name in names] == read


def test_a_card_puts_its_drawing_back_on_the_pad(open_hand) -> None:
    page = open_hand(TWENTY)
    page.locator(".hand-gallery button").nth(3).click()
    expect_torch(page)
    assert max(range(10), key=percents(page).__getitem__) == 7


@pytest.fixture(scope="module")
def teaching_server(mnist_folder) -> Iterator[Server]:
    server = Server(DIGITS_DATA=str(mnist_folder))
    yield server
    server.stop()


def test_a_hand_is_taught_and_told_fairly(open_hand, teaching_server, pretrained, mnist: Digits) -> None:
    page = open_hand(TWENTY, teaching_server.url)
    labels = torch.tensor([drawing["label"] for drawing in TWENTY])
    pictures = frame(torch.stack([ink_of(drawing["strokes"]) for drawing in TWENTY]))
    *_, last = teach(pretrained, pictures, labels, mnist)
    taught = last.taught

    button(page, "Teach it my hand").click()
    expect(page.locator(".hand-taught")).to_be_visible()
    rows = [row.locator("td").all_inner_texts() for row in page.locator(".hand-taught tbody tr").all()]
    right = [int((answers == labels).sum()) for answers in (taught.before, taught.after, taught.examined)]
    assert rows[0][:2] == [f"{right[0]} of 20", f"{right[1]} of 20"]
    assert rows[1][:2] == [f"{right[0]} of 20", f"{right[2]} of 20"]
    shares = [counts.diagonal().sum().item() / 100 for counts in (taught.mnist_before, taught.mnist_after)]
    assert rows[2][:2] == [f"{share:.2f}\u00a0%" for share in shares]
    per_digit = [counts.diagonal() / counts.sum(dim=1) for counts in (taught.mnist_before, taught.mnist_after)]
    worst = int((per_digit[1] - per_digit[0]).argmin())
    expect(page.locator(".hand-taught tbody th").last).to_contain_text(f"{worst}s, which lost most")
    assert rows[3][:2] == [f"{100 * shares[worst].item():.2f}\u00a0%" for shares in per_digit]

    button(page, "Let it read").click()
    expect_results(page, taught.classifier)
    expect(page.locator(".hand-fairness")).to_contain_text("no fair test")
    button(page, "Write twenty new ones for it").click()
    draw(page, STROKES[3])
    expect_torch(page)  # with the network that was taught
    assert page.evaluate("Live.reading().reader") == "own"
    page.keyboard.press("n")
    page.locator(".hand-skip").evaluate("skip => { while (skip.offsetParent) skip.click(); }")
    expect(page.locator(".hand-fairness")).to_contain_text(": a fair test")
    expect(page.locator(".hand-taught")).to_be_hidden()  # that was about others
    assert button(page, "Teach it my hand").is_disabled()  # one drawing is no lesson
