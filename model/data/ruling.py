"""The lines of ruled and squared paper, found and taken out, so that only what was written on it remains.

Lines are found by a Hough transform (R. O. Duda and P. E. Hart, "Use of the Hough Transformation to Detect Lines and
Curves in Pictures", 1972) over slopes and heights, in which each section of a line is counted apart: a line runs
through all of them, a stroke does not. Each line is then divided out by its profile: pigments on top of each other
multiply what they let through, so writing that crosses a line keeps its darkness.
"""

import math

import numpy as np
import numpy.typing as npt

from model.data.filters import Gray, halve, smooth

SLOPES = np.tan(np.deg2rad(np.arange(-22, 23))).astype(np.float32)  # the paper may be tilted
SECTIONS = 8  # of a line; all but one of those in the image must show it, and at least 5
SURROUNDINGS = 3  # pixels at half size: a line is darker than what lies so near
FULL_CONTRAST = 0.06  # above the surroundings: more makes no more of a line, so writing doesn't look like one
LOWEST_EVIDENCE = 0.38  # of a section, 0 to 1: the mean over its columns
MOST_LINES = 40  # in each direction
APART = 3, 4  # slopes and rows at half size between two lines
TURNS = np.tan(np.deg2rad(np.arange(-0.75, 1, 0.25))).astype(np.float32)  # that may make a line meet the pixels better
REACH = 4  # pixels to either side that belong to a line's profile
HALF_WIDTH = 2  # pixels around its darkest row that a line may have
TYPICAL = 0.6  # quantile along the line: its own contrast, where writing crosses less than 40 % of it
STRENGTH = 1.15  # of the profile: lines vary along their length
MOST_CONTRAST = 0.35  # of lines; what is darker was written on them


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
        for slope, middle in lines:
            _divide_out(contrast, slope, middle)
        contrast = np.ascontiguousarray(contrast.T)
    return contrast


def find_lines(contrast: Gray) -> list[tuple[float, float]]:
    """The slopes of the lines that run through an image (H, W) from left to right, and their heights in its middle."""
    if min(contrast.shape) < 4 * SECTIONS:
        return []
    half = halve(contrast)
    evidence = np.clip((half - smooth(half, SURROUNDINGS)) / FULL_CONTRAST, 0, 1)
    scores, margin = _hough(evidence)
    lines: list[tuple[float, float]] = []
    while len(lines) < MOST_LINES and scores.max(initial=0) > LOWEST_EVIDENCE:
        row, column = divmod(int(scores.argmax()), scores.shape[1])
        lines.append((float(SLOPES[row]), 2.0 * (column - margin) + 1))
        turns, rows = APART
        scores[max(row - turns, 0) : row + turns + 1, max(column - rows, 0) : column + rows + 1] = 0
    return lines


def _hough(evidence: Gray) -> tuple[Gray, int]:
    """For each slope and each height in the middle, the evidence in the line's second faintest section.

    Returns:
        (slopes, heights), and the place of height 0 among the heights.
    """
    height, width = evidence.shape
    margin = int(SLOPES[-1] * width / 2) + 2
    at = np.arange(height + 2 * margin)
    centers = (np.arange(SECTIONS) + 0.5) * width / SECTIONS - width / 2
    means = _section_means(evidence, 2 * margin)
    scores = np.zeros((len(SLOPES), len(at)), np.float32)
    for row, slope in enumerate(SLOPES.astype(np.float64)):
        of_rise = means[len(means) // 2 + math.floor(slope * width / SECTIONS + 0.5)]
        drops = slope * centers  # in the sections' centers, below the line's middle
        below = np.floor(drops).astype(np.int64)
        above = drops - below  # a height between two rows has its share of both
        pairs = of_rise[at[:, None, None] + margin + below + [[0], [1]], np.arange(SECTIONS)]  # (heights, 2, sections)
        places = at[:, None] - margin + drops
        is_inside = (places >= 0) & (places < height)
        found = np.where(is_inside, (1 - above) * pairs[:, 0] + above * pairs[:, 1], np.inf)
        scores[row] = np.where(is_inside.sum(axis=1) > SECTIONS / 2, np.partition(found, 1, axis=1)[:, 1], 0)
    return scores, margin


def _section_means(evidence: Gray, rim: int) -> npt.NDArray[np.float64]:
    """The mean evidence along short lines, one through each section, by how many rows they rise in it.

    Lines of many slopes rise alike in a section, which is summed up once for all of them: the first step of the fast
    discrete Radon transform (M. L. Brady, "A Fast Discrete Approximation Algorithm for the Radon Transform", 1998).

    Args:
        evidence: (H, W).
        rim: rows above the image, and below it.

    Returns:
        (rises, rows, sections): a rise of 0 is in the middle.
    """
    height, width = evidence.shape
    steepest = math.floor(float(SLOPES[-1]) * width / SECTIONS + 0.5)
    padded = np.pad(evidence.astype(np.float64), ((rim + steepest, rim + steepest), (0, 0)))
    columns = np.arange(width)
    section = columns * SECTIONS // width
    starts = np.searchsorted(section, np.arange(SECTIONS))
    aside = (columns + 0.5) * SECTIONS / width - section - 0.5  # from the section's center, in sections
    rows = np.arange(height + 2 * rim)[:, None] + steepest
    sums = [
        np.add.reduceat(padded[rows + np.floor(rise * aside + 0.5).astype(np.int64), columns], starts, axis=1)
        for rise in range(-steepest, steepest + 1)
    ]
    return np.stack(sums) / np.bincount(section)


def _strip(contrast: Gray, slope: float, middle: float) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The pixels around a line: rows (C, 2 REACH + 1), and the columns (C, 1) where all of these are in the image."""
    height, width = contrast.shape
    columns = np.arange(width)
    rows = np.floor(middle + slope * (columns - (width - 1) / 2) + 0.5).astype(np.int64)
    is_inside = (rows >= REACH) & (rows < height - REACH)
    return rows[is_inside, None] + np.arange(-REACH, REACH + 1), columns[is_inside, None]


def _divide_out(contrast: Gray, slope: float, middle: float) -> None:
    """Take one line out of an image (H, W), in place."""

    def sharpness(turn: float) -> float:
        strip = contrast[_strip(contrast, slope + turn, middle)]
        profile = np.minimum(strip, MOST_CONTRAST).sum(axis=0) / max(len(strip), 1)
        return float(profile.max() - np.median(profile))

    strip = _strip(contrast, slope + max(map(float, TURNS), key=sharpness), middle)
    if not strip[0].size:
        return
    profile = np.quantile(contrast[strip], TYPICAL, axis=0)
    profile = np.maximum(profile - np.median(profile) / 2, 0)
    profile[np.abs(np.arange(len(profile)) - profile.argmax()) > HALF_WIDTH] = 0
    through = np.maximum(1 - STRENGTH * profile, 0.1)
    contrast[strip] = np.maximum(1 - (1 - contrast[strip]) / through, 0)
