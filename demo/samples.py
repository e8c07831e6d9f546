"""Sample drawings: the styles that the network was taught beside MNIST, to see them written."""

from typing import Any

from model.pen import PAPER
from model.styles import Style, load_styles

SIZE = 0.9  # pixels of the paper for each hundredth of a digit's usual height
# What is offered first; another click offers the next of that digit's styles.
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
    """For each digit its styles, each as {"name": str, "strokes": points [x, y] in pixels of the pad's paper}."""
    by_digit: list[list[dict[str, Any]]] = [[] for _ in range(10)]
    for style in load_styles():
        by_digit[style.label].append({"name": style.name, "strokes": _on_paper(style)})
    return [_starting_with(first, styles) for first, styles in zip(FIRST, by_digit, strict=True)]


def _on_paper(style: Style) -> list[list[list[int]]]:
    """A style's strokes in the middle of the pad's paper, in whole pixels."""
    strokes = style.curves(detail=3)
    xs, ys = zip(*(point for stroke in strokes for point in stroke), strict=True)
    left, top = ((PAPER - SIZE * (min(values) + max(values))) / 2 for values in (xs, ys))
    return [[[round(SIZE * x + left), round(SIZE * y + top)] for x, y in stroke] for stroke in strokes]


def _starting_with(first: str, styles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    start = [style["name"] for style in styles].index(first)
    return styles[start:] + styles[:start]
