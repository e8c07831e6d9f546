"""Metrics, compared with their definitions."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from model.evaluation.metrics import accuracy, confusion_matrix

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
