"""The non-digit detector: a second, small network that says whether a drawing is a digit at all.

The digit network always names a digit, and its probabilities say little about a letter or a scribble. The detector is
trained on both: digits, and what is none (training/detector.py, data/strokes.py).
"""

from dataclasses import dataclass

from torch import Tensor

from model.network import MEAN, MLP, STD, image_logits


@dataclass(frozen=True)
class Detector:
    """A trained non-digit detector.

    Attributes:
        network: of one logit: the higher, the more like a digit.
        threshold: drawings with a lower logit are rejected.
        mean, std: of the normalization that it was trained with.
    """

    network: MLP
    threshold: float
    mean: float = MEAN
    std: float = STD

    def logits(self, images: Tensor) -> Tensor:
        """How much images (N, 28, 28), uint8, are like digits: (N,)."""
        return image_logits(self.network, images, self.mean, self.std)[:, 0]

    def rejects(self, images: Tensor) -> Tensor:
        """Which of the images (N, 28, 28), uint8, are not digits: (N,), bool."""
        return self.logits(images) < self.threshold
