"""Ink from pictures: in any light, on any paper, within any frame, all of one digit and nothing else."""

import io
import json
import re

import numpy as np
import pytest
import torch
from PIL import Image, ImageFilter, ImageOps

from model.data.images import ImageError, load_image
from model.data.pen import draw
from model.data.pictures import SIDE, STROKE
from model.paths import ROOT
from model.preprocessing import preprocess
from tests.benchmarks.photographs import KINDS, photograph

DIGITS = json.loads((ROOT / "tests" / "page" / "digits.json").read_text(encoding="utf-8"))
NAMES = [digit["name"] for digit in DIGITS]
SEVEN = [[(40, 40), (100, 40), (60, 110)]]
FIVE = [[(62, 40), (60, 66), (82, 64), (92, 82), (80, 102), (56, 100)], [(68, 34), (96, 34)]]  # its top is detached
OPEN_FOUR = [[(60, 30), (48, 76), (80, 76)], [(91, 50), (88, 112)]]  # its strokes do not touch
CIRCLES = [[(70 + 16 * np.cos(t), y + 18 * np.sin(t)) for t in np.linspace(0, 6.3, 30)] for y in (44, 92)]  # an 8


def page(strokes: list, width: float = 6.0) -> np.ndarray:
    """Strokes on a canvas of 140, drawn three times as large: (420, 420), 0 to 1."""
    larger = [[(SIDE / 140 * x, SIDE / 140 * y) for x, y in stroke] for stroke in strokes]
    return draw(larger, SIDE / 140 * width, SIDE).numpy() / 255


def lit(reflected: np.ndarray, seed: int = 0) -> np.ndarray:
    """A photograph (420, 420), uint8, of what reflects so much light, which comes from the left, with a shadow."""
    down, across = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    light = 0.9 - 0.5 * across
    light *= 1 - 0.45 / (1 + np.exp(-(down + 0.4 * across - 0.7) / 0.02))
    noise = np.random.default_rng(seed).normal(0, 0.006, reflected.shape)
    return ((reflected * light + noise).clip(0, 1) * 255).astype(np.uint8)


def encoded(image: np.ndarray | Image.Image, form: str = "PNG", **options) -> bytes:
    file = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(file, form, **options)
    return file.getvalue()


def ruled(is_squared: bool, contrast: float = 0.3) -> np.ndarray:
    """A page with lines two pixels wide, 28 apart, tilted by three degrees: what it reflects, (420, 420)."""
    down, across = np.mgrid[0:SIDE, 0:SIDE].astype(float)
    angle = np.deg2rad(3)
    places = [down * np.cos(angle) + across * np.sin(angle), across * np.cos(angle) - down * np.sin(angle)]
    lines = [np.clip(1.5 - np.abs(place % 28 - 14), 0, 1) for place in places[: 1 + is_squared]]
    return 0.9 * (1 - contrast * np.maximum.reduce(lines))


def assert_is_just(ink: torch.Tensor, drawn: np.ndarray) -> None:
    """The ink is that of what was drawn: all of its strokes, and nothing a pen's width away from them."""
    found = ink[0].numpy() / 255
    assert (found[drawn == 1] > 0.5).mean() > 0.98
    around = Image.fromarray((255 * drawn).astype(np.uint8)).filter(ImageFilter.MaxFilter(21))
    assert not found[np.asarray(around) == 0].any()


@pytest.mark.parametrize("strokes", [SEVEN, FIVE, OPEN_FOUR, CIRCLES], ids=["7", "5", "4", "8"])
@pytest.mark.parametrize("paper", [0.9, ruled(False), ruled(True)], ids=["plain", "ruled", "squared"])
def test_every_stroke_is_kept_and_nothing_else(strokes, paper):
    drawn = page(strokes)
    for darkness in (0.9, 0.45):  # a pen, a pencil
        assert_is_just(load_image(encoded(lit(paper * (1 - darkness * drawn)))), drawn)


def test_thin_strokes_become_as_wide_as_the_digits_of_mnist():
    drawn = page(SEVEN, width=1.5)
    ink = load_image(encoded(lit(0.9 * (1 - 0.9 * drawn))))
    length = drawn.sum() / (SIDE / 140 * 1.5)
    assert (ink > 127).sum() / length == pytest.approx(STROKE * SIDE / 140 * 70, rel=0.2)  # the digit is 70 pixels high


