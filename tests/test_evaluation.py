"""What the figures are measured on, and the figures of the network that comes along."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from model import checkpoint
from model.evaluation import EXACT, collect, enlarge, evaluate, misread, table
from model.framing import frame
from model.mnist import Digits
from model.opening import PRETRAINED
from model.recipe import RECIPES
from model.settings import ROOT
from model.sheets import misread_sheet, sheet
from model.styles import load_styles, write_styles
from model.unipen import WRITTEN, Writing, draw_somewhere, load_writings
from model.usual import USUAL

UNIPEN = """.VERSION 1.0
.SEGMENT DIGIT 0-1 ? "7"
.COMMENT 7
.PEN_DOWN
 100 300
 200 300
 150 100
.PEN_UP
.DT 100
.PEN_DOWN
 120 200
 180 200
.PEN_UP
.SEGMENT DIGIT 2 ? "1"
.PEN_DOWN
 10 90
 10 10
.PEN_UP
"""


def _styled() -> Digits:
    images, labels = write_styles(load_styles(), 400, seed=11)
    return Digits(images, labels, images, labels)


def test_pen_strokes_are_parsed_with_y_pointing_down(tmp_path: Path):
    path = tmp_path / "two.unipen"
    path.write_text(UNIPEN)
    seven, one = load_writings(path)
    assert (seven.label, one.label) == (7, 1)
    assert seven.strokes == [[(100, -300), (200, -300), (150, -100)], [(120, -200), (180, -200)]]
    assert one.strokes == [[(10, -90), (10, -10)]]


def test_a_writing_is_drawn_whole_somewhere_on_the_paper():
    generator = torch.Generator().manual_seed(0)
    boxes = set()
    for _ in range(50):
        rows, columns = draw_somewhere([[(0, 0), (300, 0), (100, 900)]], generator).nonzero(as_tuple=True)
        height = int(rows.max() - rows.min()) + 1
        assert 0.35 * 140 < height < 0.95 * 140
        boxes.add((int(rows.min()), int(columns.min()), height))
    assert len(boxes) > 40


def test_a_writing_without_extent_is_a_dot():
    assert 0 < (draw_somewhere([[(5, 5)]], torch.Generator().manual_seed(0)) > 0).sum() < 300


def test_enlarged_pictures_come_back_much_as_they_were():
    pictures = _styled().train_images
    back = frame(enlarge(pictures, torch.Generator().manual_seed(0)))
    assert (back.float() - pictures.float()).abs().mean() < 12


@pytest.mark.parametrize("framing", USUAL.values(), ids=USUAL)
def test_usual_framings_keep_the_ink_and_bear_blanks(framing):
    ink = torch.zeros(2, 140, 140, dtype=torch.uint8)
    ink[0, 30:80, 90:100] = 255
    pictures = framing(ink)
    assert pictures.shape == (2, 28, 28)
    assert pictures[0].max() > 200
    assert pictures[1].max() == 0


def test_shares_digits_and_confusion_agree():
    digits = _styled()
    classifier = checkpoint.load(PRETRAINED)
    drawings = collect(digits, [Writing(1, [[(0, 0), (0, 9)]])] * 20)
    result = evaluate(classifier, drawings)
    assert set(drawings) == {"mnist", "canvas", "pen_strokes"}
    for name, some in drawings.items():
        confusion = torch.tensor(result[name]["confusion"])
        assert confusion.sum() == len(some.labels)
        assert result[name]["accuracy"] == confusion.diagonal().sum().item() / len(some.labels)
        assert result[name]["framings"][EXACT] == result[name]["accuracy"]
        pictures, labels, answers = misread(classifier, some)
        assert len(pictures) == len(some.labels) - confusion.diagonal().sum()
        assert (labels != answers).all()
    assert result["test_accuracy"] == result["mnist"]["accuracy"]
    assert result["pen_strokes"]["accuracy"] == 1
    assert json.loads(json.dumps(result)) == result
    assert f"{result['canvas']['accuracy']:.2%}" in table([result, result])


def test_without_pen_strokes_the_table_says_so():
    result = evaluate(checkpoint.load(PRETRAINED), collect(_styled()))
    assert "pen_strokes" not in result
    assert "skipped" in table([result])


def test_a_sheet_has_room_for_every_row():
    pictures, labels = write_styles(load_styles(), 100)
    plain = sheet([("one", pictures[:10], ()), ("two", pictures[:3], ["1", "2", "3"])])
    assert plain.width > 10 * 28
    assert plain.getextrema() == (0, 255)
    assert misread_sheet(pictures, labels, (labels + 1) % 10).height > 10 * 28
    assert misread_sheet(pictures[:0], labels[:0], labels[:0])


def test_commands_measure_and_make_sheets(shared: Path, tmp_path: Path):
    def run(*arguments: str) -> str:
        flags = ["--data", shared / "data" / "mnist", "--shared", tmp_path, "--checkpoint", PRETRAINED]
        command = [sys.executable, "-m", "model", arguments[0], *map(str, flags), *arguments[1:]]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    result = json.loads(run("evaluate", "--json", "--compare", str(PRETRAINED)))
    assert result["compared"][0]["test_accuracy"] == result["test_accuracy"]
    made = run("sheets", str(tmp_path / "sheets")).split()
    assert [Path(path).name for path in made] == ["styles.png", "misread-mnist.png", "misread-canvas.png"]


def test_the_network_that_comes_along_reads_as_well_as_it_says(shared: Path, mnist: Digits):
    classifier = checkpoint.load(PRETRAINED)
    assert classifier.recipe == RECIPES["drawing"]
    writings = load_writings(shared / WRITTEN)[::5]
    result = evaluate(classifier, collect(mnist, writings))
    assert result["test_accuracy"] == classifier.test_accuracy
    assert result["test_accuracy"] >= 0.982
    assert result["canvas"]["accuracy"] >= result["test_accuracy"] - 0.003
    assert result["pen_strokes"]["accuracy"] >= 0.96
    for some in ("canvas", "pen_strokes"):
        assert all(result[some]["framings"][name] < result[some]["accuracy"] for name in USUAL)
