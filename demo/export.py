"""The page as a static site: for a file server, a static Space, or a folder on a USB stick.

It is made from the very page that Gradio serves: its tree of components is written out as HTML, and the modules follow
from the components' imports. There is no second list of either.
"""

import hashlib
import html
import json
import re
from pathlib import Path
from urllib.parse import quote

from demo.assets import IMPORT, LAZY_IMPORT, SERVED_AT, code, module_graph, resolved, styles, text
from demo.components import components
from demo.page import build_page
from demo.server.gradio_internals import as_html
from demo.services import create_services
from demo.views.loss import LossView
from demo.wire import describe_loaded, describe_snapshot
from model.files import write_atomically
from model.paths import ASSETS
from model.pipeline import LoadedClassifier, load_baseline

SNAPSHOT_STRIDE = 2  # one in so many snapshots is exported, the last among them: a site should stay small
ENTRY = "site/site.js"
IN_A_URL = " !\"$&'()*+,/:;=>?@[\\]^`{|}~"  # what a data: URL may have in it as it is
FRONT_MATTER = """---
title: Digit Sketchpad
emoji: ✏️
colorFrom: yellow
colorTo: red
sdk: static
app_file: index.html
short_description: Draw a digit, watch a small network recognize it live
license: mit
---

Draw a digit, and a small neural network in this page recognizes it. Made by `python -m demo export`.
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


def export(loaded: LoadedClassifier, folder: Path) -> list[Path]:
    """Write the page as a static site of a few files; returns them.

    Raises:
        OSError: if they can't be written.
    """
    snapshots = loaded.classifier.snapshots[::-1][::SNAPSHOT_STRIDE][::-1]
    answers = {
        "snapshots": json.dumps([describe_snapshot(snapshot) for snapshot in snapshots]),
        "mini_test_set": LossView().mini_test_set(),
        "baseline_network": json.dumps(describe_loaded(load_baseline())),
    }  # by the names of the server's functions
    scripts, files = {}, {}
    for name, answer in answers.items():
        script = f'dispatchEvent(new CustomEvent("sketchpad-{name}", {{ detail: {json.dumps(answer)} }}));\n'
        files[name] = f"{name}-{_version(script.encode())}.js"
        scripts[files[name]] = script
    texts = scripts | {
        "index.html": index(loaded, files),
        "manifest.webmanifest": json.dumps(MANIFEST, indent=2) + "\n",
        "icon.svg": text("site/icon.svg"),
        "README.md": FRONT_MATTER,
    }
    contents = {name: part.encode() for name, part in texts.items()}
    contents["icon.png"] = (ASSETS / "site" / "icon.png").read_bytes()
    worker = text("site/worker.js").replace('"ANSWERS"', ", ".join(map(json.dumps, scripts)))
    contents["worker.js"] = worker.replace("VERSION", _version(b"".join(contents.values()))).encode()
    for name, content in contents.items():
        write_atomically(folder / name, lambda file, content=content: file.write(content))  # type: ignore[misc]
    for name, file in files.items():
        for outdated in set(folder.glob(f"{name}-{'[0-9a-f]' * 16}.js")) - {folder / file}:
            outdated.unlink()
    return [folder / name for name in contents]


def index(loaded: LoadedClassifier, files: dict[str, str]) -> str:
    """The whole page in one file of HTML, except for server functions' answers: `files` are named by them."""
    page = build_page(create_services(loaded))
    parts = components(page)
    body = as_html(page, {part: number for number, part in enumerate(parts)})
    modules = module_graph([ENTRY, *(part.module for part in parts)], with_lazy=True)
    import_map = json.dumps({"imports": {f"{SERVED_AT}/{module}": _data_url(module) for module in modules}})
    imported = "".join(
        f'import * as component{number} from "{SERVED_AT}/{part.module}";\n' for number, part in enumerate(parts)
    )
    mounted = "".join(
        f"  {{ module: component{number}, props: {_literal({'value': part.value, **part.props})} }},\n"
        for number, part in enumerate(parts)
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(str(page.title))}</title>
<meta name="description" content="{html.escape(str(MANIFEST["description"]))}">
<link rel="manifest" href="manifest.webmanifest">
<link rel="icon" href="icon.svg">
<link rel="apple-touch-icon" href="icon.png">
<meta name="theme-color" content="{MANIFEST["theme_color"]}">
<style>{text("site/site.css")}{styles()}</style>
<script type="importmap">{import_map}</script>
</head>
<body>
<main class="app"><div class="column">{body}</div></main>
<script>{code("site/early.js")}</script>
<script type="module">
import {{ mountAll }} from "{SERVED_AT}/{ENTRY}";
{imported}mountAll([
{mounted}], {json.dumps(files)});
</script>
</body>
</html>
"""


def _data_url(module: str) -> str:
    """A module as a URL that holds its text, with the modules that it imports by their names in the import map."""

    def by_name(found: re.Match[str]) -> str:
        return f'{found["before"]}"{SERVED_AT}/{resolved(module, found["path"])}"{found["after"]}'

    by_names = LAZY_IMPORT.sub(by_name, IMPORT.sub(by_name, code(module)))
    return f"data:text/javascript;charset=utf-8,{quote(by_names, safe=IN_A_URL)}"


def _version(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _literal(value: object) -> str:
    """A value in JavaScript; no HTML parser takes any of it for the end of its script."""
    return json.dumps(value).replace("</", "<\\/")
