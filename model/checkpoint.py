"""A trained classifier as a file: everything that inference needs, and how it was made.

The file is a dictionary of plain tensors, numbers and texts. `torch.load` opens it with `weights_only=True`, so no
pickled code is ever run, and a checksum finds any damage.
"""

import hashlib
import io
import json
import platform
import warnings
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from model.classifier import Classifier
from model.detector import Detector
from model.files import write_atomically
from model.network import DIGITS, MLP
from model.quantization import QuantizedLayer
from model.training.recipe import WHOLE_NUMBERS, Recipe
from model.training.snapshots import Snapshot

FORMAT = "digit-sketchpad checkpoint 4"
MAX_BYTES = 16 * 2**20  # fourteen times a checkpoint with snapshots


class CheckpointError(Exception):
    """A file that can't be used as a checkpoint; the message is a clause that says why."""


def provenance() -> dict[str, str]:
    """The time, machine and software of a training that ends now."""
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
        "snapshots": [
            {**vars(snapshot), "layers": [vars(layer) for layer in snapshot.layers]}
            for snapshot in classifier.snapshots
        ],
        "detector": detector and {"weights": detector.network.state_dict(), "threshold": detector.threshold},
    }
    buffer = io.BytesIO()  # when the disk is full, torch.save raises something else than OSError
    torch.save({**content, "sha256": checksum(content)}, buffer)
    write_atomically(path, buffer.getvalue())


def checksum(content: dict[str, Any]) -> str:
    """The SHA-256 of a checkpoint's content, as hexadecimal digits."""

    def describe(tensor: Tensor) -> list[Any]:
        return [str(tensor.dtype), list(tensor.shape), hashlib.sha256(tensor.numpy().tobytes()).hexdigest()]

    return hashlib.sha256(json.dumps(content, default=describe, sort_keys=True).encode()).hexdigest()


def load(path: Path) -> Classifier:
    """Load a classifier from a file.

    Raises:
        FileNotFoundError: if there is none.
        OSError: if it can't be opened.
        CheckpointError: if it was saved by another version, is damaged, or is not a checkpoint at all.
    """
    if path.exists() and not path.is_file() and not path.is_dir():  # a device or a pipe may never end
        raise CheckpointError("it is not a regular file")
    with path.open("rb") as file, warnings.catch_warnings():
        if path.stat().st_size > MAX_BYTES:
            raise CheckpointError("it is far larger than a checkpoint")
        warnings.simplefilter("ignore")  # torch's guesses at what a foreign file might be
        try:
            content = torch.load(file, map_location="cpu", weights_only=True)
            version = str(content.pop("format"))
            if version != FORMAT and version.startswith(FORMAT[:-1]):
                raise CheckpointError("it was saved by another version of this program, in another format")
            stated = content.pop("sha256")
            if stated != checksum({"format": version, **content}):
                raise CheckpointError("it is damaged: its content does not match its checksum")
            return _classifier(content)
        except CheckpointError:
            raise
        except Exception as error:  # a foreign file can make the unpickler, and what follows, raise anything
            raise CheckpointError("it is damaged, or not a checkpoint") from error


def _classifier(content: dict[str, Any]) -> Classifier:
    recipe = Recipe(**content["recipe"])

    def network(weights: dict[str, Tensor], outputs: int, hidden: int) -> MLP:
        made = MLP(hidden, outputs, hidden_layers=recipe.hidden_layers, relu=recipe.activation == "relu")
        made.load_state_dict(weights)  # strict: names and shapes
        return made

    detector = content["detector"]
    if detector:
        width = min(len(next(iter(detector["weights"].values()))), WHOLE_NUMBERS["hidden"][1])  # of its first layer
        made = network(detector["weights"], 1, width)
        detector = Detector(made, detector["threshold"], content["mean"], content["std"])
    return Classifier(
        network=network(content["weights"], DIGITS, recipe.hidden),
        recipe=recipe,
        test_accuracy=content["test_accuracy"],
        mean=content["mean"],
        std=content["std"],
        detector=detector,
        provenance=content["provenance"],
        snapshots=tuple(
            Snapshot(**{**entry, "layers": tuple(QuantizedLayer(**layer) for layer in entry["layers"])})
            for entry in content["snapshots"]
        ),
    )
