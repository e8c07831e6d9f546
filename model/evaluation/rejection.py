"""How well a classifier's non-digit detector tells digits from anything else."""

from typing import Any

from torch import Tensor

from model.detector import Detector
from model.evaluation.metrics import auroc


def evaluate_rejection(detector: Detector, digits: Tensor, negatives: dict[str, Tensor]) -> dict[str, Any]:
    """Measure a detector on images (N, 28, 28), uint8: digits that it should accept, negatives that it should reject.

    Returns:
        digits: share of the digits that are rejected; lower is better.
        negatives: by kind, the share `rejected`, and how well the detector's logit ranks them below the digits,
            `auroc`; higher is better.
    """
    logits = detector.logits(digits)
    return {
        "digits": _rejected(detector, digits),
        "negatives": {
            kind: {"rejected": _rejected(detector, images), "auroc": auroc(logits, detector.logits(images))}
            for kind, images in negatives.items()
        },
    }


def _rejected(detector: Detector, images: Tensor) -> float:
    return detector.rejects(images).float().mean().item()
