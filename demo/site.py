"""The folder of static files that the page is made of: modules, styles, the networks, and MNIST's digits.

It lies beside the page under the name FOLDER, whether Gradio serves the page or a file server does, and
assets/site/files.js reads from it.
"""

import json
import os
import shutil
from pathlib import Path

from demo.samples import samples
from demo.views import VIEWS
from demo.wire import describe_loaded, describe_snapshot
from model.paths import ASSETS, DATA, MINI_TEST_SET, STROKES
from model.pipeline import LoadedClassifier, load_baseline

FOLDER = "sketchpad"  # Gradio serves its own files at /assets
STYLES = (
    *(f"style/{name}.css" for name in ("tokens", "base", "controls", "layout")),
    *("parts/*.css", "page/*/*.css", "views/*/*.css"),
    "style/modes.css",
)
# What the first screen needs: a browser loads it at once, instead of import by import.
FIRST = ("engine/*.js", "state/*.js", "parts/*.js", "page/*/*.js", "server/*.js", "vendor/*.js", "site/files.js")
FIRST_DATA = ("network.json", "samples.json", "views.json")
MNIST = "mnist"
KERNELS = "engine/kernels/kernels.wasm"


def write_site(loaded: LoadedClassifier, folder: Path) -> None:
    """Write the folder for a classifier.

    Raises:
        OSError: if it can't be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for path in [*modules(), KERNELS]:
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
        "views.json": VIEWS,
    }
    files = {name: json.dumps(value, separators=(",", ":")).encode() for name, value in values.items()}
    return files | {MINI_TEST_SET.name: MINI_TEST_SET.read_bytes()}


def modules() -> list[str]:
    """The page's modules, as paths in assets/."""
    paths = {path.relative_to(ASSETS).as_posix() for path in ASSETS.rglob("*.js")}
    return sorted(paths - {"site/worker.js"})


def styles() -> str:
    """The styles of the whole page, in the order in which they may override each other."""
    return "".join(text(path) for path in _found(STYLES))


def head() -> str:
    """The head of the served page: its styles, and what a browser is to load at once."""
    links = [f'<link rel="stylesheet" href="{FOLDER}/style.css">']
    links += (f'<link rel="modulepreload" href="{FOLDER}/{path}">' for path in _found(FIRST))
    links += (f'<link rel="preload" as="fetch" crossorigin href="{FOLDER}/{path}">' for path in FIRST_DATA)
    return "".join(links)


def text(path: str) -> str:
    """The text of a file in assets/."""
    return (ASSETS / path).read_text(encoding="utf-8")


def _found(patterns: tuple[str, ...]) -> list[str]:
    return [path.relative_to(ASSETS).as_posix() for pattern in patterns for path in sorted(ASSETS.glob(pattern))]


def _copy(path: Path, to: Path) -> None:
    """Copy a file and the time of its last change, by which browsers know whether they have it."""
    os.makedirs(to.parent, exist_ok=True)
    shutil.copy2(path, to)
