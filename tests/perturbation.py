"""The smallest change of an image that makes another digit win, as the page's engine finds it."""

from collections.abc import Callable

import torch
from torch import Tensor

from model.classifier import Classifier

RIVALS = 3  # the digits with the next highest logits are tried
STEPS = 30  # at most, until one of them wins
ROUNDS = 10  # at most, that make the change smaller
SETTLED = 0.999  # of a change's size: a round that leaves more of it is the last
BEYOND = 0.01  # how far beyond the tie of two logits a step aims
LENGTHS = (1.0, 1.05, 1.1, 1.2)  # that are tried of a change, until another digit wins
HALVINGS = 12  # when a number is sought between two others


def smallest_change(classifier: Classifier, image: Tensor) -> Tensor | None:
    """Change an image as little as possible so that its digit no longer has the highest logit.

    The network is linear around an image, so the nearest tie of two logits is known there. Steps lead from tie to tie
    until another digit wins (S.-M. Moosavi-Dezfooli et al., "DeepFool", 2016). Then, round by round, the change moves
    halfway to the smallest one that reaches the tie as it is seen from the changed image, and is cut where the digits
    change places. All tones stay within 0 to 255. No smaller change is known, though there may be one.

    Args:
        classifier: whose network decides.
        image: (28, 28), uint8.

    Returns:
        The changed image (28, 28), uint8; its distance from the image is an L2 norm over tones of 0 to 255. None if
        none was found.
    """
    mean, std, original = classifier.mean, classifier.std, image.flatten().double()  # (784)

    def logits(tones: Tensor) -> Tensor:
        scores: Tensor = classifier.network(((tones / 255 - mean) / std).float()[None])[0]
        return scores.double()

    winner, *others = logits(original).argsort(descending=True).tolist()

    def wins(change: Tensor) -> bool:
        return bool(logits(original + change).argmax() == winner)

    def tie(change: Tensor, digit: int) -> tuple[Tensor, float]:
        """What the winner's lead over a digit loses by each tone, and by how much it has to be lowered from nothing."""
        tones = (original + change).requires_grad_()
        scores = logits(tones)
        lead = scores[winner] - scores[digit]
        (gradient,) = torch.autograd.grad(lead, tones)
        return gradient, lead.item() - float(gradient @ change) + BEYOND

    def shortened(change: Tensor) -> Tensor | None:
        """A change cut, or lengthened, to where another digit just wins."""
        for length in LENGTHS:
            if not wins(length * change):
                return length * _lowest(lambda share: not wins(share * length * change)) * change  # noqa: B023
        return None

    best: Tensor | None = None
    for digit in others[:RIVALS]:
        change = torch.zeros_like(original)
        for _ in range(STEPS):
            gradient, by = tie(change, digit)
            step = _nearest_tie(original + change, gradient, by + float(gradient @ change))
            change = change + step
            if not wins(change):
                break
        cut = shortened(change)
        for _ in range(ROUNDS + 1):
            if cut is None:
                break
            found = cut
            if best is None or found.norm() < best.norm():
                best = found
            cut = shortened((found + _nearest_tie(original, *tie(found, digit))) / 2)
            if cut is not None and cut.norm() > SETTLED * found.norm():
                break
    if best is None:
        return None
    for percent in range(100, 120):
        whole = (original + percent / 100 * best).clamp(0, 255).add(0.5).floor()
        if not wins(whole - original):
            return whole.byte().view_as(image)
    return None


def _nearest_tie(tones: Tensor, gradient: Tensor, by: float) -> Tensor:
    """The smallest change along a gradient, within the tones' bounds, that lowers a linear function by so much."""

    def along(length: float) -> Tensor:
        return (-length * gradient).maximum(-tones).minimum(255 - tones)

    high = by / float(gradient @ gradient)
    for _ in range(HALVINGS):
        if float(-gradient @ along(high)) < by:
            high *= 2
    return along(high * _lowest(lambda share: float(-gradient @ along(share * high)) >= by))


def _lowest(holds: Callable[[float], bool]) -> float:
    """The lowest share, 0 to 1, from which on a condition holds that holds for 1."""
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
