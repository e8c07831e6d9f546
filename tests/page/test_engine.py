"""One network, two engines: the page's JavaScript held to `model/`, drawing by drawing, in a real browser."""

import base64
import io
import itertools
import math
from collections.abc import Iterator
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch
from PIL import Image
from playwright.sync_api import Browser, Page

from demo.site import describe_classifier, samples
from model import checkpoint
from model.classifier import CONFIDENCE_THRESHOLD
from model.data.images import ImageError, working_pixels
from model.data.mnist import Digits
from model.data.pen import CANVAS_SIDE, draw
from model.data.pictures import find_ink
from model.paths import ASSETS, PRETRAINED
from model.preprocessing import ALL_STEPS, Steps, preprocess
from tests.benchmarks.photographs import KINDS, photograph
from tests.page.drawing import STROKES
from tests.page.servers import FileServer
from tests.reference import after_one_step, reference_pass

CLASSIFIER = checkpoint.load(PRETRAINED)
LOAD = """async (description) => {
  const names = ["classifier", "math", "pen", "perturbation", "pictures", "preprocessing", "reference"];
  const modules = await Promise.all(names.map((name) => import(`/engine/${name}.js`)));
  window.engine = Object.assign({}, ...modules);
  window.classifier = new engine.Classifier(description);
}"""


@pytest.fixture(scope="module")
def engine(browser: Browser) -> Iterator[Page]:
    """A page with the engine's modules, as they are in assets/, and nothing else."""
    files = FileServer(ASSETS)
    page = browser.new_page()
    page.goto(f"{files.url}site/icon.svg")
    page.evaluate(LOAD, describe_classifier(CLASSIFIER))
    yield page
    page.close()
    files.stop()


def test_the_pen_leaves_the_same_marks(engine: Page) -> None:
    drawings = [random_strokes(seed) for seed in range(300)] + list(STROKES.values()) + edge_cases()
    marks = engine.evaluate(
        "drawings => drawings.map((strokes) => btoa(String.fromCharCode(...new engine.InkCanvas().draw(strokes).ink)))",
        drawings,
    )
    for strokes, mark in zip(drawings, marks, strict=True):
        theirs = np.frombuffer(base64.b64decode(mark), np.uint8).reshape(CANVAS_SIDE, CANVAS_SIDE)
        assert np.array_equal(theirs, draw(strokes).numpy())


def test_both_engines_predict_alike(engine: Page, mnist: Digits) -> None:
    styles = [sample["strokes"] for styles in samples() for sample in styles]
    drawings = [*STROKES.values(), *styles, *edge_cases(), *map(random_strokes, range(100))]
    drawn = torch.stack([draw(strokes) for strokes in drawings])
    for ink in itertools.chain([drawn], on_canvases(mnist.test_images[:300])):
        assert_alike(engine, ink)


def pictures() -> list[np.ndarray]:
    """Photographs, one of them blank; drawings in color, on nothing, within a transparent margin, small; two digits."""
    random = np.random.default_rng(5)
    kinds = list(KINDS.values())
    seen = [Image.open(io.BytesIO(photograph(STROKES[digit], kinds[digit % 4], random))) for digit in range(10)]
    blank = Image.open(io.BytesIO(photograph([], KINDS["squared_uneven"], random)))
    drawn = Image.fromarray(draw(STROKES[5]).numpy())
    colored = Image.new("RGB", drawn.size, (0, 128, 0))
    colored.paste((160, 0, 0), (0, 0), drawn)
    card, ghost = Image.new("RGBA", (200, 150)), Image.new("RGBA", drawn.size, (90, 20, 160, 0))
    card.paste(colored, (40, 5))
    ghost.putalpha(drawn)
    two = Image.new("L", (300, 140), 255)
    for left in (10, 150):
        two.paste(0, (left, 0), drawn)
    images = [*seen, blank, colored, card, ghost, drawn, drawn.resize((28, 28)), two]
    return [working_pixels(image) for image in images]


def ink_or_sentence(pixels: np.ndarray) -> torch.Tensor | str:
    try:
        return find_ink(pixels)
    except ImageError as error:
        return str(error)


