"""Is it a digit at all? A second, small network beside the chapter's.

The chapter's network always names a digit, and its probabilities say little about a letter or a scribble. The guard has
seen both sides: digits, and what is none, written from the templates in assets/others.json (letters, symbols), drawn at
random (scribbles), mixed from the strokes of two things, and made of MNIST's own digits, mirrored and turned on their
sides, so that it can't go by the pen alone. It starts from what the chapter's network has learned.
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
from model.recipe import Recipe
from model.rounding import round_weights
from model.styles import STYLES, Style, draw_filling, forms, load_styles, smooth, vary, write, write_all_styles
from model.training import flat_optimiser, one_cycle

OTHERS = STYLES.with_name("others.json")

# Pictures to train on. The last of MNIST's training digits are kept to set the threshold by.
DIGITS_SHOWN, STYLES_SHOWN = 8_000, 2_500
OTHERS_SHOWN, MIXED_SHOWN, SCRIBBLES_SHOWN, TWISTED_SHOWN = 7_600, 300, 3_840, 1_000
STYLES_WRITTEN = 15_000  # as many as the network is shown, which are at hand
KEPT = 6  # one in so many

RECIPE = Recipe("guard", batch_size=128, epochs=6, learning_rate=3e-3)
DIGITS_COUNT = torch.tensor(4.0)  # the weight of a digit, beside a picture of anything else: there are fewer of them
REFUSED = 0.016  # share of real digits that may be called none


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


def train_guard(reader: MLP, data: Digits, seed: int = 0) -> Guard:
    """Train a guard: Adam, one cycle, binary cross-entropy. The same seed and machine give the same guard.

    Args:
        reader: a network that reads digits. The guard starts from its hidden layers: they know strokes already.
        data: digits.
        seed: of all that is drawn at random.
    """
    generator = torch.Generator().manual_seed(seed)
    kept = len(data.train_images) // KEPT
    shown = torch.randperm(len(data.train_images) - kept, generator=generator)[:DIGITS_SHOWN]
    styled, _ = write_all_styles(STYLES_WRITTEN, seed)
    styled = styled[torch.randperm(len(styled), generator=generator)[:STYLES_SHOWN]]
    no_digits = others(data, generator)
    pictures = torch.cat([data.train_images[shown], styled, no_digits])
    is_digit = (torch.arange(len(pictures)) < len(pictures) - len(no_digits)).float()

    network = MLP(hidden=reader.hidden1.out_features, outputs=1, seed=seed)
    network.hidden1.load_state_dict(reader.hidden1.state_dict())
    network.hidden2.load_state_dict(reader.hidden2.state_dict())
    optimiser = flat_optimiser(network, RECIPE)
    gradient = optimiser.param_groups[0]["params"][0].grad  # of all parameters at once
    done, steps = 0, RECIPE.epochs * -(-len(pictures) // RECIPE.batch_size)
    for _ in range(RECIPE.epochs):
        for part in torch.randperm(len(pictures), generator=generator).split(50 * RECIPE.batch_size):
            images = pictures[part]
            half = len(part) // 2  # distorting takes as long as learning, and half is enough against learning by heart
            images[:half] = distort(images[:half], 1.0, generator)
            shuffle = torch.randperm(len(part), generator=generator)  # neighbours were distorted alike
            inputs, answers = normalise(images[shuffle]), is_digit[part[shuffle]]
            for x, y in zip(inputs.split(RECIPE.batch_size), answers.split(RECIPE.batch_size), strict=True):
                optimiser.param_groups[0]["lr"] = RECIPE.learning_rate * one_cycle(done / steps)
                gradient.zero_()
                F.binary_cross_entropy_with_logits(network(x)[:, 0], y, pos_weight=DIGITS_COUNT).backward()
                optimiser.step()
                done += 1

    round_weights(network)  # it travels to every page, and reads as well in a quarter of the bytes
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
    kinds += [(_ball, points, 1) for points in (8, 11, 14, 14, 17, 17, 20, 23)]
    kinds += [(way, points, 1) for way in (_to_and_fro, _loops) for points in (6, 8, 10, 14, 18)]
    alike = -(-count // len(kinds))
    pictures = []
    for number, (way, points, strokes) in enumerate(kinds):
        curve = smooth([(index, 0) for index in range(points)], detail=1 + number % 2)  # every other in straight lines
        form = forms(torch.randn(alike, 4, generator=generator))
        drawn = [curve @ way(alike, points, generator) @ form for _ in range(strokes)]
        pictures.append(frame(draw_filling(drawn, generator)))
    return torch.cat(pictures)


def _anywhere(count: int, points: int, generator: torch.Generator) -> Tensor:
    return 100 * torch.rand(count, points, 2, generator=generator)


def _ball(count: int, points: int, generator: torch.Generator) -> Tensor:
    def even(*shape: int) -> Tensor:
        return torch.rand(count, *shape, generator=generator)

    pace, inner = 0.6 + 1.8 * even(1), even(1)  # radians from each point to the next, and how empty the middle is
    angles = (pace * (0.6 + 0.8 * even(points))).cumsum(dim=1)
    radii = 50 * (inner + (1 - inner) * even(points))
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
