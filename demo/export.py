"""The page as a static site: for a file server, a static Space, or a folder on a USB stick.

It is the very page that Gradio serves, written out as HTML, and the same folder of files beside it. A page that is
opened from disk may neither fetch files nor import modules: for it, the page has its modules in itself, and each file
is there as a script, too.
"""

import base64
import gzip
import hashlib
import json
import posixpath
import re
import shutil
from pathlib import Path
from urllib.parse import quote

import gradio as gr
from gradio.blocks import Block, BlockContext

from demo.components import Component
from demo.page import build_page
from demo.site import FOLDER, MNIST, NO_SCRIPT, data, modules, styles, text, write_site
from model.files import write_atomically
from model.paths import ASSETS
from model.pipeline import LoadedClassifier

FROM_DISK = f"{FOLDER}/from-disk"
FROM_DISK_TYPES = (".json", ".bin", ".npz", ".wasm", ".gz")
WORKERS = ("engine/worker.js",)
DIGITS_FROM_DISK = 10_000  # of each of MNIST's files
IDX = {b"\x08\x03": (16, 784), b"\x08\x01": (8, 1)}  # bytes of a file's header and of each digit, by its magic number
# What a module imports, as prettier formats it: in lines that begin or end an import, and where it is first needed.
RELATIVE = re.compile(r'(?P<before>^(?:import|export|\})[^"\n]*|(?:await |=> )import\()"(?P<path>\.[^"\n]+)"', re.M)
NAMED = re.compile(r'^import \{([^}]*)\} from "(\.[^"\n]+)";', re.M)
EXPORTED = re.compile(r"^export (?:async )?(?:function\*?|class|const) (\w+)", re.M)
IN_A_URL = " !\"$&'()*+,/:;=>?@[\\]^`{|}~"  # what a data: URL may have in it as it is
IMPORT = 'import("{}")'  # by its name in the import map
SCRIPT = re.compile(r"<script[^>]*>(.*?)</script>", re.DOTALL)


def export(loaded: LoadedClassifier, folder: Path) -> list[Path]:
    """Write the page as a static site; returns its files.

    Raises:
        OSError: if they can't be written.
    """
    shutil.rmtree(folder / FOLDER, ignore_errors=True)
    write_site(loaded, folder / FOLDER)
    for path in sorted((folder / FOLDER).rglob("*")):
        name = path.relative_to(folder / FOLDER).as_posix()
        if path.suffix in FROM_DISK_TYPES or name in WORKERS:
            _write_script(folder / FROM_DISK / f"{name}.js", name, _from_disk(path, name))
    page, files = index(loaded), data(loaded)
    version = hashlib.sha256(b"".join([page.encode(), *files.values()])).hexdigest()[:16]
    kept = ", ".join(json.dumps(f"{FOLDER}/{name}?{version}") for name in files)
    contents = {name: (ASSETS / "site" / name).read_bytes() for name in ("icon.svg", "icon.png", "README.md")} | {
        "manifest.webmanifest": (ASSETS / "site" / "manifest.webmanifest").read_bytes(),
        "index.html": page.replace("VERSION", version, 1).encode(),
        "worker.js": text("site/worker.js").replace('"FILES"', kept).replace("VERSION", version).encode(),
    }
    for name, content in contents.items():
        write_atomically(folder / name, content)
    return [path for path in folder.rglob("*") if path.is_file()]


def index(loaded: LoadedClassifier) -> str:
    """The page in one file of HTML, which has all modules and styles in it."""
    import_map = {"imports": {f"{FOLDER}/{module}": _data_url(module) for module in modules()}}
    page = text("site/index.html").replace("STYLES", text("site/site.css") + styles())
    page = page.replace("MODULES", json.dumps(import_map)).replace(
        "PAGE", NO_SCRIPT + _as_html(build_page(loaded.classifier))
    )
    hashes = (_base64(hashlib.sha256(script.encode()).digest()) for script in SCRIPT.findall(page))
    return page.replace("HASHES", " ".join(f"'sha256-{digest}'" for digest in hashes))


def _as_html(block: Block) -> str:
    """A block and all in it as static HTML, as Gradio's front end would nest them; each component starts itself."""
    if isinstance(block, Component):
        script = f"((element) => {{ {block.script(IMPORT)} }})(document.currentScript.previousElementSibling)"
        return f'<div class="html-container">{block.html_template}</div><script>{script}</script>'
    if not isinstance(block, BlockContext):
        return ""  # what only the API uses
    inside = "".join(map(_as_html, block.children))
    if isinstance(block, gr.Blocks):
        return inside
    return f'<div class="{" ".join([block.get_block_name(), *block.elem_classes])}">{inside}</div>'


def _data_url(module: str) -> str:
    """A module as a URL that holds its text, with the modules that it imports by their names in the import map."""

    def named(found: re.Match[str]) -> str:
        return f'{found["before"]}"{FOLDER}/{_imported(module, found["path"])}"'

    return f"data:text/javascript;charset=utf-8,{quote(RELATIVE.sub(named, text(module)), safe=IN_A_URL)}"


def _bundle(worker: str) -> str:
    """A worker's module and all that it imports, as a worker has no import map: each returns its exports."""
    functions: dict[str, str] = {}

    def add(module: str) -> str:
        """Add a module after those that it imports; returns the name of what it exports."""

        def named(found: re.Match[str]) -> str:
            return f"const {{{found[1].replace(' as ', ': ')}}} = {add(_imported(module, found[2]))};"

        name = re.sub(r"\W", "_", module)
        if name not in functions:
            body = NAMED.sub(named, text(module)).replace("\nexport ", "\n")
            exports = ", ".join(EXPORTED.findall(text(module)))
            functions[name] = f"const {name} = (() => {{\n{body}return {{ {exports} }};\n}})();\n"
        return name

    add(worker)
    return "".join(functions.values())


def _imported(module: str, path: str) -> str:
    """What a module imports by a relative path."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(module), path))


def _from_disk(path: Path, name: str) -> bytes:
    """What a page from disk gets of a file: all of it, but only the first of MNIST's digits."""
    if name in WORKERS:
        return _bundle(name).encode()
    if not name.startswith(MNIST):
        return path.read_bytes()
    with gzip.open(path) as file:
        magic, count = file.read(4), int.from_bytes(file.read(4), "big")
        header, digit = IDX[magic[2:]]
        rest = file.read(header - 8 + digit * DIGITS_FROM_DISK)
    return gzip.compress(magic + min(count, DIGITS_FROM_DISK).to_bytes(4, "big") + rest, 6, mtime=0)


def _write_script(path: Path, name: str, content: bytes) -> None:
    """Write a file as a script, which puts its bytes into a table as base64."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'(globalThis.sketchpadFiles ??= {{}})["{name}"] = "{_base64(content)}";\n')


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