def test_light_on_dark():
    drawn = page(SEVEN)
    assert_is_just(load_image(encoded(lit(0.12 + 0.6 * drawn))), drawn)


def test_specks_and_what_comes_in_from_the_edge_are_dropped():
    drawn = page(FIVE)
    marks = page([[(20, 100)], [(120, 30)], [(110, 118)]], width=1.5)  # specks
    marks = np.maximum(marks, page([[(-5, 60), (12, 140)]], width=4))  # the table
    assert_is_just(load_image(encoded(lit(0.9 * (1 - 0.9 * np.maximum(drawn, marks))))), drawn)


@pytest.mark.parametrize("kind", KINDS)
def test_blank_paper_is_blank(kind):
    random = np.random.default_rng(0)
    for _ in range(5):
        assert not load_image(photograph([], KINDS[kind], random)).any()


SHADE = 255 * page(SEVEN)
DRAWN = Image.fromarray((255 - SHADE).astype(np.uint8))


def layered(tones: np.ndarray, opacity: np.ndarray) -> Image.Image:
    return Image.merge("LA", [Image.fromarray(layer.astype(np.uint8)) for layer in (tones, opacity)])


UNUSUAL = {
    "frame": ImageOps.expand(DRAWN, border=6, fill=0),
    "thin frame": ImageOps.expand(DRAWN, border=1, fill=0),
    "transparent margin": ImageOps.expand(DRAWN.convert("RGBA"), border=50, fill=(0, 0, 0, 0)),
    "half-transparent paper": layered(255 - SHADE, 128 + SHADE / 2),
    "stencil": layered(np.full_like(SHADE, 90), 255 - SHADE),
    "faint pencil": Image.fromarray((235 * (1 - 0.12 * page(SEVEN))).astype(np.uint8)),
    "yellow on white": ImageOps.colorize(DRAWN, "#ffee00", "white"),
    "28 x 28": DRAWN.resize((28, 28), Image.Resampling.BOX),
    "thick, cropped": Image.fromarray(255 - draw(SEVEN, 22).numpy()).crop((26, 26, 116, 124)),
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_unusual_pictures_show_the_same_digit(name, pretrained):
    (prediction,) = pretrained.predict(load_image(encoded(UNUSUAL[name])))
    assert (prediction.digit, prediction.verdict) == (7, "digit")


@pytest.mark.parametrize("side", ["left", "top"])
def test_the_table_beside_the_paper_is_not_read(side):
    drawn = page(SEVEN)
    seen = 0.9 * (1 - 0.9 * drawn)
    down, across = np.mgrid[0:SIDE, 0:SIDE]
    seen[(across + 0.05 * down if side == "left" else down + 0.05 * across) < 40] = 0.15
    assert_is_just(load_image(encoded(lit(seen))), drawn)


BESIDE = [[(x / 2 + 10, y / 2 + 30) for x, y in SEVEN[0]], [(x / 2 + 70, y / 2 + 30) for x, y in SEVEN[0]]]
BELOW = [[(x / 2 + 30, y / 2 - 10) for x, y in SEVEN[0]], [(x / 2 + 34, y / 2 + 60) for x, y in SEVEN[0]]]
THREE = [[(x / 2 - 15 + 45 * place, y / 2 + 30) for x, y in SEVEN[0]] for place in range(3)]


@pytest.mark.parametrize("strokes", [BESIDE, BELOW, THREE], ids=["beside", "below", "three"])
@pytest.mark.parametrize("paper", [1.0, 0.9, ruled(True)], ids=["drawing", "plain", "squared"])
def test_several_digits_are_an_error(strokes, paper):
    reflected = paper * (1 - 0.9 * page(strokes))
    image = (255 * reflected).astype(np.uint8) if np.all(paper == 1) else lit(reflected)
    with pytest.raises(ImageError) as caught:
        load_image(encoded(image))
    assert re.fullmatch(r"There are several digits in this picture; [^.]*\.", str(caught.value))


@pytest.mark.parametrize("digit", DIGITS, ids=NAMES)
def test_photographed_digits_are_predicted_as_drawn_ones(digit, pretrained):
    strokes, random = digit["strokes"], np.random.default_rng(1)
    (drawn,) = pretrained.predict(draw(strokes)[None])
    images = torch.cat([preprocess(load_image(photograph(strokes, kind, random))) for kind in KINDS.values()])
    predictions = pretrained.predict_images(images)
    assert sum(prediction.digit == drawn.digit for prediction in predictions) >= len(KINDS) - 1