def test_both_engines_find_the_same_ink_in_pictures(engine: Page) -> None:
    """But for a few pixels, as the page computes in other widths of numbers; and where there are several digits."""
    for pixels in pictures():
        height, width, _ = pixels.shape
        theirs, fitted, digit = engine.evaluate(
            """([pixels, width, height]) => {
              const data = Uint8ClampedArray.from(atob(pixels), (character) => character.charCodeAt(0));
              const encode = (bytes) => btoa(String.fromCharCode(...bytes));
              try {
                const ink = engine.findInk({ width, height, data });
                const fitted = engine.fitToPad(ink, width, height);
                return [ink, fitted].map(encode).concat(classifier.predictInk(fitted).digit);
              } catch (error) {
                return [error.message, "", ""];
              }
            }""",
            [base64.b64encode(pixels.tobytes()).decode(), width, height],
        )
        ours = ink_or_sentence(pixels)
        if isinstance(ours, str):
            assert theirs == ours
            continue
        found = np.frombuffer(base64.b64decode(theirs), np.uint8).reshape(ours.shape)
        assert np.count_nonzero(found != ours.numpy()) <= 20
        (prediction,) = CLASSIFIER.predict(ours)
        assert digit == prediction.digit
        on_pad = np.frombuffer(base64.b64decode(fitted), np.uint8).reshape(CANVAS_SIDE, CANVAS_SIDE)
        extents = [np.ptp(np.flatnonzero((on_pad > 127).any(axis=axis))) for axis in (0, 1)] if ours.any() else [108]
        assert max(extents) == pytest.approx(109, abs=2)


def assert_alike(engine: Page, ink: torch.Tensor) -> None:
    """Images equal to the last bit, probabilities to 1e-5, digits and verdicts unless it is a close call."""
    theirs = engine.evaluate(
        """([ink, count, height, width]) => {
          const bytes = Uint8Array.from(atob(ink), (character) => character.charCodeAt(0));
          return Array.from({ length: count }, (_, i) => {
            const drawing = bytes.subarray(i * height * width, (i + 1) * height * width);
            const image = engine.preprocess(drawing, width, height);
            const { verdict, digit, probabilities } = classifier.predict(image);
            return [btoa(String.fromCharCode(...image)), verdict, digit, [...probabilities]];
          });
        }""",
        [base64.b64encode(ink.numpy().tobytes()).decode(), *ink.shape],
    )
    images = preprocess(ink)
    assert b"".join(base64.b64decode(image) for image, *_ in theirs) == images.numpy().tobytes()

    detector = CLASSIFIER.detector
    detected = detector.logits(images).tolist()
    ours = CLASSIFIER.predict_images(images)
    for prediction, logit, (_, verdict, digit, probabilities) in zip(ours, detected, theirs, strict=True):
        assert probabilities == pytest.approx(prediction.probabilities, abs=1e-5)
        second, first = sorted(probabilities)[-2:]
        margins = first - second, abs(first - CONFIDENCE_THRESHOLD), abs(logit - detector.threshold)
        if prediction.verdict == "blank" or min(margins) > 1e-4:
            assert (verdict, digit) == (prediction.verdict, prediction.digit)


@pytest.mark.parametrize("left_out", [*asdict(ALL_STEPS), None])
def test_preprocessing_with_a_step_left_out(engine: Page, left_out: str | None) -> None:
    steps = replace(ALL_STEPS, **{left_out: False}) if left_out else Steps(*[False] * 4)
    drawings = [*STROKES.values(), *edge_cases(), *map(random_strokes, range(50))]
    theirs = engine.evaluate(
        """([drawings, steps]) => drawings.map((strokes) =>
          Array.from(engine.preprocess(new engine.InkCanvas().draw(strokes).ink, 140, 140, steps)))""",
        [drawings, asdict(steps)],
    )
    ours = preprocess(torch.stack([draw(strokes) for strokes in drawings]), steps)
    assert torch.equal(torch.tensor(theirs, dtype=torch.uint8), ours.flatten(1))


