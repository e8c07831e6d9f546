"""Line plots as SVG files, for the docs: one panel below the other, each with a y axis that begins at 0."""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

WIDTH, HEIGHT = 720, 230  # of a panel
LEFT, RIGHT, TOP, BOTTOM = 64, 96, 40, 44  # around its axes
COLOURS = ("#b8430f", "#1f6f8b")
STYLE = "text{font:13px system-ui,sans-serif;fill:#333}.t{font-weight:600}.a{stroke:#ccc}path{fill:none;stroke-width:2}"


@dataclass(frozen=True)
class Panel:
    """What one panel shows.

    Attributes:
        title: with the unit of y.
        x_label: with the unit of x.
        x: in rising order.
        lines: values of y by the name of their line.
        most: largest y shown; lines may leave the panel there. None for the largest value.
    """

    title: str
    x_label: str
    x: Sequence[float]
    lines: dict[str, Sequence[float]]
    most: float | None = None


def plot(path: Path, panels: Sequence[Panel]) -> None:
    """Write the panels into one SVG file."""
    height = HEIGHT * len(panels)
    parts = [_panel(panel, HEIGHT * number) for number, panel in enumerate(panels)]
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">\n'
        f'<style>{STYLE}</style>\n<rect width="100%" height="100%" fill="#fff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _panel(panel: Panel, offset: float) -> str:
    largest_x = math.ceil(max(panel.x))
    largest_y = _rounded_up(panel.most or max(max(line) for line in panel.lines.values()))

    def place(x: float, y: float) -> tuple[float, float]:
        across = LEFT + (WIDTH - LEFT - RIGHT) * x / largest_x
        return across, offset + HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * min(y / largest_y, 1.08)

    parts = [_text(LEFT, offset + 24, panel.title, "t")]
    for share in (0, 0.25, 0.5, 0.75, 1):
        x, y = place(0, share * largest_y)
        parts.append(f'<line class="a" x1="{x:.1f}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(_text(x - 8, y + 4, f"{share * largest_y:,.4g}", anchor="end"))
        x, y = place(share * largest_x, 0)
        parts.append(_text(x, y + 18, f"{share * largest_x:,.4g}", anchor="middle"))
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, offset + HEIGHT - 8, panel.x_label, anchor="middle"))
    for colour, (name, values) in zip(COLOURS, panel.lines.items(), strict=False):
        points = [place(x, y) for x, y in zip(panel.x, values, strict=True)]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        parts.append(f'<path stroke="{colour}" d="M{path}"/>')
        parts.append(_text(points[-1][0] + 6, points[-1][1] + 4, name))
    return "\n".join(parts)


def _text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{html.escape(words)}</text>'


def _rounded_up(value: float) -> float:
    """The next number of 1, 2, 4 or 8 with zeros, so that its quarters are short."""
    power = 10 ** math.floor(math.log10(max(value, 1)))
    return next(step * power for step in (1, 2, 4, 8, 10) if step * power >= value)
