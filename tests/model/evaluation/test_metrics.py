"""Metrics, compared with their definitions."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from model.evaluation.metrics import accuracy, calibration_error, confusion_matrix

property_test = settings(max_examples=50, deadline=None, derandomize=True)


@st.composite
def scored(draw, least: int = 0):
    """Logits (N, 10) and labels (N,), with ties."""
    count, seed = draw(st.integers(least, 40)), draw(st.integers(0, 2**32))
    generator = torch.Generator().manual_seed(seed)
    logits = draw(st.sampled_from([0.5, 3.0, 60.0])) * torch.randn(count, 10, generator=generator)
    return logits.round(decimals=draw(st.sampled_from([0, 3]))), torch.randint(10, (count,), generator=generator)


@property_test
@given(scored())
def test_accuracy_and_confusion_matrix_count_predictions(some):
    logits, labels = some
    pairs = list(zip(labels.tolist(), logits.argmax(dim=1).tolist(), strict=True))
    matrix = confusion_matrix(logits, labels)
    assert matrix.tolist() == [[pairs.count((label, digit)) for digit in range(10)] for label in range(10)]
    assert accuracy(logits, labels) == sum(label == digit for label, digit in pairs) / max(len(pairs), 1)


@property_test
@given(scored(least=1))
def test_calibration_error_is_the_mean_gap_between_confidence_and_accuracy(some):
    logits, labels = some
    bins: dict[int, list[float]] = {}
    for row, label in zip(F.softmax(logits, dim=1), labels.tolist(), strict=True):
        confidence, digit = row.max(dim=0)
        place = min(int(confidence * 15), 14)
        bins.setdefault(place, []).append(confidence.item() - (digit.item() == label))
    expected = sum(abs(sum(gaps)) for gaps in bins.values()) / len(labels)
    assert calibration_error(logits, labels) == pytest.approx(expected, abs=1e-5)
