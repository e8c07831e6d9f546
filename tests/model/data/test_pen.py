"""The pen: one drawing at a time, exactly as the page draws, or many at once, for training."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from model.data.pen import draw, draw_lines

places = st.floats(-20, 60)


def draw_by_hand(strokes, width: float, side: int) -> np.ndarray:
    """Every pixel's distance from the nearest line, slowly."""
    ink = np.zeros((side, side))
    centers = np.stack(np.meshgrid(np.arange(side) + 0.5, np.arange(side) + 0.5), axis=-1)
    for stroke in strokes:
        for start, end in zip(stroke, stroke[1:] or stroke, strict=False):
            start, end = np.array(start), np.array(end)
            length2 = ((end - start) ** 2).sum()
            along = ((centers - start) @ (end - start) / length2).clip(0, 1) if length2 > 0 else np.zeros((side, side))
            distance = np.linalg.norm(centers - start - along[..., None] * (end - start), axis=-1)
            ink = np.maximum(ink, (width / 2 + 0.5 - distance).clip(0, 1) * 255)
    return ink


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.lists(st.tuples(places, places), min_size=1, max_size=5), max_size=3), st.floats(0.5, 15))
def test_a_pixel_is_covered_by_how_far_it_lies_inside_the_edge(strokes, width):
    np.testing.assert_allclose(draw(strokes, width, side=40).numpy(), draw_by_hand(strokes, width, 40), atol=0.51)


def test_many_drawings_at_once_are_drawn_as_one_is():
    generator = torch.Generator().manual_seed(0)
    starts, ends = 4 + 32 * torch.rand(2, 40, 5, 2, generator=generator)
    ends[:, 1] = starts[:, 1]  # a line without length is a dot
    widths = 2 + 6 * torch.rand(40, generator=generator)
    at_once = draw_lines(starts, ends, widths, side=40)
    for index in range(40):
        lines = torch.stack([starts[index], ends[index]], dim=1).double().tolist()
        assert (draw(lines, float(widths[index]), side=40).int() - at_once[index].int()).abs().max() <= 1
