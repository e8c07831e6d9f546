"""One network, two engines: the page's JavaScript held to `model/`, drawing by drawing, in a real browser."""

import base64
import itertools
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, Page

from demo.network import described
from demo.samples import samples
from model import checkpoint
from model.framing import frame
from model.network import normalise
from model.opening import PRETRAINED
from model.pen import PAPER, draw
from tests.page.hand import STROKES

ENGINE = Path(__file__).parents[2] / "assets" / "engine.js"
CLASSIFIER = checkpoint.load(PRETRAINED)


@pytest.fixture(scope="module")
def engine(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.add_script_tag(path=ENGINE)
    page.evaluate("description => { window.network = new DigitEngine.Network(description) }", described(CLASSIFIER))
    yield page
    page.close()


def test_the_pen_leaves_the_same_marks(engine: Page) -> None:
    drawings = [random_strokes(seed) for seed in range(300)] + list(STROKES.values()) + edge_cases()
    marks = engine.evaluate(
        """drawings => drawings.map((strokes) => {
          const ink = new DigitEngine.Paper().draw(strokes).ink;
          return btoa(String.fromCharCode(...ink));
        })""",
        drawings,
    )
    for strokes, mark in zip(drawings, marks, strict=True):
        theirs = np.frombuffer(base64.b64decode(mark), np.uint8).reshape(PAPER, PAPER)
        assert np.array_equal(theirs, draw(strokes).numpy())


def test_both_engines_read_thousands_of_drawings_alike(engine: Page, mnist) -> None:
    styles = [sample["strokes"] for styles in samples() for sample in styles]
    drawings = [*STROKES.values(), *styles, *edge_cases(), *map(random_strokes, range(300))]
    drawn = torch.stack([draw(strokes) for strokes in drawings])
    for ink in itertools.chain([drawn], on_canvases(mnist.test_images[:3000])):
        assert_alike(engine, ink)


def assert_alike(engine: Page, ink: torch.Tensor) -> None:
    """Pictures equal to the last bit, probabilities to 1e-5, and so the answers wherever they differ by more."""
    theirs = engine.evaluate(
        """([ink, count, height, width]) => {
          const bytes = Uint8Array.from(atob(ink), (character) => character.charCodeAt(0));
          return Array.from({ length: count }, (_, i) => {
            const drawing = bytes.subarray(i * height * width, (i + 1) * height * width);
            const picture = DigitEngine.frame(drawing, width, height);
            const { logits, probabilities } = network.forward(picture);
            const [text, ...numbers] = [btoa(String.fromCharCode(...picture)), [...logits], [...probabilities]];
            return { picture: text, logits: numbers[0], probabilities: numbers[1] };
          });
        }""",
        [base64.b64encode(ink.numpy().tobytes()).decode(), *ink.shape],
    )
    pictures = frame(ink)
    their_pictures = b"".join(base64.b64decode(one["picture"]) for one in theirs)
    assert pictures.numpy().tobytes() == their_pictures

    with torch.inference_mode():
        logits = CLASSIFIER.network(normalise(pictures, CLASSIFIER.mean, CLASSIFIER.std))
    ours = logits.softmax(dim=1)
    their_probabilities = torch.tensor([one["probabilities"] for one in theirs])
    assert torch.allclose(logits, torch.tensor([one["logits"] for one in theirs]), atol=1e-4)
    assert (ours - their_probabilities).abs().max() <= 1e-5
    best, second = ours.topk(2, dim=1).values.T
    clear = best - second > 2e-5
    assert torch.equal(ours.argmax(1)[clear], their_probabilities.argmax(1)[clear])


def on_canvases(digits: torch.Tensor) -> Iterator[torch.Tensor]:
    """MNIST digits enlarged by whole and odd factors and moved about on the pad's paper, 250 at a time."""
    generator = np.random.default_rng(0)
    for batch in digits.split(250):
        ink = torch.zeros(len(batch), PAPER, PAPER, dtype=torch.uint8)
        for canvas, digit in zip(ink, batch, strict=True):
            side = int(generator.integers(20, PAPER + 1))
            source = torch.arange(side) * 28 // side
            top, left = generator.integers(0, PAPER - side + 1, 2)
            canvas[top : top + side, left : left + side] = digit[source][:, source]
        yield ink


def random_strokes(seed: int) -> list:
    """One to four wobbly strokes anywhere, partly off the paper."""
    generator = np.random.default_rng(seed)
    strokes = []
    for _ in range(generator.integers(1, 5)):
        start = generator.uniform(-10, PAPER + 10, 2)
        steps = generator.normal(0, 12, (generator.integers(0, 12), 2))
        strokes.append((start + np.vstack([np.zeros(2), steps]).cumsum(0)).tolist())
    return strokes


def edge_cases() -> list:
    """Blank paper, dots, ink at and beyond the very edge, thin and crowded drawings."""
    middle, end = PAPER / 2, PAPER
    circle = [[middle + 60 * math.cos(t / 10), middle + 60 * math.sin(t / 10)] for t in range(64)]
    return [
        [],
        [[[middle, middle]]],
        [[[0, 0]], [[end, end]]],
        [[[0, 0], [0, end], [end, end], [end, 0], [0, 0]]],
        [[[-50, -50], [-40, -40]]],
        [[[-30, middle], [end + 30, middle]]],
        [[[middle, 0], [middle, end]]],
        [circle],
        [[[x, y], [x + 0.25, y]] for x in range(0, 140, 20) for y in range(0, 140, 20)],
        [[[x, 0], [x, end]] for x in range(0, 140, 5)],
    ]
