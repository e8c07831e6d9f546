"""The page as a static site: for a file server, a static Space, or a folder on a USB stick.

It is the very page that Gradio serves, written out as HTML, and the same folder of files beside it. A page that is
opened from disk may neither fetch files nor import modules: for it, the page has its modules in itself, and each file
is there as a script, too.
"""

import base64
import gzip
import hashlib
import html
import json
import posixpath
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from demo.components import components
from demo.page import build_page
from demo.server.gradio_internals import as_html
from demo.services import create_services
from demo.site import FOLDER, MNIST, data, modules, styles, text, write_site
from model.files import write_atomically
from model.paths import ASSETS
from model.pipeline import LoadedClassifier

FROM_DISK = f"{FOLDER}/from-disk"
DIGITS_FROM_DISK = 10_000  # of each of MNIST's files
HEADERS = {b"\x08\x03": (16, 784), b"\x08\x01": (8, 1)}  # bytes of a header and of a digit, by the file's magic number
WORKERS = ("engine/worker.js",)
# What a module imports, as prettier formats it: in lines that begin or end an import, and where it is first needed.
RELATIVE = re.compile(r'(?P<before>^(?:import|export|\})[^"\n]*|(?:await |=> )import\()"(?P<path>\.[^"\n]+)"', re.M)
IN_A_URL = " !\"$&'()*+,/:;=>?@[\\]^`{|}~"  # what a data: URL may have in it as it is
IMPORT = 'import("{}")'  # from the import map
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
# Modules are data: URLs; the hashes are those of the scripts in the page.
POLICY = (
    "default-src 'self'; script-src 'self' file: data: 'wasm-unsafe-eval' {hashes}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; worker-src 'self' data: blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'none'"
)


def export(loaded: LoadedClassifier, folder: Path) -> list[Path]:
    """Write the page as a static site; returns its files.

    Raises:
        OSError: if they can't be written.
    """
    shutil.rmtree(folder / FOLDER, ignore_errors=True)
    write_site(loaded, folder / FOLDER)
    for path in sorted((folder / FOLDER).rglob("*")):
        name = path.relative_to(folder / FOLDER).as_posix()
        if path.suffix in (".json", ".bin", ".npz", ".wasm", ".gz") or name in WORKERS:
            _write_script(folder / FROM_DISK / f"{name}.js", name, _from_disk(path, name))
    page, files = index(loaded), data(loaded)
    version = hashlib.sha256(b"".join([page.encode(), *files.values()])).hexdigest()[:16]
    contents = {
        "index.html": page.replace("VERSION", version, 1).encode(),
        "manifest.webmanifest": json.dumps(MANIFEST, indent=2).encode() + b"\n",
        "icon.svg": text("site/icon.svg").encode(),
        "icon.png": (ASSETS / "site" / "icon.png").read_bytes(),
        "README.md": FRONT_MATTER.encode(),
    }
    names = ", ".join(json.dumps(f"{FOLDER}/{name}?{version}") for name in files)
    contents["worker.js"] = text("site/worker.js").replace('"FILES"', names).replace("VERSION", version).encode()
    for name, content in contents.items():
        write_atomically(folder / name, lambda file, content=content: file.write(content))  # type: ignore[misc]
    return [*(folder / name for name in contents), *(path for path in (folder / FOLDER).rglob("*") if path.is_file())]


def index(loaded: LoadedClassifier) -> str:
    """The page in one file of HTML, which has all modules and styles in it."""
    page = build_page(create_services(loaded))
    parts = components(page)
    body = as_html(page, {part: number for number, part in enumerate(parts)})
    imports = {f"{FOLDER}/{module}": _data_url(module) for module in modules()}
    mounted = "".join(
        f"mount({number}, {_literal({'value': part.value, **part.props})}, (element, props) => {{\n"
        f"{part.script(IMPORT)}\n}});\n"
        for number, part in enumerate(parts)
    )
    scripts = [
        ("importmap", json.dumps({"imports": imports})),
        ("text/javascript", f"{MOUNTING}{mounted}"),
        ("module", f'import "{FOLDER}/site/site.js";'),
    ]
    hashes = " ".join(f"'sha256-{_base64(hashlib.sha256(script.encode()).digest())}'" for _, script in scripts)
    written = [f'<script type="{kind}">{script}</script>' for kind, script in scripts]
    return f"""<!doctype html>
<html lang="en" data-version="VERSION">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY.format(hashes=hashes)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(str(page.title))}</title>
<meta name="description" content="{html.escape(str(MANIFEST["description"]))}">
<link rel="manifest" href="manifest.webmanifest">
<link rel="icon" href="icon.svg">
<link rel="apple-touch-icon" href="icon.png">
<meta name="theme-color" content="{MANIFEST["theme_color"]}">
<style>{text("site/site.css")}{styles()}</style>
{written[0]}
</head>
<body>
<main class="app"><div class="column">{body}</div></main>
{written[1]}
{written[2]}
</body>
</html>
"""


MOUNTING = """"use strict";
const [trigger, server] = [null, null];
const watch = () => {};
function mount(number, props, part) {
  part(document.querySelector(`[data-component="${number}"]`), props);
}
"""


def _data_url(module: str) -> str:
    """A module as a URL that holds its text, with the modules that it imports by their names in the import map."""
    by_name = _with_imports(module, lambda imported: f"{FOLDER}/{imported}")
    return f"data:text/javascript;charset=utf-8,{quote(by_name, safe=IN_A_URL)}"


def _bundle(module: str) -> str:
    """A worker's module that holds all modules that it imports: a worker has no import map."""
    return _with_imports(module, lambda imported: f"data:text/javascript;base64,{_base64(_bundle(imported).encode())}")


def _with_imports(module: str, name: Callable[[str], str]) -> str:
    """A module's text with other names for the modules that it imports by relative paths."""

    def named(found: re.Match[str]) -> str:
        return (
            f'{found["before"]}"{name(posixpath.normpath(posixpath.join(posixpath.dirname(module), found["path"])))}"'
        )

    return RELATIVE.sub(named, text(module))


def _from_disk(path: Path, name: str) -> bytes:
    """What a page from disk gets of a file: all of it, but only the first of MNIST's digits."""
    if name in WORKERS:
        return _bundle(name).encode()
    if not name.startswith(MNIST):
        return path.read_bytes()
    with gzip.open(path) as file:
        magic, count = file.read(4), int.from_bytes(file.read(4), "big")
        header, digit = HEADERS[magic[2:]]
        rest = file.read(header - 8 + digit * DIGITS_FROM_DISK)
    return gzip.compress(magic + min(count, DIGITS_FROM_DISK).to_bytes(4, "big") + rest, 6, mtime=0)


def _write_script(path: Path, name: str, content: bytes) -> None:
    """Write a file as a script, which puts its bytes into a table as base64."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'(globalThis.sketchpadFiles ??= {{}})["{name}"] = "{_base64(content)}";\n')


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _literal(value: object) -> str:
    """A value in JavaScript; no HTML parser takes any of it for the end of its script."""
    return json.dumps(value).replace("</", "<\\/")
