"""Metrics of classification, from logits and labels alone."""

import torch
from torch import Tensor
from torch.nn import functional as F

from model.network import DIGITS


def accuracy(logits: Tensor, labels: Tensor) -> float:
    """Share, 0 to 1, of the rows of logits (N, 10) with the highest one at their label (N,); 0 if there are none."""
    return int((logits.argmax(dim=1) == labels).sum()) / max(len(labels), 1)


def confusion_matrix(logits: Tensor, labels: Tensor) -> Tensor:
    """How often each digit (rows) is predicted as each (columns): (10, 10), int64, from logits (N, 10), labels (N,)."""
    pairs = DIGITS * labels + logits.argmax(dim=1)
    return torch.bincount(pairs, minlength=DIGITS * DIGITS).view(DIGITS, DIGITS)


def calibration_error(logits: Tensor, labels: Tensor, bins: int = 15) -> float:
    """Expected calibration error, 0 to 1, in bins of equal width (C. Guo et al., ICML 2017).

    By how much the probability of the predicted digit misses the share of correct predictions, on average.
    """
    confidence, predicted = F.softmax(logits, dim=1).max(dim=1)
    place = (confidence * bins).long().clamp(max=bins - 1)
    surplus = confidence - (predicted == labels).float()
    return (torch.zeros(bins).index_add(0, place, surplus).abs().sum() / len(labels)).item()
