"""A trained classifier as a file.

The file holds everything that inference needs, and how the classifier was made. It is loaded with `weights_only=True`,
so no pickled code is ever run, and every number in it is checked before it is used. A checksum finds any damage to it.
"""

import hashlib
import io
import math
import platform
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timezone
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import torch
from torch import Tensor

from model.classifier import Classifier
from model.detector import Detector
from model.files import write_atomically
from model.network import DIGITS, MLP
from model.preprocessing import SIDE
from model.quantization import QuantizedLayer
from model.training.recipe import Recipe
from model.training.snapshots import Snapshot

FORMAT = "digit-sketchpad checkpoint 2"
EARLIER_FORMAT = "digit-sketchpad checkpoint 1"
MAX_BYTES = 16 * 2**20  # packed and unpacked; a checkpoint with snapshots has about 1.2 million
MAX_VALUES = 10_000  # in lists and dictionaries; a checkpoint with snapshots has about 300
FOREIGN = "it is not a checkpoint of this program, or was saved by a later version"


class CheckpointError(Exception):
    """A file that can't be used as a checkpoint; the message is a clause that says why."""


def provenance() -> dict[str, str]:
    """When and with what software a classifier trained now is trained: stored in its checkpoint."""
    return {
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "torch": str(torch.__version__),
        "numpy": np.__version__,
        "machine": platform.machine(),
    }


def save(classifier: Classifier, path: Path) -> None:
    """Write a classifier to a file, completely or not at all.

    Raises:
        OSError: if it can't be written.
    """
    detector = classifier.detector
    content = {
        "format": FORMAT,
        "weights": classifier.network.state_dict(),
        "mean": classifier.mean,
        "std": classifier.std,
        "recipe": asdict(classifier.recipe),
        "test_accuracy": classifier.test_accuracy,
        "provenance": classifier.provenance,
        # Nothing but dictionaries, lists, numbers and tensors, as `weights_only` allows.
        "snapshots": [
            {**vars(snapshot), "layers": [vars(layer) for layer in snapshot.layers]}
            for snapshot in classifier.snapshots
        ],
        "curve": [list(point) for point in classifier.curve],
        "dead_neurons": [list(layer) for layer in classifier.dead_neurons],
        "detector": detector and {"weights": detector.network.state_dict(), "threshold": detector.threshold},
    }
    content["sha256"] = checksum(content)
    buffer = io.BytesIO()  # when the disk is full, torch.save raises something else than OSError
    torch.save(content, buffer)
    write_atomically(path, lambda file: file.write(buffer.getbuffer()))


def checksum(content: dict[str, Any]) -> str:
    """The SHA-256 of a checkpoint's content, but for the checksum itself, as hexadecimal digits.

    Raises:
        ValueError: if the content is far larger than a checkpoint's.
        TypeError: if a value is of a type that a checkpoint never has.
    """
    digest, size = hashlib.sha256(), 0
    values = _values({key: value for key, value in content.items() if key != "sha256"})
    for number, value in enumerate(values):
        # A small file can repeat one number, text or list any number of times.
        size += value.numel() * value.element_size() if isinstance(value, Tensor) else len(str(value))
        if number > MAX_VALUES or size > MAX_BYTES:
            raise ValueError("far larger than a checkpoint")
        if isinstance(value, Tensor):
            digest.update(f"{value.dtype} {tuple(value.shape)}\n".encode())
            digest.update(value.detach().numpy().tobytes())
        else:
            digest.update(f"{value!r}\n".encode())
    return digest.hexdigest()


def _values(value: Any) -> Iterator[Any]:
    """All tensors, numbers and texts in a value, in order; in place of each list or dictionary, its length."""
    if isinstance(value, dict):
        yield f"{len(value)} items"
        for key, inner in value.items():
            yield from _values(key)
            yield from _values(inner)
    elif isinstance(value, (list, tuple)):
        yield f"{len(value)} values"
        for inner in value:
            yield from _values(inner)
    elif value is None or isinstance(value, (Tensor, str, int, float)):
        yield value
    else:
        raise TypeError("a value of another type")


def load(path: Path) -> Classifier:
    """Load a classifier from a file.

    Raises:
        FileNotFoundError: if there is none.
        OSError: if it can't be opened.
        CheckpointError: if it was saved by an earlier version, is damaged, or is not a checkpoint at all.
    """
    if path.exists() and not path.is_file() and not path.is_dir():  # a device or a pipe may never end
        raise CheckpointError("it is not a regular file")
    with path.open("rb") as file:
        if path.stat().st_size > MAX_BYTES or _unpacked_bytes(file) > MAX_BYTES:
            raise CheckpointError("it is far larger than a checkpoint")
        file.seek(0)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # torch's guesses at what a foreign file might be
                content = torch.load(file, map_location="cpu", weights_only=True)
        except Exception as error:  # a foreign file can make the unpickler raise anything
            raise CheckpointError("it is damaged, or not a checkpoint") from error
    if isinstance(content, dict) and content.get("format") == EARLIER_FORMAT:
        raise CheckpointError("it was saved by an earlier version of this program, in a format that is no longer read")
    try:
        if not isinstance(content, dict) or content["format"] != FORMAT:
            raise CheckpointError(FOREIGN)
        if content["sha256"] != checksum(content):
            raise CheckpointError("it is damaged: its content does not match its checksum")
        return _classifier(content)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, RuntimeError) as error:
        raise CheckpointError(FOREIGN) from error


