"""The lines of ruled and squared paper, found and taken out, so that only what was written on it remains.

Lines are found by the Hough transform (R. O. Duda and P. E. Hart, "Use of the Hough Transformation to Detect Lines and
Curves in Pictures", 1972), here over slopes and heights. Each line is then divided out by its profile: pigments on top
of each other multiply what they let through, so writing that crosses a line keeps its darkness.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from model.data.filters import Gray, resize, smooth

SLOPES = np.tan(np.deg2rad(np.arange(-22, 22.5, 1.0))).astype(np.float32)  # the paper may be tilted
MOST_LINES = 40  # in each direction
SURROUNDINGS = 4  # pixels at half size: a line is darker than what lies so near
FULL_CONTRAST = (
    0.06  # above the surroundings: more does not make a pixel more of a line, so writing doesn't look like one
)
FAINTEST = 0.15  # evidence of a line, 0 to 1: pixels with less do not vote
LOWEST_SCORE = 0.33  # of a line, 0 to 1: its mean over all columns
SECTIONS = 8  # of a line: all but one of them must show it, which no stroke of a digit does
LOWEST_SECTION = 0.38
REACH = 6  # pixels to either side that belong to a line's profile
HALF_WIDTH = 4  # pixels around its darkest row that a line may have
STRENGTH = 1.15  # of the profile: lines vary along their length
TYPICAL = 0.6  # quantile along the line: its own contrast, where writing crosses less than 40 % of it
SAMPLING = 2  # columns: every other one is enough to try how well a line is met
MOST_CONTRAST = 0.35  # of lines; what is darker was written on them
REFINEMENTS = np.deg2rad(np.arange(-0.75, 1.0, 0.25)).astype(np.float32)


@dataclass(frozen=True)
class Line:
    """A line from the left edge of an image to the right one: y = height + slope * x, in pixels."""

    slope: float
    height: float


def remove_lines(contrast: Gray) -> Gray:
    """Take out straight lines that run through the whole image, within 22 degrees of level or upright.

    Args:
        contrast: (H, W), 0 for the background to 1 for the darkest ink.

    Returns:
        (H, W), the contrast of everything else.
    """
    for _ in range(2):  # level lines; then, with the image mirrored at its diagonal, upright ones
        lines = find_lines(contrast)
        contrast = contrast.copy()
        for line in lines:
            _divide_out(contrast, line)
        contrast = np.ascontiguousarray(contrast.T)
    return contrast


def find_lines(contrast: Gray) -> list[Line]:
    """The lines that run through an image (H, W) from left to right, the clearest first."""
    height, width = len(contrast) // 2, contrast.shape[1] // 2
    if min(height, width) < 2 * SECTIONS:
        return []
    half = resize(contrast, height, width)
    evidence = np.clip((half - smooth(half, SURROUNDINGS)) / FULL_CONTRAST, 0, 1)
    scores, lowest = _hough(evidence)
    lines: list[Line] = []
    while len(lines) < MOST_LINES:
        row, column = divmod(int(scores.argmax()), scores.shape[1])
        if scores[row, column] < LOWEST_SCORE:
            break
        line = Line(float(SLOPES[row]), float(lowest + column))
        if _runs_through(evidence, line):
            lines.append(Line(line.slope, 2 * line.height + 0.5))
        # What is left of this line, at this slope and at the neighboring ones: they meet it in the middle.
        for other in range(max(row - 6, 0), min(row + 7, len(SLOPES))):
            place = round(column + (line.slope - float(SLOPES[other])) * (width - 1) / 2)
            scores[other, max(place - 4, 0) : max(place + 5, 0)] = 0
    return lines


def _hough(evidence: Gray) -> tuple[Gray, int]:
    """For each slope and height, the mean evidence along the line: (slopes, heights), and the lowest height."""
    height, width = evidence.shape
    margin = int(np.ceil(SLOPES[-1] * width)) + 1
    ys, xs = np.nonzero(evidence > FAINTEST)
    heights = height + 2 * margin + 2
    weight, xs = evidence[ys, xs].astype(np.float64), xs.astype(np.float32)
    points = (ys + margin).astype(np.float32)
    votes = np.empty((len(SLOPES), heights))
    for row, slope in enumerate(SLOPES):
        exact = points - slope * xs  # the height at which the line through each point starts
        below = exact.astype(np.int64)
        above = weight * (exact - below)  # a point between two heights counts for both
        votes[row] = np.bincount(below, weight - above, heights)
        votes[row, 1:] += np.bincount(below, above, heights)[:-1]

    # How many columns of each line lie in the image: between where it meets the top and the bottom.
    slopes = np.where(SLOPES == 0, 1e-6, SLOPES)[:, None]
    top, bottom = (np.clip((edge + margin - np.arange(heights)) / slopes, 0, width) for edge in (0, height))
    columns = np.abs(bottom - top)
    scores: Gray = np.where(columns > width / 2, votes / np.maximum(columns, 1), 0).astype(np.float32)
    return scores, -margin


def _runs_through(evidence: Gray, line: Line) -> bool:
    """Whether a line shows in all of its sections but one."""
    rows, columns = _strip(evidence, line, 1)
    if len(columns) < SECTIONS:
        return False
    darkest = evidence[rows, columns[:, None]].max(axis=1)  # (columns,)
    sections = sorted(float(section.mean()) for section in np.array_split(darkest, SECTIONS))
    return sections[1] > LOWEST_SECTION


def _strip(image: Gray, line: Line, reach: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The pixels around a line: rows (C, 2 reach + 1), and the columns (C,) where all of these are in the image."""
    columns = np.arange(image.shape[1])
    middle = np.rint(line.height + line.slope * columns).astype(np.int64)
    is_inside = (middle >= reach) & (middle < len(image) - reach)
    return middle[is_inside, None] + np.arange(-reach, reach + 1), columns[is_inside]


def _divide_out(contrast: Gray, line: Line) -> None:
    """Take one line out of an image (H, W), in place."""
    candidates = [
        Line(line.slope + turn, line.height - turn * contrast.shape[1] / 2) for turn in map(float, REFINEMENTS)
    ]
    best = max(candidates, key=lambda candidate: _sharpness(contrast, candidate))
    rows, columns = _strip(contrast, best, REACH)
    if not len(columns):
        return
    strip = contrast[rows, columns[:, None]]  # (C, 2 REACH + 1)
    profile = np.quantile(strip, TYPICAL, axis=0)
    darkest = int(profile.argmax())
    profile = np.maximum(profile - np.median(profile) / 2, 0)
    profile[np.abs(np.arange(len(profile)) - darkest) > HALF_WIDTH] = 0
    through = np.maximum(1 - STRENGTH * profile, 0.1)
    contrast[rows, columns[:, None]] = np.clip(1 - (1 - strip) / through, 0, 1)


def _sharpness(contrast: Gray, line: Line) -> float:
    """How far the darkest row of the pixels around a line stands out: the more, the better the line is met."""
    rows, columns = _strip(contrast, line, REACH)
    strip = contrast[rows[::SAMPLING], columns[::SAMPLING, None]]
    if not len(strip):
        return 0.0
    profile = sorted(np.minimum(strip, MOST_CONTRAST).mean(axis=0).tolist())
    return float(profile[-1] - profile[REACH])
