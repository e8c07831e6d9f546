"""Sample drawings: digits that people wrote, in the order in which they wrote them, for the pad to draw."""

from typing import Any

from model.data.pen import CANVAS_SIDE, Stroke
from model.data.strokes import samples as drawings

SIZE = 94  # pixels of the canvas, of a sample's longer side


def samples() -> list[list[dict[str, Any]]]:
    """For each digit its samples, each as {"name": text, "strokes": points [x, y] in pixels of the pad's canvas}."""
    return [
        [
            {"name": f"{digit}, by writer {writer}", "strokes": _on_canvas(strokes)}
            for writer, strokes in zip(written.writers.tolist(), written.polylines(), strict=True)
        ]
        for digit, written in enumerate(drawings())
    ]


def _on_canvas(strokes: list[Stroke]) -> list[list[list[int]]]:
    """Strokes in the middle of the canvas, in whole pixels."""
    scale = SIZE / 255
    xs, ys = zip(*(point for stroke in strokes for point in stroke), strict=True)
    left, top = ((CANVAS_SIDE - scale * (min(values) + max(values))) / 2 for values in (xs, ys))
    return [[[round(scale * x + left), round(scale * y + top)] for x, y in stroke] for stroke in strokes]