def test_every_number_on_the_way_to_the_answer(engine: Page) -> None:
    for strokes in [*STROKES.values(), *edge_cases()]:
        (image,) = preprocess(draw(strokes)[None])
        if not image.any():
            continue
        theirs = engine.evaluate(
            """(image) => {
              const pass = classifier.predict(Uint8Array.from(image));
              const one = (digit) => Array.from({ length: 10 }, (_, i) => Number(i === digit));
              const apart = one(0).map((_, digit) => engine.contributions(classifier, pass, image, one(digit)));
              return Object.fromEntries([
                ...["input", "logits"].map((name) => [name, [...pass[name]]]),
                ...[0, 1].map((layer) => [`pre${layer + 1}`, [...pass.sums[layer]]]),
                ...[0, 1].map((layer) => [`hidden${layer + 1}`, [...pass.hidden[layer]]]),
                ["contributions", apart.map((shares) => [...shares])],
                ["stepped", [...engine.afterOneStep(classifier.network, pass, 3, 0.01)(pass.input)]],
              ]);
            }""",
            image.flatten().tolist(),
        )
        ours = vars(reference_pass(CLASSIFIER, image)) | {
            "stepped": after_one_step(CLASSIFIER, image, 3, 0.01).logits(image[None])[0]
        }
        assert theirs.keys() == ours.keys()
        for name, values in ours.items():
            torch.testing.assert_close(torch.tensor(theirs[name]), values, atol=2e-4, rtol=1e-5, msg=name)


def test_another_digit_wins_just_so_and_deepfool_finds_no_smaller_change(engine: Page, mnist: Digits) -> None:
    for image in mnist.test_images[:4]:
        changed = smallest_change(engine, image)
        before, after = (CLASSIFIER.logits(images[None])[0] for images in (image, changed))
        assert after.argmax() != before.argmax()
        assert after.max() - after[before.argmax()] < 0.2  # just beyond the tie
        nearly = image.float() + 0.95 * (changed.float() - image.float())
        x = (nearly / 255 - CLASSIFIER.mean) / CLASSIFIER.std
        assert CLASSIFIER.network(x[None, None])[0].argmax() == before.argmax()
        assert (changed.float() - image.float()).norm() <= deepfool(image)


def smallest_change(engine: Page, image: torch.Tensor) -> torch.Tensor:
    """The page's: the changed image (28, 28), uint8."""
    changed = engine.evaluate(
        "(image) => [...engine.smallestChange(classifier, Uint8Array.from(image))]", image.flatten().tolist()
    )
    return torch.tensor(changed, dtype=torch.uint8).view(28, 28)


def deepfool(image: torch.Tensor) -> float:
    """The size of the change that plain DeepFool finds if its tones are clipped."""
    tones, winner = image.flatten().double(), int(CLASSIFIER.logits(image[None]).argmax())
    for _ in range(100):
        x = tones.clone().requires_grad_()
        scores = CLASSIFIER.network(((x / 255 - CLASSIFIER.mean) / CLASSIFIER.std).float()[None])[0].double()
        if int(scores.argmax()) != winner:
            return float((tones - image.flatten()).norm())
        steps = []
        for digit in set(range(10)) - {winner}:
            (gradient,) = torch.autograd.grad(scores[winner] - scores[digit], x, retain_graph=True)
            steps.append(-((scores[winner] - scores[digit]).item() + 0.01) / float(gradient @ gradient) * gradient)
        tones = (tones + 1.02 * min(steps, key=lambda step: float(step.norm()))).clamp(0, 255)
    return float("inf")


def on_canvases(digits: torch.Tensor) -> Iterator[torch.Tensor]:
    """MNIST digits enlarged by whole and odd factors and placed anywhere on the canvas, 250 at a time."""
    generator = np.random.default_rng(0)
    for batch in digits.split(250):
        ink = torch.zeros(len(batch), CANVAS_SIDE, CANVAS_SIDE, dtype=torch.uint8)
        for canvas, digit in zip(ink, batch, strict=True):
            side = int(generator.integers(20, CANVAS_SIDE + 1))
            source = torch.arange(side) * 28 // side
            top, left = generator.integers(0, CANVAS_SIDE - side + 1, 2)
            canvas[top : top + side, left : left + side] = digit[source][:, source]
        yield ink


def random_strokes(seed: int) -> list:
    """One to four wobbly strokes anywhere, partly off the canvas."""
    generator = np.random.default_rng(seed)
    strokes = []
    for _ in range(generator.integers(1, 5)):
        start = generator.uniform(-10, CANVAS_SIDE + 10, 2)
        steps = generator.normal(0, 12, (generator.integers(0, 12), 2))
        strokes.append((start + np.vstack([np.zeros(2), steps]).cumsum(0)).tolist())
    return strokes


def edge_cases() -> list:
    """A blank canvas, dots, ink at and beyond the very edge, thin and crowded drawings."""
    middle, end = CANVAS_SIDE / 2, CANVAS_SIDE
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
