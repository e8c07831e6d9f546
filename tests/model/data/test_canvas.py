"""Digits at random places on the canvas."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from model.data.canvas import place_images, place_strokes
from model.data.styles import load_styles, write_styles
from model.preprocessing import preprocess


def test_strokes_are_drawn_whole_in_many_sizes_and_places():
    generator = torch.Generator().manual_seed(0)
    boxes = set()
    for _ in range(50):
        rows, columns = place_strokes([[(0, 0), (300, 0), (100, 900)]], generator).nonzero(as_tuple=True)
        height = int(rows.max() - rows.min()) + 1
        assert 0.35 * 140 < height < 0.95 * 140
        boxes.add((int(rows.min()), int(columns.min()), height))
    assert len(boxes) > 40


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4), st.integers(0, 2**32))
def test_strokes_without_extent_are_a_dot(x, y, seed):
    dot = place_strokes([[(x, y)]], torch.Generator().manual_seed(seed))
    assert dot.shape == (140, 140)
    assert 0 < (dot > 0).sum() < 300


def test_enlarged_images_come_back_much_as_they_were():
    images, _ = write_styles(load_styles(), 300, seed=11)
    back = preprocess(place_images(images, torch.Generator().manual_seed(0)))
    assert (back.float() - images.float()).abs().mean() < 12
