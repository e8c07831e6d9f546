"""Line plots as SVG files, for the docs: one panel below the other, each with a y axis from 0, or of powers of ten."""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

WIDTH, HEIGHT = 720, 230  # of a panel
LEFT, RIGHT, TOP, BOTTOM = 64, 96, 40, 44  # around its axes
COLORS = ("#b8430f", "#1f6f8b")
STYLE = "text{font:13px system-ui,sans-serif;fill:#333}.t{font-weight:600}.a{stroke:#ccc}path{fill:none;stroke-width:2}"


@dataclass(frozen=True)
class Panel:
    """What one panel shows.

    Attributes:
        title: with the unit of y.
        x_label: with the unit of x.
        x: in rising order.
        lines: values of y by the name of their line.
        powers: whether the y axis is one of powers of ten, for what grows from little to much.
    """

    title: str
    x_label: str
    x: Sequence[float]
    lines: dict[str, Sequence[float]]
    powers: bool = False


def plot(path: Path, panels: Sequence[Panel]) -> None:
    """Write the panels into one SVG file."""
    height = HEIGHT * len(panels)
    parts = [_panel(panel, HEIGHT * number) for number, panel in enumerate(panels)]
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">\n'
        f'<style>{STYLE}</style>\n<rect width="100%" height="100%" fill="#fff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _panel(panel: Panel, offset: float) -> str:
    largest_x = _quarters(max(panel.x))[-1]
    values = [value for line in panel.lines.values() for value in line]
    ticks = _powers(min(values), max(values)) if panel.powers else _quarters(max(values))
    scale = math.log10 if panel.powers else float
    lowest, highest = scale(ticks[0]), scale(ticks[-1])

    def place(x: float, y: float) -> tuple[float, float]:
        across, up = x / largest_x, (scale(y) - lowest) / (highest - lowest)
        return LEFT + (WIDTH - LEFT - RIGHT) * across, offset + HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * up

    parts = [_text(LEFT, offset + 24, panel.title, "t")]
    for tick in ticks:
        x, y = place(0, tick)
        parts.append(f'<line class="a" x1="{x:.1f}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(_text(x - 8, y + 4, f"{tick:,.6g}", anchor="end"))
    for tick in _quarters(largest_x):
        x, y = place(tick, ticks[0])
        parts.append(_text(x, y + 18, f"{tick:,.6g}", anchor="middle"))
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, offset + HEIGHT - 8, panel.x_label, anchor="middle"))
    for color, (name, values) in zip(COLORS, panel.lines.items(), strict=False):
        points = [place(x, y) for x, y in zip(panel.x, values, strict=True)]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        parts.append(f'<path stroke="{color}" d="M{path}"/>')
        parts.append(_text(points[-1][0] + 6, points[-1][1] + 4, name))
    return "\n".join(parts)


def _text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{html.escape(words)}</text>'


def _quarters(largest: float) -> list[float]:
    """Five ticks, from 0 to the next number of 1, 2, 4, 6 or 8 with zeros, so that its quarters are short."""
    power = 10 ** math.floor(math.log10(max(largest, 1)))
    top = next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= largest)
    return [top * quarter / 4 for quarter in range(5)]


def _powers(least: float, most: float) -> list[float]:
    """The powers of ten that enclose positive values."""
    return [10.0**power for power in range(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 1)]
