"""Negatives: images of what is not a digit, to train the non-digit detector on.

Letters and symbols are written from the templates in assets/data/negatives.json; scribbles are drawn at random; mixed
ones are two templates drawn over one another. MNIST's own digits, mirrored and rotated, are among them so that the
detector can't tell by the pen alone.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from model.data.styles import catmull_rom_matrix, draw_filling, load_styles, random_affine, vary, write_evenly
from model.paths import NEGATIVES
from model.preprocessing import preprocess

# How many images of each kind, about:
WRITTEN, MIXED, SCRIBBLES, TWISTED = 7_600, 300, 3_840, 1_000
ALIKE = 20  # mixed images of the same two templates

Curve = Callable[[int, int, torch.Generator], Tensor]  # count and points -> (count, points, 2)


def write_negatives(images: Tensor, labels: Tensor, generator: torch.Generator) -> Tensor:
    """Make about 12,700 negatives (N, 28, 28), uint8.

    Args:
        images, labels: training digits (M, 28, 28), uint8, and (M,), int64: some of them are mirrored and rotated.
        generator: of the random numbers.
    """
    written = write_evenly(load_styles(NEGATIVES), WRITTEN, generator)
    return torch.cat([written, _mixed(generator), _scribbles(generator), _twisted(images, labels)])


def _mixed(generator: torch.Generator) -> Tensor:
    """Two templates drawn over one another, `ALIKE` images of each pair."""
    styles = load_styles() + load_styles(NEGATIVES)
    images = []
    for pair in torch.randint(len(styles), (MIXED // ALIKE, 2), generator=generator).tolist():
        one, other = (vary(styles[index], 2, ALIKE, generator) for index in pair)
        shift = 30 * torch.randn(ALIKE, 1, 2, generator=generator)
        images.append(preprocess(draw_filling([*one, *(stroke + shift for stroke in other)], generator)))
    return torch.cat(images)


def _scribbles(generator: torch.Generator) -> Tensor:
    """Curves through random points, balls, zigzags and loops."""
    kinds: list[tuple[Curve, int, int]] = [
        (_random_points, points, strokes) for strokes in (1, 2, 3) for points in (3, 5, 8, 12)
    ]
    kinds += [(_ball, points, 1) for points in (8, 11, 14, 14, 17, 17, 20, 23)]
    kinds += [(curve, points, 1) for curve in (_zigzag, _loops) for points in (6, 8, 10, 14, 18)]
    alike = -(-SCRIBBLES // len(kinds))
    images = []
    for number, (curve, points, strokes) in enumerate(kinds):
        # Every other kind consists of straight lines.
        smooth = catmull_rom_matrix([(index, 0) for index in range(points)], detail=1 + number % 2)
        affine = random_affine(torch.randn(alike, 4, generator=generator))
        drawn = [smooth @ curve(alike, points, generator) @ affine for _ in range(strokes)]
        images.append(preprocess(draw_filling(drawn, generator)))
    return torch.cat(images)


def _random_points(count: int, points: int, generator: torch.Generator) -> Tensor:
    return 100 * torch.rand(count, points, 2, generator=generator)


def _ball(count: int, points: int, generator: torch.Generator) -> Tensor:
    def uniform(*shape: int) -> Tensor:
        return torch.rand(count, *shape, generator=generator)

    pace, inner = 0.6 + 1.8 * uniform(1), uniform(1)  # radians from point to point; how empty the middle is
    angles = (pace * (0.6 + 0.8 * uniform(points))).cumsum(dim=1)
    radii = 50 * (inner + (1 - inner) * uniform(points))
    return torch.stack([radii * angles.cos(), radii * angles.sin()], dim=2)


def _zigzag(count: int, points: int, generator: torch.Generator) -> Tensor:
    along = torch.linspace(0, 1, points).expand(count, points)
    across = (torch.arange(points) % 2).float().expand(count, points)
    length = 40 + 80 * torch.rand(count, 1, generator=generator)
    return _jittered_and_rotated(torch.stack([length * along, 80 * across], dim=2), 8.0, generator)


def _loops(count: int, points: int, generator: torch.Generator) -> Tensor:
    angles = torch.arange(points) * 2.0  # radians: about three points a loop
    along = torch.linspace(0, 1, points) * (40 + 100 * torch.rand(count, 1, generator=generator))
    loops = torch.stack([along + 20 * angles.cos(), (25 * angles.sin()).expand_as(along)], dim=2)
    return _jittered_and_rotated(loops, 4.0, generator)


def _jittered_and_rotated(points: Tensor, jitter: float, generator: torch.Generator) -> Tensor:
    """Points (N, P, 2), each shifted a little, and all of a drawing rotated by any angle."""
    angle = 6.2832 * torch.rand(len(points), generator=generator)
    matrix = torch.stack([angle.cos(), angle.sin(), -angle.sin(), angle.cos()], dim=1).view(-1, 2, 2)
    return (points + jitter * torch.randn(points.shape, generator=generator)) @ matrix


def _twisted(images: Tensor, labels: Tensor) -> Tensor:
    """Digits mirrored, turned on their sides and upside down, except where that makes another digit."""
    ways: list[tuple[Callable[[Tensor], Tensor], tuple[int, ...]]] = [
        (lambda x: x.flip(2), (3, 4, 6, 7, 9)),
        (lambda x: x.rot90(1, (1, 2)), (1, 2, 3, 4, 5, 6, 7, 9)),
        (lambda x: x.rot90(2, (1, 2)), (3, 4, 7)),
    ]
    each = TWISTED // sum(len(digits) for _, digits in ways)
    return torch.cat([twist(images[labels == digit][:each]) for twist, digits in ways for digit in digits])
