"""Photographs of digits on paper, made from pen strokes: light, shadows, folds, ruling, tilt, perspective, blur, noise.

Everything is drawn from one random generator, so the same strokes and the same seed give the same photographs.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFilter
from torch import Tensor

from model.data.images import ImageError, load_image
from model.data.pen import Stroke
from model.data.pictures import Gray
from model.preprocessing import SIDE, preprocess
from tests.benchmarks.canvas import WrittenDigit

PHOTOGRAPH_SIDE = 420  # pixels
PAGE_SIDE = 2 * PHOTOGRAPH_SIDE  # pixels of the sheet, which is drawn in twice the photograph's resolution
PER_WRITER = 10  # photographs of each kind
SEED = 0

# Ranges that values are drawn from; lengths are shares of the page's side, tones and contrasts shares of white.
DIGIT_SIZES = (0.3, 0.62)
PEN_WIDTHS = (0.035, 0.1)  # of the digit's size
MARGIN = 0.14
PAPERS = (0.8, 0.97)
INKS = (0.75, 0.95)
PENCILS = (0.45, 0.7)
RULINGS = (0.15, 0.4)  # contrast of the lines
GAPS = (0.05, 0.12)  # between the lines
LINE_WIDTHS = (1.5, 4.0)  # pixels of the page
TILTS = (-15.0, 15.0)  # degrees
ZOOM = 1.28  # so that the page fills the photograph, however it is tilted
PERSPECTIVE = 0.06  # by how much each corner is moved
PENCIL_SHARE, BOARD_SHARE, FOLDED_SHARE, SHADOW_SHARE = 0.3, 0.15, 0.4, 0.6


@dataclass(frozen=True)
class Kind:
    """What photographs have in common.

    Attributes:
        is_even: whether the light is; otherwise it falls from one side, in patches, and often a shadow lies across.
        rulings: 0 for plain paper, 1 for ruled, 2 for squared.
    """

    is_even: bool
    rulings: int


KINDS = {
    "even": Kind(True, 0),
    "uneven": Kind(False, 0),
    "ruled_uneven": Kind(False, 1),
    "squared_uneven": Kind(False, 2),
}


def take_photographs(
    written: Sequence[WrittenDigit], per_writer: int = PER_WRITER
) -> Iterator[tuple[str, list[tuple[int, bytes]]]]:
    """Photographs of each of the KINDS, as files with their labels: the same number by every writer."""
    random = np.random.default_rng(SEED)
    writers = sorted({digit.writer for digit in written})
    for name, kind in KINDS.items():
        chosen: list[WrittenDigit] = []
        for writer in writers:
            own = [digit for digit in written if digit.writer == writer]
            chosen += [own[place] for place in random.permutation(len(own))[:per_writer]]
        yield name, [(digit.label, photograph(digit.strokes, kind, random)) for digit in chosen]


def image_of(content: bytes) -> Tensor:
    """The preprocessed image (1, 28, 28), uint8, of a photograph; empty if it can't be used."""
    try:
        return preprocess(load_image(content))
    except ImageError:
        return torch.zeros(1, SIDE, SIDE, dtype=torch.uint8)


def photograph(strokes: Sequence[Stroke], kind: Kind, random: np.random.Generator) -> bytes:
    """Photograph a digit.

    Args:
        strokes: of the digit, in any scale; without any, the paper is blank.
        kind: of photograph.
        random: for everything else.

    Returns:
        A JPEG of 420 x 420 pixels, gray.
    """
    written = _write(strokes, random)
    paper = _paper(kind.rulings, random)
    if random.random() < PENCIL_SHARE:
        grain = random.random((PAGE_SIDE // 2, PAGE_SIDE // 2), np.float32).repeat(2, axis=0).repeat(2, axis=1)
        written = random.uniform(*PENCILS) * written * (1 - 0.5 * (grain > 0.6))
    else:
        written = random.uniform(*INKS) * written
    page = paper * (1 - written)
    if random.random() < BOARD_SHARE:
        page = 1 - 0.9 * page
    seen = _tilted(page, random) * _light(kind.is_even, random)
    seen += random.normal(0, random.uniform(0.004, 0.02), seen.shape)
    file = io.BytesIO()
    _gray_image(seen).save(file, "JPEG", quality=int(random.integers(55, 92)))
    return file.getvalue()


def _write(strokes: Sequence[Stroke], random: np.random.Generator) -> Gray:
    """The strokes in a random size and place, with a round pen, on an empty page: 0 to 1."""
    page = Image.new("L", (PAGE_SIDE, PAGE_SIDE))
    points = np.array([point for stroke in strokes for point in stroke] or [(0.0, 0.0)])
    size = PAGE_SIDE * random.uniform(*DIGIT_SIZES)
    pen = size * random.uniform(*PEN_WIDTHS)
    corner, extent = points.min(axis=0), np.ptp(points, axis=0)
    scale = size / max(extent.max(), 1e-9)
    margin = pen + MARGIN * PAGE_SIDE
    start = random.uniform(margin, np.maximum(PAGE_SIDE - margin - scale * extent, margin + 1))
    brush = ImageDraw.Draw(page)
    for stroke in strokes:
        placed = (np.array(stroke) - corner) * scale + start
        for x, y in placed:
            brush.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), fill=255)
        if len(placed) > 1:
            brush.line([(x, y) for x, y in placed], fill=255, width=max(round(pen), 1), joint="curve")
    return np.asarray(page, np.float32) / 255


