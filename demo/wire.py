"""Everything that goes to the page, as JSON: classifiers, snapshots, jobs and their results."""

import base64
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from demo.jobs.job import DIVERGING, Job, JobState, TrainResult
from model.classifier import CONFIDENCE_THRESHOLD, Classifier
from model.network import MLP
from model.pipeline import LoadedClassifier
from model.quantization import LARGEST, QuantizedLayer
from model.training.finetuning import FineTuned
from model.training.recipe import Recipe
from model.training.script import training_script
from model.training.snapshots import Snapshot

OWN = "Yours alone, in this tab"  # the origin of a visitor's own network
LOST = "The server does not know this training: the server was restarted, or the page was away too long. Train again."


def describe_loaded(loaded: LoadedClassifier) -> dict[str, Any]:
    """A classifier as the page's engine takes it, with its provenance."""
    classifier = loaded.classifier
    return describe_classifier(classifier) | {
        "name": classifier.recipe.name,
        "recipe": str(classifier.recipe),
        "testAccuracy": classifier.test_accuracy,
        "steps": classifier.snapshots[-1].step if classifier.snapshots else None,
        "batchSize": classifier.recipe.batch_size,
        "deadNeurons": classifier.dead_neurons,
        "origin": loaded.origin,
        "shaping": _describe_shaping(classifier.snapshots),
    }


def describe_classifier(classifier: Classifier) -> dict[str, Any]:
    """A classifier as the page's engine takes it: networks, normalization, thresholds and fingerprint."""
    detector = classifier.detector
    return {
        "network": _describe_network(classifier.network),
        "detector": detector and {"network": _describe_network(detector.network), "threshold": detector.threshold},
        "confidenceThreshold": CONFIDENCE_THRESHOLD,
        "mean": classifier.mean,
        "std": classifier.std,
        "fingerprint": classifier.fingerprint(),
    }


def describe_snapshot(snapshot: Snapshot) -> dict[str, Any]:
    """A snapshot of the training: its figures, and its quantized network."""
    return {
        "step": snapshot.step,
        "epoch": snapshot.epoch,
        "loss": snapshot.loss,
        "accuracy": snapshot.test_accuracy,
        "network": _describe_layers(snapshot.layers),
    }


def describe_settings(recipe: Recipe) -> str:
    """All that makes a run what it is, in words."""
    return f"{recipe}, seed {recipe.seed}"


def describe_job(job: Job, place: int, wait: float) -> dict[str, Any]:
    """How a job stands, the whole of it.

    Args:
        job: any.
        place: in the queue; 1 is next, and 0 means that it is not waiting.
        wait: about how many seconds it waits.
    """
    return {
        "state": job.state,
        "message": DIVERGING if job.curve.is_diverging and not job.is_over else job.message,
        "place": place,
        "wait": wait,
        "share": job.share,
        "points": job.curve.points,
        "validation": list(job.curve.validation),
        "secondsLeft": job.curve.seconds_left,
        "settings": describe_settings(job.recipe),
        "epochs": job.recipe.epochs,
        "hasResult": job.result is not None,
    }


def describe_lost_job() -> dict[str, Any]:
    """What is said of a job that the server does not know."""
    return {"state": JobState.LOST, "message": LOST}


def describe_train_result(result: TrainResult) -> dict[str, Any]:
    """What came of a training: the network with its provenance, its confusion matrix, and its worst mistakes."""
    mistakes = result.mistakes
    rows = zip(
        mistakes.images,
        mistakes.labels.tolist(),
        mistakes.predicted.tolist(),
        mistakes.probabilities.tolist(),
        strict=True,
    )
    return {
        "network": describe_loaded(LoadedClassifier(result.classifier, OWN)),
        "script": training_script(result.classifier.recipe),
        "confusion": result.confusion.tolist(),
        "mistakes": [
            {
                "image": encode_image(image),
                "label": label,
                "predicted": predicted,
                "probability": probabilities[predicted],
                "labelProbability": probabilities[label],
            }
            for image, label, predicted, probabilities in rows
        ],
    }


def encode_image(image: Tensor) -> str:
    """An image (28, 28), uint8, as base64 of its tones."""
    return base64.b64encode(image.numpy().tobytes()).decode()


def describe_fine_tuned(tuned: FineTuned) -> dict[str, Any]:
    """What came of a fine-tuning: the network with its provenance, and the predictions before and after."""
    return {
        "network": describe_loaded(LoadedClassifier(tuned.classifier, OWN)),
        "before": tuned.before.tolist(),
        "after": tuned.after.tolist(),
        "outOfFold": tuned.out_of_fold.tolist(),
        "mnistBefore": tuned.mnist_before.tolist(),
        "mnistAfter": tuned.mnist_after.tolist(),
    }


def _describe_shaping(snapshots: Sequence[Snapshot]) -> dict[str, Any]:
    """How a training went, at a glance: steps with their losses, and the neuron of the largest weights at four."""
    if not snapshots:
        return {"losses": [], "weights": []}
    largest = snapshots[-1].layers[0].dequantized_weights().norm(dim=1).argmax()
    four = [snapshots[i * (len(snapshots) - 1) // 3].layers[0].dequantized_weights()[largest] for i in range(4)]
    scale = torch.stack(four).abs().max() / LARGEST
    return {
        "losses": [[snapshot.step, snapshot.loss] for snapshot in snapshots],
        "weights": [_base64([(weights / scale).round().to(torch.int8)]) for weights in four],
    }


def _describe_network(network: MLP) -> dict[str, Any]:
    """All parameters, layer by layer, and the layers' widths; in bytes if they are quantized."""
    quantized = [QuantizedLayer.of(layer) for layer in network.layers()]
    if all(small.is_exact(layer) for small, layer in zip(quantized, network.layers(), strict=True)):
        return _describe_layers(quantized, network.relu)
    return {"parameters": _base64([network.flat_parameters()]), "widths": network.widths, "relu": network.relu}


def _describe_layers(layers: Sequence[QuantizedLayer], relu: bool = True) -> dict[str, Any]:
    """Quantized layers: weights in multiples of the scales, of which each neuron has one."""
    return {
        "weights": _base64([layer.weights for layer in layers]),
        "scales": _base64([layer.scale for layer in layers]),
        "biases": _base64([layer.biases for layer in layers]),
        "widths": [layers[0].weights.shape[1], *(len(layer.biases) for layer in layers)],
        "relu": relu,
    }


def _base64(tensors: Sequence[Tensor]) -> str:
    """Tensors, one after the other, as base64 of their little-endian numbers."""
    numbers = torch.cat([tensor.flatten() for tensor in tensors]).numpy()
    return base64.b64encode(numbers.astype(numbers.dtype.newbyteorder("<")).tobytes()).decode()
