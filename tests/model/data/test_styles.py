"""The styles of assets/data/styles.json, written as they are trained on."""

import pytest
import torch

from model.data.styles import Style, load_styles, style_counts, vary, write_each, write_evenly, write_styles
from model.paths import NEGATIVES, STYLES, UNSEEN

ALL = load_styles()


@pytest.mark.parametrize("path", [STYLES, NEGATIVES, UNSEEN], ids=lambda path: path.stem)
def test_templates_have_different_names_and_strokes_of_two_points_or_more(path):
    templates = load_styles(path)
    assert len({template.name for template in templates}) == len(templates)
    assert all(len(stroke) >= 2 for template in templates for stroke in template.strokes)
    assert {template.label for template in templates} == (set(range(10)) if path == STYLES else {None})
    assert all(bool(template.kind) == (path == UNSEEN) for template in templates)


def test_styles_written_one_by_one_are_the_same():
    generator, some = torch.Generator().manual_seed(5), ALL[::9]
    parts = [write_each([style], [count], generator) for style, count in zip(some, style_counts(some, 60), strict=True)]
    images, labels = write_styles(some, 60, seed=5)
    for part, whole in zip(zip(*parts, strict=True), (images, labels), strict=True):
        assert torch.equal(torch.cat(part), whole)
    assert not torch.equal(write_styles(some, 60, seed=6)[0], images)


def test_templates_without_a_label_are_written_evenly():
    images = write_evenly(load_styles(NEGATIVES)[:7], 20, torch.Generator().manual_seed(0))
    assert images.shape == (21, 28, 28)
    assert images.flatten(1).any(dim=1).all()


def test_each_style_is_written_equally_often_and_never_twice_the_same():
    assert all(sum(style.label == digit for style in ALL) >= 8 for digit in range(10))
    images, labels = write_styles(ALL, 4_000, seed=3)
    assert images.shape == (4_000, 28, 28)
    assert set(style_counts(ALL, 4_000)) == {4_000 // len(ALL), 4_000 // len(ALL) + 1}
    assert labels.bincount().tolist() == write_styles(ALL, 4_000, seed=4)[1].bincount().tolist()
    share = (images > 127).float().mean(dim=(1, 2))
    assert share.min() > 0.01
    assert share.max() < 0.4
    assert len({image.numpy().tobytes() for image in images}) == 4_000


L = Style("an L", 1, (((0, 0), (10, 50), (0, 100), (0, 100), (60, 100)),))


def test_a_curve_goes_through_its_points_and_turns_at_a_point_given_twice():
    (curve,) = L.curves(detail=4)
    assert all(any(point == pytest.approx(through) for point in curve) for through in L.strokes[0])
    foot = [point for point in curve if point[0] > 10.1]
    assert foot
    assert all(y == pytest.approx(100) for _, y in foot)


def test_a_corner_stays_one_however_it_is_written():
    (stroke,) = vary(L, 1, 30, torch.Generator().manual_seed(0))
    assert stroke.shape == (30, 4, 2)  # the corner's two points are one
    turn = stroke[:, 3] - stroke[:, 2]
    assert (turn[:, 0] > 20).all()  # the foot goes to the right
