"""A trained network with all that reading needs: ink in, a reading out."""

import hashlib
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.nn import functional as F

from model.framing import ALL_STEPS, Steps, frame
from model.guard import Guard
from model.network import DIGITS, MEAN, MLP, STD, normalise
from model.recipe import Recipe
from model.snapshots import Snapshot

BLANK = "blank"
DIGIT = "digit"
UNSURE = "unsure"
NOT_A_DIGIT = "not a digit"
SURE_FROM = 0.6  # the likeliest digit's probability: below it, a reading is a guess


@dataclass(frozen=True)
class Reading:
    """What the network made of one drawing.

    Attributes:
        verdict: BLANK, where there is no ink; NOT_A_DIGIT, where the guard takes it for something else; UNSURE, where
            no digit is probable enough; otherwise DIGIT.
        digit: the most probable one, 0 to 9, whatever the verdict; None for a blank.
        probabilities: ten, 0 to 1, in the order of the digits; their sum is 1. For a blank, which no network is
            asked about, ten zeros.
    """

    verdict: str
    digit: int | None
    probabilities: list[float]

    def as_dict(self) -> dict[str, str | int | list[float] | None]:
        """The reading as JSON has it, for API and command line."""
        return {"digit": self.digit, "probabilities": self.probabilities, "verdict": self.verdict}


@dataclass(frozen=True)
class Classifier:
    """A network, the normalisation it was trained with, and how it came to be.

    Attributes:
        network: trained.
        recipe: what it was trained by.
        test_accuracy: share of MNIST's 10,000 test digits read correctly, 0 to 1.
        mean, std: of the training pixels, on the scale of 0 to 1.
        made: when and with what, in words by keyword ("date", "torch", ...).
        guard: says what is no digit at all; where there is none, everything with ink in it is a digit.
        snapshots: of the network at moments of its training, in order; none where they were not taken.
    """

    network: MLP
    recipe: Recipe
    test_accuracy: float
    mean: float = MEAN
    std: float = STD
    made: dict[str, str] = field(default_factory=dict)
    guard: Guard | None = None
    snapshots: tuple[Snapshot, ...] = ()

    @property
    def day(self) -> str:
        """When it was trained, as YYYY-MM-DD, or "an unknown day"."""
        return self.made["date"][:10] if "date" in self.made else "an unknown day"

    def read(self, ink: Tensor, steps: Steps = ALL_STEPS) -> list[Reading]:
        """Read drawings (N, H, W), uint8: 0 is paper, 255 the darkest ink; framed by all steps or by some of them."""
        return self.read_pictures(frame(ink, steps))

    def read_pictures(self, pictures: Tensor) -> list[Reading]:
        """Read framed pictures (N, 28, 28), uint8."""
        inputs = normalise(pictures, self.mean, self.std)
        with torch.inference_mode():
            probabilities = F.softmax(self.network(inputs), dim=1)  # (N, 10)
        inked = pictures.amax(dim=(1, 2)) > 0
        refused = self.guard.refuses(inputs) if self.guard else torch.zeros_like(inked)
        return [
            _reading(row, is_refused) if has_ink else Reading(BLANK, None, [0.0] * DIGITS)
            for has_ink, is_refused, row in zip(inked.tolist(), refused.tolist(), probabilities.tolist(), strict=True)
        ]

    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits that tell this classifier from any other."""
        whole = hashlib.sha256(repr((self.mean, self.std, self.guard and self.guard.threshold)).encode())
        for network in [self.network] + ([self.guard.network] if self.guard else []):
            whole.update(network.flat_parameters().numpy().tobytes())
        return whole.hexdigest()[:16]


def _reading(probabilities: list[float], refused: bool) -> Reading:
    digit = max(range(DIGITS), key=probabilities.__getitem__)
    verdict = NOT_A_DIGIT if refused else DIGIT if probabilities[digit] >= SURE_FROM else UNSURE
    return Reading(verdict, digit, probabilities)
