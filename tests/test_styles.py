"""The styles of assets/styles.json, written as they are trained on."""

import pytest
import torch

from model.pen import draw, draw_polylines
from model.styles import Style, load_styles, write_styles

STYLES = load_styles()


def test_every_digit_has_styles_of_its_own_with_names_that_differ():
    names = [style.name for style in STYLES]
    assert len(set(names)) == len(names)
    assert all(sum(style.label == digit for style in STYLES) >= 8 for digit in range(10))
    assert all(len(stroke) >= 2 for style in STYLES for stroke in style.strokes)


def test_each_digit_is_written_equally_often():
    pictures, labels = write_styles(STYLES, 2_000)
    assert pictures.shape == (2_000, 28, 28)
    assert pictures.dtype == torch.uint8
    assert torch.bincount(labels).tolist() == [200] * 10


def test_a_seed_repeats_its_pictures_and_another_does_not():
    first, again, other = (write_styles(STYLES[:5], 50, seed)[0] for seed in (7, 7, 8))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_no_picture_is_empty_or_black_and_no_two_are_alike():
    pictures, _ = write_styles(STYLES, 10_000, seed=3)
    share = (pictures > 127).float().mean(dim=(1, 2))
    assert share.min() > 0.01
    assert share.max() < 0.4
    assert len(pictures.flatten(1).unique(dim=0)) == 10_000


def test_pens_are_thin_and_thick():
    pictures, _ = write_styles([style for style in STYLES if style.name == "1, a stroke"], 200)
    ink = pictures.float().mean(dim=(1, 2))
    assert ink.max() > 2.5 * ink.min()


def test_a_curve_goes_through_its_points_and_turns_at_a_point_given_twice():
    style = Style("an L", 1, (((0, 0), (10, 50), (0, 100), (0, 100), (60, 100)),))
    (curve,) = style.curves(detail=4)
    assert all(any(point == pytest.approx(through) for point in curve) for through in style.strokes[0])
    foot = [point for point in curve if point[0] > 10.1]
    assert foot
    assert all(y == pytest.approx(100) for _, y in foot)


def test_many_drawings_at_once_are_drawn_as_one_is():
    generator = torch.Generator().manual_seed(0)
    strokes = [(4 + 32 * torch.rand(40, points, 2, generator=generator)).double() for points in (2, 5)]
    strokes[1][:, 2] = strokes[1][:, 1]  # a line without length is a dot
    pens = 2 + 6 * torch.rand(40, generator=generator)
    at_once = draw_polylines([stroke.float() for stroke in strokes], pens, side=40)
    for index in range(40):
        one = draw([stroke[index].tolist() for stroke in strokes], float(pens[index]), side=40)
        assert (one.int() - at_once[index].int()).abs().max() <= 1
