"""From ink to 28 x 28: the four steps by which MNIST was made."""

import io
from fractions import Fraction
from math import floor

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from model.framing import BOX, SIDE, SMALLEST_BOX, SOFT_EDGE, frame
from model.images import load_image
from model.pen import draw
from model.training import accuracy

property_test = settings(max_examples=60, deadline=None, derandomize=True)


def framed(ink) -> np.ndarray:
    return frame(torch.as_tensor(np.asarray(ink, np.uint8))[None])[0].numpy()


def centre_of_mass(picture: np.ndarray) -> tuple[float, float]:
    places = np.arange(len(picture)) + 0.5
    return (picture.sum(1) @ places) / picture.sum(), (picture.sum(0) @ places) / picture.sum()


def on_paper(blot: np.ndarray, above: int, below: int, left: int, right: int) -> np.ndarray:
    return np.pad(blot, ((above, below), (left, right)))


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


margins = st.integers(0, 40)


def frame_by_hand(ink: np.ndarray) -> np.ndarray:
    """The four steps, slow and obvious: plain Python and fractions, pixel by pixel."""
    pixels = {(y, x): int(tone) for (y, x), tone in np.ndenumerate(ink) if tone}
    picture = np.zeros((SIDE, SIDE), np.uint8)
    if not pixels:
        return picture

    # 1. A tight box around the ink (soft edges apart), made square around its middle.
    darkest = max(pixels.values())
    rows = [y for (y, _), tone in pixels.items() if tone > darkest // SOFT_EDGE]
    columns = [x for (_, x), tone in pixels.items() if tone > darkest // SOFT_EDGE]
    height, width = max(rows) - min(rows) + 1, max(columns) - min(columns) + 1
    side = max(height, width, SMALLEST_BOX)
    top, left = min(rows) - (side - height) // 2, min(columns) - (side - width) // 2

    # 2. 20 x 20 cells; each pixel gives each cell its tone times the area that they share.
    def shared(pixel: int, cell: int) -> Fraction:
        size = Fraction(side, BOX)
        return max(Fraction(0), min(Fraction(pixel + 1), (cell + 1) * size) - max(Fraction(pixel), cell * size))

    cells = [[Fraction(0)] * BOX for _ in range(BOX)]
    for (y, x), tone in pixels.items():
        for i in range(BOX):
            if down := shared(y - top, i):
                for j in range(BOX):
                    cells[i][j] += tone * down * shared(x - left, j)

    # 3. The brightest cell becomes 255.
    brightest = max(max(row) for row in cells)
    cells = [[floor(255 * cell / brightest + Fraction(1, 2)) for cell in row] for row in cells]

    # 4. Pasted by a whole-pixel shift, the centre of mass near the middle.
    mass = sum(map(sum, cells))
    down = floor(15 - sum(Fraction(2 * i + 1, 2) * sum(row) for i, row in enumerate(cells)) / mass)
    right = floor(15 - sum(Fraction(2 * j + 1, 2) * cell for row in cells for j, cell in enumerate(row)) / mass)
    down, right = min(max(down, 0), SIDE - BOX), min(max(right, 0), SIDE - BOX)
    picture[down : down + BOX, right : right + BOX] = cells
    return picture


@property_test
@given(blots(), margins, margins, margins, margins)
def test_equals_the_steps_done_by_hand(blot, above, below, left, right):
    ink = on_paper(blot, above, below, left, right)
    np.testing.assert_array_equal(framed(ink), frame_by_hand(ink))


@pytest.mark.parametrize("strokes", [[[(20, 30), (120, 30), (60, 130)]], [[(70, 70)]], [[(1, 1), (139, 139)]]])
def test_pen_strokes_equal_the_steps_done_by_hand(strokes):
    ink = draw(strokes).numpy()
    np.testing.assert_array_equal(framed(ink), frame_by_hand(ink))


@property_test
@given(blots(), margins, margins, margins, margins)
def test_ink_that_moves_frames_the_same(blot, above, below, left, right):
    np.testing.assert_array_equal(framed(on_paper(blot, above, below, left, right)), framed(blot))


@property_test
@given(blots(least=SMALLEST_BOX, step=2), st.integers(2, 6))
def test_ink_that_grows_by_a_whole_factor_frames_the_same(blot, factor):
    grown = blot.repeat(factor, axis=0).repeat(factor, axis=1)
    np.testing.assert_array_equal(framed(grown), framed(blot))


@property_test
@given(blots(), st.integers(1, 255))
def test_paler_ink_frames_alike(blot, darkest):
    solid = np.where(blot > 0, 255, 0)
    np.testing.assert_array_equal(framed(np.where(blot > 0, darkest, 0)), framed(solid))


@property_test
@given(st.lists(blots(), min_size=2, max_size=6))
def test_a_batch_equals_one_by_one(inks):
    papers = np.zeros((len(inks), 30, 30), np.uint8)
    for paper, ink in zip(papers, inks, strict=True):
        paper[: ink.shape[0], : ink.shape[1]] = ink
    one_by_one = [framed(paper) for paper in papers]
    np.testing.assert_array_equal(frame(torch.from_numpy(papers)).numpy(), one_by_one)


@property_test
@given(blots(least=12), margins)
def test_a_digit_fills_the_box_its_mass_in_the_middle(blot, margin):
    picture = framed(on_paper(blot, margin, margin, margin, margin))
    inked = np.argwhere(picture)
    assert picture.max() == 255
    assert (np.ptp(inked, axis=0) < BOX).all()
    for centre in centre_of_mass(picture):
        assert 13.99 < centre <= 15.01 or inked.min() == 0 or inked.max() == SIDE - 1


def test_blank_paper_gives_an_empty_picture():
    assert not framed(np.zeros((280, 280))).any()
    assert not framed(np.zeros((1, 1))).any()


def test_no_drawings_give_no_pictures():
    assert frame(torch.zeros(0, 50, 50, dtype=torch.uint8)).shape == (0, SIDE, SIDE)


def test_a_dot_stays_a_dot():
    ink = np.zeros((280, 280))
    ink[100, 200] = 255
    picture = framed(ink)
    assert (picture == 255).sum() == 4  # one pixel of a box of 10 is two by two of 20
    assert centre_of_mass(picture) == (15, 15)


@pytest.mark.parametrize("row", [0, 139])
@pytest.mark.parametrize("column", [0, 139])
def test_ink_at_the_very_edge_is_all_there(row, column):
    corner, middle = np.zeros((140, 140)), np.zeros((140, 140))
    rows, columns = slice(max(row - 30, 0), row + 31), slice(max(column - 30, 0), column + 31)
    corner[rows, columns] = 200
    middle[50:81, 50:81] = 200
    np.testing.assert_array_equal(framed(corner), framed(middle))


@pytest.mark.parametrize("length", [1, 9, 10, 100, 280])
def test_a_one_pixel_line_keeps_its_direction_and_is_seen(length):
    ink = np.zeros((280, 280))
    ink[:length, 77] = 255
    upright, lying = framed(ink), framed(ink.T)
    np.testing.assert_array_equal(upright[upright.any(1)].sum(), lying[:, lying.any(0)].sum())
    assert upright.max() == lying.max() == 255
    if length > 1:
        assert upright.any(1).sum() == lying.any(0).sum() == BOX * min(length / SMALLEST_BOX, 1)
        assert upright.any(0).sum() <= 3


def test_paper_of_any_proportion():
    ink = np.zeros((3, 60_000))
    ink[1, 59_000:] = 255
    np.testing.assert_array_equal(framed(ink), framed(ink[:, 58_000:]))


def test_a_soft_edge_does_not_widen_the_box():
    sharp = np.zeros((60, 60))
    sharp[20:40, 25:35] = 255
    soft = sharp.copy()
    soft[19, 25:35] = soft[40, 25:35] = 60
    np.testing.assert_array_equal(framed(soft), framed(sharp))


RESAMPLINGS = list(Image.Resampling)
PAPERS = [  # paper, ink
    ((255, 255, 255), (0, 0, 0)),
    ((0, 0, 0), (255, 255, 255)),
    ((250, 244, 220), (30, 40, 160)),
    ((24, 70, 50), (235, 235, 220)),
]


def on_canvas(digit: np.ndarray, random: np.random.Generator) -> bytes:
    """A picture file of one digit: enlarged, the whole then shrunk a little, moved and recoloured."""
    resampling = random.choice(RESAMPLINGS)
    paper, ink = random.choice(PAPERS)
    enlarged = int(random.integers(100, 200))
    side = int(enlarged * random.uniform(0.6, 0.9))
    opacity = Image.fromarray(digit).resize((enlarged, enlarged), resampling).resize((side, side), resampling)
    x, y = (int(random.integers(-side // 10, room - side + side // 10)) for room in (190, 180))
    canvas = Image.new("RGB", (190, 180), tuple(paper))
    canvas.paste(tuple(ink), (x, y, x + side, y + side), opacity)
    file = io.BytesIO()
    canvas.save(file, "BMP")
    return file.getvalue()


def test_mnist_itself_comes_back_from_a_canvas(mnist, pretrained):
    random = np.random.default_rng(0)
    canvases = (load_image(on_canvas(digit, random)) for digit in mnist.test_images.numpy())
    pictures = torch.cat([frame(ink) for ink in canvases])
    direct = accuracy(pretrained.network, mnist.test_images, mnist.test_labels)
    assert accuracy(pretrained.network, pictures, mnist.test_labels) >= direct - 0.003
