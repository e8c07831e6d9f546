"""Sample drawings: the handwriting styles that the network is trained on beside MNIST, for the pad to draw."""

from typing import Any

from model.data.pen import CANVAS_SIDE
from model.data.styles import Style, load_styles
from model.network import DIGITS

SCALE = 0.9  # pixels of the canvas for each hundredth of a digit's usual height
# The styles that are shown first; another click shows the digit's next style.
FIRST = (
    "0, slashed",
    "1, with a foot",
    "2, with a loop",
    "3, flat top",
    "4, open",
    "5, detached top",
    "6, small loop",
    "7, crossed",
    "8, two circles",
    "9, curled tail",
)


def samples() -> list[list[dict[str, Any]]]:
    """For each digit its styles, each as {"name": text, "strokes": points [x, y] in pixels of the pad's canvas}."""
    by_digit: list[list[dict[str, Any]]] = [[] for _ in range(DIGITS)]
    for style in load_styles():
        if style.label is not None:
            by_digit[style.label].append({"name": style.name, "strokes": _on_canvas(style)})
    return [_starting_with(first, styles) for first, styles in zip(FIRST, by_digit, strict=True)]


def _on_canvas(style: Style) -> list[list[list[int]]]:
    """A style's strokes in the middle of the canvas, in whole pixels."""
    strokes = style.curves(detail=3)
    xs, ys = zip(*(point for stroke in strokes for point in stroke), strict=True)
    left, top = ((CANVAS_SIDE - SCALE * (min(values) + max(values))) / 2 for values in (xs, ys))
    return [[[round(SCALE * x + left), round(SCALE * y + top)] for x, y in stroke] for stroke in strokes]


def _starting_with(first: str, styles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    start = [style["name"] for style in styles].index(first)
    return styles[start:] + styles[:start]
