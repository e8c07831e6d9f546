"""From ink to 28 x 28: the steps by which MNIST was made."""

from fractions import Fraction
from math import floor

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from model.evaluation.metrics import accuracy
from model.preprocessing import ALL_STEPS, BOX, SIDE, SMALLEST_CROP, SOFT_EDGE, Steps, preprocess
from tests.benchmarks.canvas import place_images

margins = st.tuples(st.integers(0, 20), st.integers(0, 20))  # on both sides
property_test = settings(max_examples=40, deadline=None, derandomize=True)


def image_of(ink, steps: Steps = ALL_STEPS) -> np.ndarray:
    return preprocess(torch.as_tensor(np.asarray(ink, np.uint8))[None], steps)[0].numpy()


@st.composite
def blots(draw_from, least: int = 1, most: int = 24, step: int = 1) -> np.ndarray:
    """Ink that touches all four sides of its array, in many tones; sides differ by a multiple of `step`."""
    height = draw_from(st.integers(least, most))
    width = draw_from(st.sampled_from(range(least + (height - least) % step, most + 1, step)))
    tones = np.random.default_rng(draw_from(st.integers(0, 2**32 - 1)))
    blot = tones.integers(0, 256, (height, width)) * (tones.random((height, width)) < draw_from(st.floats(0.05, 1)))
    blot[0, tones.integers(width)] = blot[-1, tones.integers(width)] = 255
    blot[tones.integers(height), 0] = blot[tones.integers(height), -1] = 255
    return blot.astype(np.uint8)


def preprocess_by_hand(ink: np.ndarray, steps: Steps) -> np.ndarray:
    """The steps, slow and obvious: plain Python and fractions, pixel by pixel."""
    pixels = {(y, x): int(tone) for (y, x), tone in np.ndenumerate(ink) if tone}
    image = np.zeros((SIDE, SIDE), np.uint8)
    if not pixels:
        return image

    # Crop: a tight box around the ink (soft edges apart).
    top, left, (height, width) = 0, 0, ink.shape
    if steps.crop:
        darkest = max(pixels.values())
        rows = [y for (y, _), tone in pixels.items() if tone > darkest // SOFT_EDGE]
        columns = [x for (_, x), tone in pixels.items() if tone > darkest // SOFT_EDGE]
        top, left = min(rows), min(columns)
        height, width = max(rows) - top + 1, max(columns) - left + 1

    # Square: its shorter side padded on both sides.
    if steps.square:
        side = max(height, width, SMALLEST_CROP)
        top, left = top - (side - height) // 2, left - (side - width) // 2
        height = width = side

    # Resize: each pixel gives each of 20 x 20 cells its tone times the area that they share; the darkest becomes 255.
    count = BOX if steps.resize else SIDE

    def shared(pixel: int, cell: int, length: int) -> Fraction:
        size = Fraction(length, count)
        return max(Fraction(0), min(Fraction(pixel + 1), (cell + 1) * size) - max(Fraction(pixel), cell * size))

    cells = [[Fraction(0)] * count for _ in range(count)]
    for (y, x), tone in pixels.items():
        for i in range(count):
            if down := shared(y - top, i, height):
                for j in range(count):
                    cells[i][j] += tone * down * shared(x - left, j, width)
    darkest_cell = max(max(row) for row in cells) or 1
    cells = [[floor(255 * cell / darkest_cell + Fraction(1, 2)) for cell in row] for row in cells]

    # Center: pasted by a whole-pixel shift, the center of mass near the middle.
    down = right = (SIDE - count) // 2
    if steps.center:
        mass = sum(map(sum, cells)) or 1
        down = floor(15 - sum(Fraction(2 * i + 1, 2) * sum(row) for i, row in enumerate(cells)) / mass)
        right = floor(15 - sum(Fraction(2 * j + 1, 2) * cell for row in cells for j, cell in enumerate(row)) / mass)
        down, right = (min(max(shift, 0), SIDE - count) for shift in (down, right))
    image[down : down + count, right : right + count] = cells
    return image


@property_test
@given(blots(), st.tuples(*[margins] * 2), st.one_of(st.just(ALL_STEPS), st.builds(Steps, *[st.booleans()] * 4)))
def test_equals_the_steps_done_by_hand(blot, margin, steps):
    ink = np.pad(blot, margin)
    np.testing.assert_array_equal(image_of(ink, steps), preprocess_by_hand(ink, steps))


@property_test
@given(st.lists(blots(), min_size=2, max_size=6))
def test_a_batch_equals_one_by_one(inks):
    canvases = np.stack([np.pad(ink, [(0, 30 - length) for length in ink.shape]) for ink in inks])
    one_by_one = [image_of(canvas) for canvas in canvases]
    np.testing.assert_array_equal(preprocess(torch.from_numpy(canvases)).numpy(), one_by_one)


def test_blank_drawings_give_empty_images_and_no_drawings_none():
    assert not image_of(np.zeros((280, 280))).any()
    assert not image_of(np.zeros((1, 1))).any()
    assert preprocess(torch.zeros(0, 50, 50, dtype=torch.uint8)).shape == (0, SIDE, SIDE)


def test_mnist_itself_comes_back_from_a_canvas(mnist, pretrained):
    some, labels = mnist.test_images[::2], mnist.test_labels[::2]
    placed = place_images(some, torch.Generator().manual_seed(0)).split(500)
    images = torch.cat([preprocess(ink) for ink in placed])
    assert accuracy(pretrained.logits(images), labels) >= accuracy(pretrained.logits(some), labels) - 0.003