def _paper(rulings: int, random: np.random.Generator) -> Gray:
    """An empty page, 0 to 1: slightly uneven, perhaps folded, perhaps with lines in one or two directions."""
    page = random.uniform(*PAPERS) * (1.02 - 0.04 * _patches(PAGE_SIDE, 6, random))
    if random.random() < FOLDED_SHARE:
        for _ in range(random.integers(1, 3)):
            across = _ramp(PAGE_SIDE, random)  # distance from a line through the middle
            across -= np.float32(random.uniform(-0.4, 0.4))
            crease = random.uniform(0.02, 0.08) * np.exp(-((across * PAGE_SIDE / random.uniform(3, 12)) ** 2))
            page *= 1 - crease - random.uniform(-0.04, 0.04) * (across > 0)
    if rulings:
        contrast, gap = random.uniform(*RULINGS), PAGE_SIDE * random.uniform(*GAPS)
        width = random.uniform(*LINE_WIDTHS)
        lines = np.zeros((PAGE_SIDE, PAGE_SIDE), np.float32)
        for _ in range(rulings):
            place = (np.arange(PAGE_SIDE, dtype=np.float32) - random.uniform(0, gap)) % gap - gap / 2
            lines = np.maximum(lines.T, np.clip(width / 2 + 0.5 - np.abs(place), 0, 1)[:, None])
        page *= 1 - contrast * lines
    return page.astype(np.float32)


def _tilted(page: Gray, random: np.random.Generator) -> Gray:
    """The page as a camera sees it: turned, in perspective, slightly blurred, in half the resolution."""
    angle = np.deg2rad(random.uniform(*TILTS))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    corners = np.array([[-1, -1], [-1, 1], [1, 1], [1, -1]]) * random.uniform(1 - PERSPECTIVE, 1 + PERSPECTIVE, (4, 2))
    seen = PAGE_SIDE / 2 * (1 + corners / ZOOM @ turn)
    size = (PHOTOGRAPH_SIDE, PHOTOGRAPH_SIDE)
    corner_list = [float(value) for value in seen.ravel()]
    image = _gray_image(page).transform(size, Image.Transform.QUAD, corner_list, Image.Resampling.BICUBIC)
    blurred = image.filter(ImageFilter.GaussianBlur(random.uniform(0.4, 1.3)))
    return np.asarray(blurred, np.float32) / 255


def _light(is_even: bool, random: np.random.Generator) -> Gray:
    """How bright the light is on each of the photograph's pixels."""
    if is_even:
        return np.full((PHOTOGRAPH_SIDE, PHOTOGRAPH_SIDE), random.uniform(0.6, 1), np.float32)
    light = random.uniform(0.65, 0.8) + random.uniform(0.35, 0.75) * _ramp(PHOTOGRAPH_SIDE, random)
    light *= 1 - random.uniform(0, 0.35) * _patches(PHOTOGRAPH_SIDE, 4, random)
    if random.random() < SHADOW_SHARE:
        beyond = _ramp(PHOTOGRAPH_SIDE, random) - random.uniform(-0.25, 0.25)
        light *= 1 - random.uniform(0.25, 0.55) / (1 + np.exp(-beyond / random.uniform(0.01, 0.06)))
    return np.asarray(np.clip(light, 0.12, 1.1), np.float32)


def _ramp(side: int, random: np.random.Generator) -> Gray:
    """A plane that rises in a random direction by 1 per side, and is 0 in the middle: (side, side)."""
    angle = random.uniform(0, 2 * np.pi)
    along = (np.arange(side, dtype=np.float32) + 0.5) / side - np.float32(0.5)
    return (np.float32(np.cos(angle)) * along + np.float32(np.sin(angle)) * along[:, None]).astype(np.float32)


def _patches(side: int, cells: int, random: np.random.Generator) -> Gray:
    """Smooth noise, 0 to 1, (side, side): random values in a grid of cells, interpolated."""
    grid = Image.fromarray(random.random((cells, cells), np.float32))
    return np.array(grid.resize((side, side), Image.Resampling.BICUBIC))


def _gray_image(tones: Gray) -> Image.Image:
    return Image.fromarray((np.clip(tones, 0, 1) * 255).astype(np.uint8))
