"""How well classifiers predict, measured on the same images and shown side by side."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from torch import Tensor

from model.classifier import DIGIT, NOT_A_DIGIT, Classifier
from model.evaluation.metrics import accuracy, calibration_error, confusion_matrix
from model.network import DIGITS


def evaluate(
    classifier: Classifier, digits: Mapping[str, tuple[Tensor, Tensor]], negatives: Mapping[str, Tensor]
) -> dict[str, Any]:
    """Measure a classifier.

    Args:
        digits: by title, images (N, 28, 28), uint8, and their labels (N,).
        negatives: by title, images (N, 28, 28), uint8, of what is not a digit.

    Returns:
        recipe: its `name` and `description`.
        test_accuracy: as the classifier states it.
        digits: by title, `accuracy`, the share predicted correctly; `withheld`, the share of these whose verdict is
            "unsure" or "not a digit"; `calibration_error`; `per_digit`, the accuracy of each digit; `confusion`, ten
            rows (the digit) of ten counts (the prediction).
        negatives: by title, `rejected`, the share whose verdict is "not a digit".
    """
    return {
        "recipe": {"name": classifier.recipe.name, "description": str(classifier.recipe)},
        "test_accuracy": classifier.test_accuracy,
        "digits": {title: _measure(classifier, *labeled) for title, labeled in digits.items()},
        "negatives": {title: {"rejected": _rejected(classifier, images)} for title, images in negatives.items()},
    }


def _measure(classifier: Classifier, images: Tensor, labels: Tensor) -> dict[str, Any]:
    logits = classifier.logits(images)
    confusion = confusion_matrix(logits, labels)
    pairs = zip(classifier.predict_images(images), labels.tolist(), strict=True)
    verdicts = [prediction.verdict for prediction, label in pairs if prediction.digit == label]
    return {
        "accuracy": accuracy(logits, labels),
        "withheld": 1 - verdicts.count(DIGIT) / max(len(verdicts), 1),
        "calibration_error": calibration_error(logits, labels),
        "per_digit": (confusion.diagonal() / confusion.sum(dim=1).clamp(min=1)).tolist(),
        "confusion": confusion.tolist(),
    }


def _rejected(classifier: Classifier, images: Tensor) -> float:
    verdicts = [prediction.verdict for prediction in classifier.predict_images(images)]
    return verdicts.count(NOT_A_DIGIT) / max(len(verdicts), 1)


def table(results: Sequence[dict[str, Any]]) -> str:
    """Results of `evaluate` side by side, for people: shares in percent, then by digit, then the confusion matrices."""
    return "\n".join(_lines(results))


def _lines(results: Sequence[dict[str, Any]]) -> Iterator[str]:
    names = [result["recipe"]["name"] for result in results]
    titles = list(results[0]["digits"])
    headings = {
        "accuracy": "correct",
        "withheld": "of these unsure or rejected",
        "calibration_error": "calibration error",
    }
    for key, heading in headings.items():
        yield _row(heading, names)
        for title in titles:
            yield _row(f"    {title}", [result["digits"][title][key] for result in results])
    if results[0]["negatives"]:
        yield _row("rejected as not a digit", names)
        for title in results[0]["negatives"]:
            yield _row(f"    {title}", [result["negatives"][title]["rejected"] for result in results])
    for title in titles:
        yield ""
        yield _row(f"{title}, by digit", names)
        for digit in range(DIGITS):
            yield _row(f"    {digit}", [result["digits"][title]["per_digit"][digit] for result in results])
        for name, result in zip(names, results, strict=True):
            yield ""
            yield f"{title}, {name}: a row for each digit, a column for each prediction"
            for row in result["digits"][title]["confusion"]:
                yield "    " + "".join(f"{count:6}" for count in row)


def _row(title: str, cells: Sequence[str | float]) -> str:
    return f"{title:<44}" + "".join(f"  {cell if isinstance(cell, str) else f'{cell:.2%}':>18}" for cell in cells)
