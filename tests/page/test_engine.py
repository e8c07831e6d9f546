"""One network, two engines: the page's JavaScript held to `model/`, drawing by drawing, in a real browser."""

import base64
import itertools
import math
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, Page

from demo.network import described
from demo.samples import samples
from model import checkpoint
from model.classifier import SURE_FROM
from model.framing import ALL_STEPS, Steps, frame
from model.network import normalise
from model.opening import PRETRAINED
from model.pen import PAPER, draw
from model.trace import after_one_step, trace
from tests.page.hand import STROKES

ENGINE = Path(__file__).parents[2] / "assets" / "engine.js"
CLASSIFIER = checkpoint.load(PRETRAINED)


@pytest.fixture(scope="module")
def engine(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.add_script_tag(path=ENGINE)
    page.evaluate(
        "description => { window.classifier = new DigitEngine.Classifier(description) }", described(CLASSIFIER)
    )
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
    """Pictures equal to the last bit, probabilities to 1e-5, digits and verdicts wherever it is no close call."""
    theirs = engine.evaluate(
        """([ink, count, height, width]) => {
          const bytes = Uint8Array.from(atob(ink), (character) => character.charCodeAt(0));
          return Array.from({ length: count }, (_, i) => {
            const drawing = bytes.subarray(i * height * width, (i + 1) * height * width);
            const picture = DigitEngine.frame(drawing, width, height);
            const { verdict, digit, probabilities } = classifier.read(picture);
            return [btoa(String.fromCharCode(...picture)), verdict, digit, [...probabilities]];
          });
        }""",
        [base64.b64encode(ink.numpy().tobytes()).decode(), *ink.shape],
    )
    pictures = frame(ink)
    assert b"".join(base64.b64decode(picture) for picture, *_ in theirs) == pictures.numpy().tobytes()

    guarded = CLASSIFIER.guard.logits(normalise(pictures, CLASSIFIER.mean, CLASSIFIER.std)).tolist()
    ours = CLASSIFIER.read_pictures(pictures)
    for reading, guard_logit, (_, verdict, digit, probabilities) in zip(ours, guarded, theirs, strict=True):
        assert probabilities == pytest.approx(reading.probabilities, abs=1e-5)
        second, first = sorted(probabilities)[-2:]
        margins = first - second, abs(first - SURE_FROM), abs(guard_logit - CLASSIFIER.guard.threshold)
        if reading.verdict == "blank" or min(margins) > 1e-4:
            assert (verdict, digit) == (reading.verdict, reading.digit)


@pytest.mark.parametrize("left_out", [*asdict(ALL_STEPS), None])
def test_framing_with_a_step_left_out(engine: Page, left_out: str | None) -> None:
    steps = replace(ALL_STEPS, **{left_out: False}) if left_out else Steps(False, False, False, False)
    drawings = [*STROKES.values(), *edge_cases(), *map(random_strokes, range(50))]
    theirs = engine.evaluate(
        """([drawings, steps]) => drawings.map((strokes) =>
          Array.from(DigitEngine.frame(new DigitEngine.Paper().draw(strokes).ink, 140, 140, steps)))""",
        [drawings, asdict(steps)],
    )
    ours = frame(torch.stack([draw(strokes) for strokes in drawings]), steps)
    assert theirs == ours.flatten(1).tolist()


def test_the_trace_is_the_same_in_full(engine: Page) -> None:
    for strokes in [*STROKES.values(), *map(random_strokes, range(30))]:
        (picture,) = frame(draw(strokes)[None])
        if not picture.any():
            continue
        theirs = engine.evaluate(
            """(picture) => {
              const trace = classifier.read(picture);
              const one = (digit) => Array.from({ length: 10 }, (_, i) => Number(i === digit));
              const apart = one(0).map((_, digit) => classifier.contributions(trace, picture, one(digit)));
              return Object.fromEntries([
                ...["input", "pre1", "hidden1", "pre2", "hidden2", "logits"].map((name) => [name, [...trace[name]]]),
                ["contributions", apart.map(({ shares }) => [...shares])],
                ["offsets", apart.map(({ offset }) => offset)],
                ["stepped", [...DigitEngine.afterOneStep(classifier.network, trace, 3, 0.01)]],
              ]);
            }""",
            picture.flatten().tolist(),
        )
        ours = vars(trace(CLASSIFIER, picture)) | {"stepped": after_one_step(CLASSIFIER, picture, 3, 0.01)}
        assert theirs.keys() == ours.keys()
        for name, values in ours.items():
            torch.testing.assert_close(torch.tensor(theirs[name]), values, atol=2e-4, rtol=1e-5, msg=name)


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
