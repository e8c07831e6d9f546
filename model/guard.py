"""Is it a digit at all? A second, small network beside the chapter's.

The chapter's network always names a digit, and its probabilities say little about a letter or a scribble. The guard has
seen both sides: digits, and what is none, written from the templates in assets/others.json (letters, symbols), drawn at
random (scribbles), mixed from the strokes of two things, and made of MNIST's own digits, mirrored and turned on their
sides, so that it can't go by the pen alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from model.augmentation import distort
from model.framing import frame
from model.mnist import Digits
from model.network import MLP, normalise
from model.styles import STYLES, Style, draw_filling, load_styles, smooth, vary, write, write_styles

OTHERS = STYLES.with_name("others.json")
HIDDEN = 64  # of both layers, as the chapter's

# Pictures to train on. The last of MNIST's training digits are kept to set the threshold by.
DIGITS_SHOWN, STYLES_SHOWN = 10_000, 6_000
OTHERS_SHOWN, MIXED_SHOWN, SCRIBBLES_SHOWN, TWISTED_SHOWN = 16_000, 1_000, 6_000, 2_400
KEPT = 6  # one in so many

EPOCHS, BATCH_SIZE, LEARNING_RATE = 7, 128, 5e-3
REFUSED = 0.015  # share of real digits that may be called none


@dataclass(frozen=True)
class Guard:
    """A trained guard.

    Attributes:
        network: of one logit: the higher, the more like a digit.
        threshold: below it, a drawing is called no digit.
    """

    network: MLP
    threshold: float

    def logits(self, inputs: Tensor) -> Tensor:
        """How much normalised pictures (N, 1, 28, 28) are like digits: (N,)."""
        with torch.inference_mode():
            return self.network(inputs)[:, 0]

    def refuses(self, inputs: Tensor) -> Tensor:
        """Which of the normalised pictures (N, 1, 28, 28) are no digits: (N,), bool."""
        return self.logits(inputs) < self.threshold


def train_guard(data: Digits, seed: int = 0) -> Guard:
    """Train a guard: Adam, one cycle, binary cross-entropy. The same seed and machine give the same guard."""
    generator = torch.Generator().manual_seed(seed)
    kept = len(data.train_images) // KEPT
    shown = torch.randperm(len(data.train_images) - kept, generator=generator)[:DIGITS_SHOWN]
    styled, _ = write_styles(load_styles(), STYLES_SHOWN, seed)
    no_digits = others(data, generator)
    pictures = torch.cat([data.train_images[shown], styled, no_digits])
    is_digit = (torch.arange(len(pictures)) < len(pictures) - len(no_digits)).float()

    network = MLP(HIDDEN, outputs=1, seed=seed)
    steps = EPOCHS * -(-len(pictures) // BATCH_SIZE)
    optimiser = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, LEARNING_RATE, steps, cycle_momentum=False)
    for _ in range(EPOCHS):
        for part in torch.randperm(len(pictures), generator=generator).split(50 * BATCH_SIZE):
            distorted = distort(pictures[part], 1.0, generator)
            shuffle = torch.randperm(len(part), generator=generator)  # neighbours were distorted alike
            inputs, answers = normalise(distorted[shuffle]), is_digit[part[shuffle]]
            for x, y in zip(inputs.split(BATCH_SIZE), answers.split(BATCH_SIZE), strict=True):
                optimiser.zero_grad()
                F.binary_cross_entropy_with_logits(network(x)[:, 0], y).backward()
                optimiser.step()
                schedule.step()

    guard = Guard(network, 0.0)
    of_digits = guard.logits(normalise(data.train_images[-kept:]))
    return Guard(network, of_digits.quantile(REFUSED).item())


def others(data: Digits, generator: torch.Generator) -> Tensor:
    """Pictures (N, 28, 28), uint8, of what is no digit."""
    return torch.cat(
        [
            write_all(load_styles(OTHERS), OTHERS_SHOWN, generator),
            _mixed(MIXED_SHOWN, generator),
            _scribbles(SCRIBBLES_SHOWN, generator),
            _twisted(data, TWISTED_SHOWN),
        ]
    )


def write_all(styles: Sequence[Style], count: int, generator: torch.Generator) -> Tensor:
    """Write about `count` pictures, each style as often as any other: (N, 28, 28), uint8."""
    return torch.cat([frame(write(style, -(-count // len(styles)), generator)) for style in styles])


def _mixed(count: int, generator: torch.Generator, alike: int = 20) -> Tensor:
    """Two things written over one another."""
    styles = load_styles() + load_styles(OTHERS)
    pictures = []
    for pair in torch.randint(len(styles), (count // alike, 2), generator=generator).tolist():
        one, other = (vary(styles[index], 2, alike, generator) for index in pair)
        aside = 30 * torch.randn(alike, 1, 2, generator=generator)
        pictures.append(frame(draw_filling([*one, *(stroke + aside for stroke in other)], generator)))
    return torch.cat(pictures)


def _scribbles(count: int, generator: torch.Generator) -> Tensor:
    """Curves through points anywhere, to and fro, in loops, in a ball."""
    kinds = [(_anywhere, points, strokes) for strokes in (1, 2, 3) for points in (3, 5, 8, 12)]
    kinds += [(_ball, points, 1) for points in (9, 12, 15, 18, 21, 24)]
    kinds += [(way, points, 1) for way in (_to_and_fro, _loops) for points in (6, 8, 10, 14, 18)]
    alike = -(-count // len(kinds))
    pictures = []
    for way, points, strokes in kinds:
        curve = smooth([(index, 0) for index in range(points)], detail=2)
        drawn = [curve @ way(alike, points, generator) for _ in range(strokes)]
        pictures.append(frame(draw_filling(drawn, generator)))
    return torch.cat(pictures)


def _anywhere(count: int, points: int, generator: torch.Generator) -> Tensor:
    return 100 * torch.rand(count, points, 2, generator=generator)


def _ball(count: int, points: int, generator: torch.Generator) -> Tensor:
    turns = torch.rand(count, points, generator=generator) * 2.5 + 0.8  # radians from each point to the next
    angles, radii = turns.cumsum(dim=1), 25 + 25 * torch.rand(count, points, generator=generator)
    return torch.stack([radii * angles.cos(), radii * angles.sin()], dim=2)


def _to_and_fro(count: int, points: int, generator: torch.Generator) -> Tensor:
    on = torch.linspace(0, 1, points).expand(count, points)
    across = (torch.arange(points) % 2).float().expand(count, points)
    length = 40 + 80 * torch.rand(count, 1, generator=generator)
    return _turned(torch.stack([length * on, 80 * across], dim=2), 8.0, generator)


def _loops(count: int, points: int, generator: torch.Generator) -> Tensor:
    angles = torch.arange(points) * 2.0  # radians: some three points a loop
    on = torch.linspace(0, 1, points) * (40 + 100 * torch.rand(count, 1, generator=generator))
    return _turned(torch.stack([on + 20 * angles.cos(), (25 * angles.sin()).expand_as(on)], dim=2), 4.0, generator)


def _turned(points: Tensor, aside: float, generator: torch.Generator) -> Tensor:
    """Points (N, P, 2), each a little aside, and all turned any way."""
    turn = 6.2832 * torch.rand(len(points), generator=generator)
    matrix = torch.stack([turn.cos(), turn.sin(), -turn.sin(), turn.cos()], dim=1).view(-1, 2, 2)
    return (points + aside * torch.randn(points.shape, generator=generator)) @ matrix


def _twisted(data: Digits, count: int) -> Tensor:
    """MNIST's digits mirrored, on their sides and on their heads, where that makes no other digit."""
    part = count // 16
    ways = [(digit, lambda x: x.flip(2)) for digit in (3, 4, 6, 7, 9)]
    ways += [(digit, lambda x: x.rot90(1, (1, 2))) for digit in (1, 2, 3, 4, 5, 6, 7, 9)]
    ways += [(digit, lambda x: x.rot90(2, (1, 2))) for digit in (3, 4, 7)]
    kept = len(data.train_images) // KEPT
    images, labels = data.train_images[:-kept], data.train_labels[:-kept]
    return torch.cat([twist(images[labels == digit][:part]) for digit, twist in ways])
