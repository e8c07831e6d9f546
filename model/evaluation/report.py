"""How well classifiers predict, measured on the same images and shown side by side."""

from collections.abc import Iterator, Sequence
from typing import Any

from torch import Tensor

from model.classifier import NOT_A_DIGIT, Classifier
from model.evaluation.datasets import EXACT, TITLES, DataSet
from model.evaluation.metrics import accuracy, calibration_error, confusion_matrix
from model.evaluation.rejection import evaluate_rejection
from model.network import DIGITS


def evaluate(
    classifier: Classifier,
    data_sets: dict[str, DataSet],
    negatives: dict[str, Tensor],
    photographs: dict[str, DataSet] | None = None,
) -> dict[str, Any]:
    """Measure a classifier on data sets of digits, and on images (N, 28, 28), uint8, of what is not a digit, by kind.

    Photographs of digits are measured by kind, too, if there are any.

    Returns:
        recipe: its `name` and `description`.
        test_accuracy: share of MNIST's test digits predicted correctly, 0 to 1.
        for each of the data sets: `accuracy`, the share predicted correctly; the same `per_digit`, 0 to 9;
            `confusion`, ten rows (the digit) of ten counts (the prediction); `preprocessing`, the accuracy by each
            preprocessing; and `calibration_error`.
        rejection: as of evaluate_rejection, with the pen strokes for digits if there are any, otherwise MNIST through
            the canvas; None if the classifier has no detector.
        photographs: if there are any: by kind, `accuracy`, and the share of those predicted correctly that are
            `rejected` as not a digit; empty images count as wrong.
    """
    results = {key: _measure(classifier, data_set) for key, data_set in data_sets.items()}
    digits = data_sets.get("pen_strokes", data_sets["canvas"]).images
    return {
        "recipe": {"name": classifier.recipe.name, "description": str(classifier.recipe)},
        "test_accuracy": results["mnist"]["accuracy"],
        **results,
        "rejection": evaluate_rejection(classifier.detector, digits, negatives) if classifier.detector else None,
        **({"photographs": _measure_photographs(classifier, photographs)} if photographs else {}),
    }


def _measure(classifier: Classifier, data_set: DataSet) -> dict[str, Any]:
    labels = data_set.labels
    logits = {name: classifier.logits(images) for name, images in data_set.by_preprocessing.items()}
    accuracies = {name: accuracy(rows, labels) for name, rows in logits.items()}
    confusion = confusion_matrix(logits[EXACT], labels)
    return {
        "accuracy": accuracies[EXACT],
        "per_digit": (confusion.diagonal() / confusion.sum(dim=1).clamp(min=1)).tolist(),
        "confusion": confusion.tolist(),
        "calibration_error": calibration_error(logits[EXACT], labels),
        "preprocessing": accuracies,
    }


def _measure_photographs(classifier: Classifier, photographs: dict[str, DataSet]) -> dict[str, Any]:
    figures = {}
    for kind, data_set in photographs.items():
        predictions = classifier.predict_images(data_set.images)
        verdicts = [
            prediction.verdict
            for prediction, label in zip(predictions, data_set.labels.tolist(), strict=True)
            if prediction.digit == label
        ]
        figures[kind] = {
            "accuracy": len(verdicts) / max(len(predictions), 1),
            "rejected": verdicts.count(NOT_A_DIGIT) / max(len(verdicts), 1),
        }
    return figures


def table(results: Sequence[dict[str, Any]]) -> str:
    """Results of `evaluate` side by side, for people: shares in percent, then by digit, then the confusion matrices."""
    return "\n".join(_lines(results))


def _lines(results: Sequence[dict[str, Any]]) -> Iterator[str]:
    names = [result["recipe"]["name"] for result in results]
    measured = {key: title for key, title in TITLES.items() if key in results[0]}

    yield _row("correct, %", names)
    for key, title in TITLES.items():
        if key not in measured:
            yield f"{title}: skipped, as they are not on this machine"
            continue
        for way in results[0][key]["preprocessing"]:
            cells = [result[key]["preprocessing"][way] for result in results]
            yield _row(title if way == EXACT else f"    {way}", cells)

    if "photographs" in results[0]:
        yield ""
        yield _row("photographs of pen strokes, correct, %", names)
        for kind in results[0]["photographs"]:
            figures = [result["photographs"][kind] for result in results]
            yield _row(kind.replace("_", ", "), [figure["accuracy"] for figure in figures])
            yield _row("    of these rejected", [figure["rejected"] for figure in figures])

    yield ""
    yield _row("calibration error", names)
    for key, title in measured.items():
        yield _row(title, [result[key]["calibration_error"] for result in results])

    with_detector = [result for result in results if result["rejection"]]
    rejections = [result["rejection"] for result in with_detector]
    if rejections:
        yield ""
        yield _row("rejected as not a digit", [result["recipe"]["name"] for result in with_detector])
        yield _row("digits", [rejection["digits"] for rejection in rejections])
        for kind in rejections[0]["negatives"]:
            yield _row(kind, [rejection["negatives"][kind]["rejected"] for rejection in rejections])
            yield _row("    AUROC", [f"{rejection['negatives'][kind]['auroc']:.3f}" for rejection in rejections])

    for key, title in measured.items():
        yield ""
        yield _row(f"{title}, by digit", names)
        for digit in range(DIGITS):
            yield _row(f"    {digit}", [result[key]["per_digit"][digit] for result in results])
        for name, result in zip(names, results, strict=True):
            yield ""
            yield f"{title}, {name}: a row for each digit, a column for each prediction"
            for row in result[key]["confusion"]:
                yield "    " + "".join(f"{count:6}" for count in row)


def _row(title: str, cells: Sequence[str | float]) -> str:
    return f"{title:<36}" + "".join(f"  {cell if isinstance(cell, str) else f'{cell:.2%}':>18}" for cell in cells)
