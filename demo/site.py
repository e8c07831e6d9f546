"""The folder of static files that the page is made of: modules, styles, the networks, and MNIST's digits.

It lies beside the page under the name FOLDER, whether Gradio serves the page or a file server does, and
assets/site/files.js reads from it.
"""

import base64
import json
import os
import posixpath
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from model.classifier import CONFIDENCE_THRESHOLD, Classifier
from model.data.pen import CANVAS_SIDE, Stroke
from model.data.strokes import samples as written_samples
from model.network import MLP
from model.paths import ASSETS, DATA, MINI_SETS, STROKES
from model.pipeline import LoadedClassifier, load_baseline
from model.quantization import LARGEST, QuantizedLayer
from model.training.snapshots import Snapshot

# The views. A view's name is its address (?view=NAME), its folder in assets/views/, and its class.
VIEWS = ("lesson", "input", "neurons", "why", "loss", "replay", "train", "handwriting")
NO_SCRIPT = "<noscript>This page needs JavaScript: the network predicts in your browser.</noscript>"
FOLDER = "sketchpad"  # Gradio serves its own files at /assets
STYLES = (
    *(f"style/{name}.css" for name in ("tokens", "base", "controls", "layout")),
    *("parts/*.css", "page/*/*.css", "views/*/*.css"),
    "style/modes.css",
)
# The first screen's modules: a browser loads them and all that they import at once, instead of import by import.
PRELOADED = tuple(f"page/{part}/{part}.js" for part in ("pad", "picture", "header"))
IMPORTED = re.compile(r'^(?:import|\})[^"\n]*"(\.[^"\n]+)"', re.MULTILINE)
MNIST = "mnist"
HANDOUT = tuple(f"handout/handout.{kind}" for kind in ("html", "css", "js"))  # for classes: a page of its own
KERNELS = "engine/kernels/kernels.wasm"
SAMPLE_SIZE = 94  # pixels of the canvas, of a sample's longer side


def write_site(loaded: LoadedClassifier, folder: Path) -> None:
    """Write the folder for a classifier.

    Raises:
        OSError: if it can't be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for path in [*modules(), KERNELS, *HANDOUT]:
        _copy(ASSETS / path, folder / path)
    for digits in sorted((DATA / "MNIST" / "raw").glob("*.gz")):
        _copy(digits, folder / MNIST / digits.name)
    _copy(STROKES, folder / STROKES.name)
    for name, content in data(loaded).items():
        (folder / name).write_bytes(content)
    (folder / "style.css").write_text(styles(), encoding="utf-8")


def data(loaded: LoadedClassifier) -> dict[str, bytes]:
    """The data files, by their names."""
    values = {
        "network.json": describe_loaded(loaded),
        "baseline.json": describe_loaded(load_baseline()),
        "history.json": [describe_snapshot(snapshot) for snapshot in loaded.classifier.snapshots],
        "samples.json": samples(),
    }
    files = {name: json.dumps(value, separators=(",", ":")).encode() for name, value in values.items()}
    return files | {path.name: path.read_bytes() for path in MINI_SETS}


def modules() -> list[str]:
    """The page's modules, as paths in assets/."""
    paths = {path.relative_to(ASSETS).as_posix() for path in ASSETS.rglob("*.js")}
    return sorted(paths - {"site/worker.js", *HANDOUT})


def styles() -> str:
    """The styles of the whole page, in the order in which they may override each other."""
    return "".join(text(path) for path in _found(STYLES))


def head() -> str:
    """The head of the served page: its styles, and what a browser is to load at once."""
    links = [f'<link rel="stylesheet" href="{FOLDER}/style.css">']
    links += (f'<link rel="modulepreload" href="{FOLDER}/{path}">' for path in _with_imports(PRELOADED))
    links.append(f'<link rel="preload" as="fetch" crossorigin href="{FOLDER}/network.json">')
    return "".join(links)


def text(path: str) -> str:
    """The text of a file in assets/."""
    return (ASSETS / path).read_text(encoding="utf-8")


def _with_imports(modules: tuple[str, ...]) -> list[str]:
    """Modules, and all that they import at their beginning, and so on."""
    found = list(modules)
    for module in found:  # it grows meanwhile
        imported = (posixpath.normpath(f"{module}/../{path}") for path in IMPORTED.findall(text(module)))
        found += [path for path in imported if path not in found]
    return found


def _found(patterns: tuple[str, ...]) -> list[str]:
    return [path.relative_to(ASSETS).as_posix() for pattern in patterns for path in sorted(ASSETS.glob(pattern))]


def _copy(path: Path, to: Path) -> None:
    """Copy a file and the time of its last change, by which browsers know whether they have it."""
    os.makedirs(to.parent, exist_ok=True)
    shutil.copy2(path, to)


def describe_loaded(loaded: LoadedClassifier) -> dict[str, Any]:
    """A classifier as the page's engine takes it, with its provenance."""
    classifier = loaded.classifier
    return describe_classifier(classifier) | {
        "name": classifier.recipe.name,
        "recipe": str(classifier.recipe),
        "testAccuracy": classifier.test_accuracy,
        "steps": classifier.snapshots[-1].step if classifier.snapshots else None,
        "batchSize": classifier.recipe.batch_size,
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
        "accuracy": snapshot.accuracy,
        "network": _describe_layers(snapshot.layers),
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
    is_exact = all(small.is_exact(layer) for small, layer in zip(quantized, network.layers(), strict=True))
    floats = {"parameters": _base64([network.flat_parameters()]), "widths": network.widths}
    numbers = _describe_layers(quantized) if is_exact else floats
    return numbers | {"activation": "relu" if network.relu else "none"}


def _describe_layers(layers: Sequence[QuantizedLayer]) -> dict[str, Any]:
    """Quantized layers: weights in multiples of the scales, of which each neuron has one."""
    return {
        "weights": _base64([layer.weights for layer in layers]),
        "scales": _base64([layer.scale for layer in layers]),
        "biases": _base64([layer.biases for layer in layers]),
        "widths": [layers[0].weights.shape[1], *(len(layer.biases) for layer in layers)],
    }


def _base64(tensors: Sequence[Tensor]) -> str:
    """Tensors, one after the other, as base64 of their little-endian numbers."""
    numbers = torch.cat([tensor.flatten() for tensor in tensors]).numpy()
    return base64.b64encode(numbers.astype(numbers.dtype.newbyteorder("<")).tobytes()).decode()


def samples() -> list[list[dict[str, Any]]]:
    """For each digit its samples, as people wrote them: {"name": text, "strokes": points [x, y] in canvas pixels}."""
    return [
        [
            {"name": f"{digit}, by writer {writer}", "strokes": _on_canvas(strokes)}
            for writer, strokes in zip(written.writers.tolist(), written.polylines(), strict=True)
        ]
        for digit, written in enumerate(written_samples())
    ]


def _on_canvas(strokes: list[Stroke]) -> list[list[list[int]]]:
    """Strokes in the middle of the canvas, in whole pixels."""
    scale = SAMPLE_SIZE / 255
    xs, ys = zip(*(point for stroke in strokes for point in stroke), strict=True)
    left, top = ((CANVAS_SIDE - scale * (min(values) + max(values))) / 2 for values in (xs, ys))
    return [[[round(scale * x + left), round(scale * y + top)] for x, y in stroke] for stroke in strokes]
