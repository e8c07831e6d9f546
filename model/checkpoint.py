"""A trained classifier as a file.

The file carries all that inference needs and says how it was made. It is loaded with `weights_only=True` alone, so
that no pickled code is ever run, and every number in it is checked before it is used.
"""

import io
import math
import platform
import warnings
from dataclasses import asdict, replace
from datetime import datetime, timezone
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from model.classifier import Classifier
from model.files import write_whole
from model.guard import Guard
from model.network import MLP
from model.recipe import Recipe
from model.rounding import RoundedLayer
from model.snapshots import Snapshot

FORMAT = "digit-sketchpad checkpoint 1"
LARGEST = 16 * 2**20  # bytes; ours has a quarter of a million


class CheckpointError(Exception):
    """A file that is no checkpoint of this project; the message says why."""


def made_here() -> dict[str, str]:
    """When and with what a network is trained now: goes into its checkpoint."""
    return {
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "torch": str(torch.__version__),
        "numpy": np.__version__,
        "machine": platform.machine(),
    }


def save(classifier: Classifier, path: Path) -> None:
    """Write a classifier to a file, whole or not at all.

    Raises:
        OSError: where it can't be written.
    """
    content = {
        "format": FORMAT,
        "weights": _weights(classifier.network),
        "mean": classifier.mean,
        "std": classifier.std,
        "recipe": asdict(classifier.recipe),
        "test_accuracy": classifier.test_accuracy,
        "made": classifier.made,
    }
    if classifier.guard:
        content["guard"] = {"weights": _weights(classifier.guard.network), "threshold": classifier.guard.threshold}
    if classifier.snapshots:
        content["snapshots"] = [_plain(snapshot) for snapshot in classifier.snapshots]
    whole = io.BytesIO()  # torch itself, writing to a full disk, raises something else than OSError
    torch.save(content, whole)
    write_whole(path, lambda file: file.write(whole.getbuffer()))


def load(path: Path) -> Classifier:
    """Read a classifier from a file.

    Raises:
        FileNotFoundError: where there is none.
        OSError: where it can't be opened.
        CheckpointError: where it is no checkpoint of this project, or a damaged one.
    """
    with path.open("rb") as file:
        if path.stat().st_size > LARGEST:
            raise CheckpointError("it is far larger than a checkpoint")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about what a foreign file might be
                content = torch.load(file, map_location="cpu", weights_only=True)
        except Exception as error:  # whatever a foreign file makes of the unpickler
            raise CheckpointError("it is damaged, or something else than a checkpoint") from error
    try:
        return _classifier(content)
    except (KeyError, TypeError, ValueError, AttributeError, RuntimeError) as error:
        raise CheckpointError("it is no checkpoint of this project, or of another version") from error


def _classifier(content: dict[str, Any]) -> Classifier:
    """The classifier that a file's content describes; any of several errors where it describes none."""
    if not isinstance(content, dict) or content["format"] != FORMAT:
        raise ValueError("another format")
    recipe = Recipe(**content["recipe"])
    network = MLP(hidden=recipe.hidden)
    _fill(network, content["weights"])
    guard = None
    if "guard" in content:
        weights = content["guard"]["weights"]
        width = replace(recipe, hidden=len(weights["hidden1.bias"])).hidden  # its own, and in range
        guard = Guard(MLP(hidden=width, outputs=1), content["guard"]["threshold"])
        _fill(guard.network, weights)
        if type(guard.threshold) is not float or not math.isfinite(guard.threshold):
            raise ValueError("a threshold that is no number")
    numbers = (content["mean"], content["std"], content["test_accuracy"])
    if not all(type(number) is float and math.isfinite(number) for number in numbers) or content["std"] <= 0:
        raise ValueError("numbers out of range")
    if not 0 <= content["test_accuracy"] <= 1:
        raise ValueError("an accuracy that is no share")
    snapshots = tuple(_snapshot(entry) for entry in content.get("snapshots", ()))
    if any(snapshot.hidden != recipe.hidden for snapshot in snapshots):
        raise ValueError("snapshots of another network")
    if any(one.step >= next_one.step for one, next_one in pairwise(snapshots)):
        raise ValueError("snapshots out of order")
    return Classifier(
        network=network,
        recipe=recipe,
        test_accuracy=content["test_accuracy"],
        mean=content["mean"],
        std=content["std"],
        guard=guard,
        made={str(key): str(value) for key, value in content["made"].items()},
        snapshots=snapshots,
    )


def _plain(snapshot: Snapshot) -> dict[str, Any]:
    """A snapshot as nothing but dictionaries, lists, numbers and tensors."""
    return {**vars(snapshot), "layers": [dict(vars(layer)) for layer in snapshot.layers]}


def _snapshot(entry: dict[str, Any]) -> Snapshot:
    return Snapshot(**{**entry, "layers": tuple(RoundedLayer(**layer) for layer in entry["layers"])})


def _weights(network: MLP) -> dict[str, Tensor]:
    return {name: weights.detach().clone() for name, weights in network.state_dict().items()}


def _fill(network: MLP, weights: dict[str, Tensor]) -> None:
    network.load_state_dict(weights)  # strict: names and shapes
    if not all(torch.isfinite(parameter).all() for parameter in network.parameters()):
        raise ValueError("weights that are not finite")
