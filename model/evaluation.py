"""How well a classifier reads, measured."""

from typing import Any

from model.classifier import Classifier
from model.mnist import Digits


def evaluate(classifier: Classifier, digits: Digits) -> dict[str, Any]:
    """Measure a classifier on MNIST's 10,000 test digits.

    Returns:
        recipe: how it was trained, in words.
        test_accuracy: share read correctly, 0 to 1.
        per_digit: the same for each digit, 0 to 9.
        confusion: ten rows (the digit) of ten counts (what it was read as).
    """
    readings = classifier.read_pictures(digits.test_images)
    confusion = [[0] * 10 for _ in range(10)]
    for label, reading in zip(digits.test_labels.tolist(), readings, strict=True):
        confusion[label][reading.digit] += 1
    right = [confusion[digit][digit] for digit in range(10)]
    return {
        "recipe": f"{classifier.recipe.name}: {classifier.recipe}",
        "test_accuracy": sum(right) / len(readings),
        "per_digit": [right[digit] / sum(confusion[digit]) for digit in range(10)],
        "confusion": confusion,
    }