def _unpacked_bytes(file: BinaryIO) -> int:
    """How many bytes a checkpoint would be unpacked to."""
    try:
        with zipfile.ZipFile(file) as archive:
            return sum(entry.file_size for entry in archive.infolist())
    except Exception as error:  # a damaged directory can make zipfile raise several things
        raise CheckpointError("it is damaged, or not a checkpoint") from error


def _classifier(content: dict[str, Any]) -> Classifier:
    """The classifier that a file's content describes; any of several errors if it describes none."""
    recipe = Recipe(**content["recipe"])
    mean, std, test_accuracy = (_finite(content[key]) for key in ("mean", "std", "test_accuracy"))
    if std <= 0 or not 0 <= test_accuracy <= 1:
        raise ValueError("a number is out of its range")
    snapshots = tuple(
        Snapshot(**{**entry, "layers": tuple(QuantizedLayer(**layer) for layer in entry["layers"])})
        for entry in content["snapshots"]
    )
    network = _network(content["weights"], recipe.hidden, recipe.hidden_layers, recipe.activation == "relu")
    if any(snapshot.widths != network.widths for snapshot in snapshots):
        raise ValueError("a snapshot of another network")
    if any(earlier.step >= later.step for earlier, later in pairwise(snapshots)):
        raise ValueError("snapshots are out of order")
    classifier = Classifier(
        network=network,
        recipe=recipe,
        test_accuracy=test_accuracy,
        mean=mean,
        std=std,
        detector=_detector(content["detector"], network, mean, std) if content.get("detector") else None,
        provenance={str(key): str(value) for key, value in content["provenance"].items()},
        snapshots=snapshots,
        curve=tuple(_point(*point) for point in content.get("curve", ())),
        dead_neurons=_dead_neurons(content.get("dead_neurons", ()), network),
    )
    trial = torch.arange(256, dtype=torch.uint8).repeat_interleave(SIDE * SIDE).view(-1, SIDE, SIDE)  # all tones
    if not classifier.logits(trial).isfinite().all():
        raise ValueError("predictions that are not finite")
    if classifier.detector and not classifier.detector.logits(trial).isfinite().all():
        raise ValueError("predictions that are not finite")
    return classifier


def _detector(entry: dict[str, Any], network: MLP, mean: float, std: float) -> Detector:
    """The detector, which need not be as wide or deep as the network: a visitor's has the shared one's."""
    weights = entry["weights"]
    depth = len(weights) // 2 - 1  # of each layer, a weight and a bias
    hidden = len(weights["hidden1.bias"]) if depth else Recipe.hidden
    form = Recipe(hidden=hidden, hidden_layers=depth)  # checks both
    detector = _network(weights, form.hidden, form.hidden_layers, network.relu, outputs=1)
    return Detector(detector, _finite(entry["threshold"]), mean, std)


def _point(epoch: Any, loss: Any, accuracy: Any) -> tuple[float, float, float]:
    if min(_finite(epoch), _finite(loss), _finite(accuracy)) < 0 or accuracy > 1:
        raise ValueError("a point of a curve is out of range")
    return epoch, loss, accuracy


def _dead_neurons(entry: Any, network: MLP) -> tuple[tuple[int, ...], ...]:
    dead = tuple(tuple(layer) for layer in entry)
    if [len(layer) for layer in dead] and len(dead) != len(network.hidden_layers()):
        raise ValueError("dead neurons of another network")
    for neurons, layer in zip(dead, network.hidden_layers(), strict=False):
        if any(type(neuron) is not int or not 0 <= neuron < layer.out_features for neuron in neurons):
            raise ValueError("a neuron that there is not")
    return dead


def _network(weights: Any, hidden: int, hidden_layers: int, relu: bool, outputs: int = DIGITS) -> MLP:
    network = MLP(hidden, outputs, hidden_layers=hidden_layers, relu=relu)
    network.load_state_dict(weights)  # strict: names and shapes
    if not network.flat_parameters().isfinite().all():
        raise ValueError("weights that are not finite")
    return network


def _finite(value: Any) -> float:
    if type(value) is not float or not math.isfinite(value):
        raise ValueError("not a finite number")
    return value
