"""The page as a static site: for a file server, a static Space, or a folder on a stick.

It is made from the very page that Gradio serves: its tree of components is written out as HTML, each with its template
and its script, so there is no second page to keep in step. Views that train are left out, as there is no Python.
"""

import hashlib
import html
import json
from collections.abc import Iterator
from pathlib import Path

from gradio.blocks import Block, BlockContext

from demo.assets import ASSETS, text
from demo.component import Component
from demo.page import build_page
from demo.views import VIEWS
from demo.views.childhood import described
from model.files import write_whole
from model.opening import Opened

EVERY = 2  # of the snapshots, one in so many goes out, the last among them: a site should stay below a megabyte
SCRIPTS = ("engine", "live", "kept", "static", "views", "pictures", "charts")
FRONT_MATTER = """---
title: Digit Sketchpad
emoji: ✏️
colorFrom: yellow
colorTo: red
sdk: static
app_file: index.html
short_description: Draw a digit, watch a small network read it live
license: mit
---

Draw a digit, and a small neural network in this very page reads it. Made by `python -m demo export`.
"""
MANIFEST = {
    "name": "Digit Sketchpad",
    "short_name": "Digits",
    "description": "Draw a digit and watch a small neural network decide what it is, while the pen is still moving.",
    "start_url": "./",
    "scope": "./",
    "display": "standalone",
    "background_color": "#f3f1ec",
    "theme_color": "#b8430f",
    "icons": [
        {"src": "icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any maskable"},
        {"src": "icon.png", "sizes": "192x192", "type": "image/png"},
    ],
}


def export(opened: Opened, folder: Path) -> list[Path]:
    """Write the page as a static site of a few files; returns them.

    Raises:
        OSError: where they can't be written.
    """
    kept = [described(snapshot) for snapshot in opened.classifier.snapshots[::-1][::EVERY][::-1]]
    answer = f"Static.answer('snapshots', {_script(json.dumps(json.dumps(kept)))});\n"
    snapshots = f"snapshots-{_version(answer.encode())}.js"
    files = {
        snapshots: answer,
        "index.html": index(opened, snapshots),
        "manifest.webmanifest": json.dumps(MANIFEST, indent=2) + "\n",
        "icon.svg": text("icon.svg"),
        "README.md": FRONT_MATTER,
    }
    content = {name: part.encode() for name, part in files.items()} | {"icon.png": (ASSETS / "icon.png").read_bytes()}
    worker = text("sw.js").replace("SNAPSHOTS", snapshots)
    content["sw.js"] = worker.replace("VERSION", _version(b"".join(content.values()))).encode()
    for name, part in content.items():
        write_whole(folder / name, lambda file, part=part: file.write(part))
    for outdated in set(folder.glob(f"snapshots-{'[0-9a-f]' * 16}.js")) - {folder / snapshots}:
        outdated.unlink()
    return [folder / name for name in content]


def index(opened: Opened, snapshots: str) -> str:
    """The whole page in one file of HTML, but for the snapshots, which are in a file of this name."""
    page = build_page(opened, views=[view for view in VIEWS if not view.NEEDS_PYTHON])
    components: list[Component] = []
    body = "".join(_written(child, components) for child in page.children)
    styles = [ASSETS / "static.css", ASSETS / "page.css", *sorted(ASSETS.glob("views/*.css"))]
    style = "".join(path.read_text(encoding="utf-8") for path in styles)
    scripts = "".join(f"<script>{text(f'{name}.js')}</script>\n" for name in SCRIPTS).replace("SNAPSHOTS", snapshots)
    mounts = "".join(f"<script>{mount}</script>\n" for mount in _mounts(components))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(page.title)}</title>
<meta name="description" content="{html.escape(str(MANIFEST["description"]))}">
<link rel="manifest" href="manifest.webmanifest">
<link rel="icon" href="icon.svg">
<link rel="apple-touch-icon" href="icon.png">
<meta name="theme-color" content="{MANIFEST["theme_color"]}">
<style>{style}</style>
</head>
<body>
<main class="app"><div class="column">{body}</div></main>
{scripts}{mounts}</body>
</html>
"""


def _written(block: Block, components: list[Component]) -> str:
    """A part of the page as HTML; its components are collected on the way."""
    if isinstance(block, Component):
        components.append(block)
        return f'<div class="html-container" data-component="{len(components) - 1}">{block.html_template}</div>'
    if not isinstance(block, BlockContext):
        return ""  # what only the API uses
    inside = "".join(_written(child, components) for child in block.children)
    return f'<div class="{" ".join([block.get_block_name(), *block.elem_classes])}">{inside}</div>'


def _mounts(components: list[Component]) -> Iterator[str]:
    for index, component in enumerate(components):
        props = _script(json.dumps({"value": component.value, **component.props}))
        parameters = "element, props, trigger, server, upload, watch"
        yield f"Static.mount({index}, {props}, function ({parameters}) {{\n{component.js_on_load}}});"


def _version(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _script(literal: str) -> str:
    """A literal that no HTML parser takes for the end of its script."""
    return literal.replace("</", "<\\/")
