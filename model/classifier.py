"""A trained network with everything that inference needs: ink in, predictions out."""

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional as F

from model.detector import Detector
from model.network import DIGITS, MEAN, MLP, STD, image_logits
from model.preprocessing import ALL_STEPS, Steps, preprocess

if TYPE_CHECKING:  # prediction needs nothing of a training
    from model.training.recipe import Recipe
    from model.training.snapshots import Snapshot

BLANK = "blank"
DIGIT = "digit"
UNSURE = "unsure"
NOT_A_DIGIT = "not a digit"
CONFIDENCE_THRESHOLD = 0.5  # probability; below it, a prediction is UNSURE


@dataclass(frozen=True)
class Prediction:
    """A classifier's answer to one drawing.

    Attributes:
        verdict: BLANK if there is no ink; NOT_A_DIGIT if the detector rejects it; UNSURE if no digit is probable
            enough; otherwise DIGIT.
        digit: the most probable one, 0 to 9, whatever the verdict; None for a blank.
        probabilities: ten, 0 to 1, in the order of the digits; their sum is 1. For a blank, ten zeros.
    """

    verdict: str
    digit: int | None
    probabilities: list[float]

    def as_dict(self) -> dict[str, str | int | list[float] | None]:
        """The prediction as JSON, for the API and the command line."""
        return {"digit": self.digit, "probabilities": self.probabilities, "verdict": self.verdict}


@dataclass(frozen=True)
class Classifier:
    """A trained network, the normalization it was trained with, and how it was made.

    Attributes:
        network: trained.
        recipe: of its training.
        test_accuracy: share of MNIST's 10,000 test digits predicted correctly, 0 to 1.
        mean, std: of the training pixels, on the scale of 0 to 1.
        provenance: when and with what it was trained, as text by keyword ("date", "torch", ...).
        detector: rejects what is not a digit; without one, every drawing with ink in it counts as a digit.
        snapshots: of the network during its training, in order; may be empty.
    """

    network: MLP
    recipe: "Recipe"
    test_accuracy: float
    mean: float = MEAN
    std: float = STD
    provenance: dict[str, str] = field(default_factory=dict)
    detector: Detector | None = None
    snapshots: "tuple[Snapshot, ...]" = ()

    @property
    def trained_on(self) -> str:
        """The day of its training, as YYYY-MM-DD, or "an unknown day"."""
        return self.provenance["date"][:10] if "date" in self.provenance else "an unknown day"

    def logits(self, images: Tensor) -> Tensor:
        """The logits (N, 10) for preprocessed images (N, 28, 28), uint8."""
        return image_logits(self.network, images, self.mean, self.std)

    def predict(self, ink: Tensor, steps: Steps = ALL_STEPS) -> list[Prediction]:
        """Predict drawings (N, H, W), uint8: 0 is background, 255 the darkest ink."""
        return self.predict_images(preprocess(ink, steps))

    def predict_images(self, images: Tensor) -> list[Prediction]:
        """Predict preprocessed images (N, 28, 28), uint8."""
        probabilities = F.softmax(self.logits(images), dim=1)  # (N, 10)
        digits = probabilities.argmax(dim=1)  # (N,)
        is_blank = images.amax(dim=(1, 2)) == 0
        is_rejected = self.detector.rejects(images) if self.detector else torch.zeros_like(is_blank)
        columns = (is_blank, is_rejected, digits, probabilities)
        return [_prediction(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]

    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits that identify this classifier by its numbers."""
        threshold = self.detector.threshold if self.detector else None
        digest = hashlib.sha256(repr((self.mean, self.std, threshold)).encode())
        for network in [self.network] + ([self.detector.network] if self.detector else []):
            digest.update(network.flat_parameters().numpy().tobytes())
        return digest.hexdigest()[:16]


def _prediction(is_blank: bool, is_rejected: bool, digit: int, probabilities: list[float]) -> Prediction:
    if is_blank:
        return Prediction(BLANK, None, [0.0] * DIGITS)
    if is_rejected:
        return Prediction(NOT_A_DIGIT, digit, probabilities)
    return Prediction(DIGIT if probabilities[digit] >= CONFIDENCE_THRESHOLD else UNSURE, digit, probabilities)
