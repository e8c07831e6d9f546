"""The page's own files in assets/: templates, modules and styles, and in which order a page needs them."""

import posixpath
import re
from collections.abc import Iterable, Iterator

from model.paths import ASSETS

SERVED_AT = "sketchpad"  # the path below the page's address; Gradio serves its own files at /assets
STYLES = (
    *(f"style/{name}.css" for name in ("tokens", "base", "controls", "layout")),
    *("parts/*.css", "page/*/*.css", "views/*/*.css"),
    "style/modes.css",
)
# The modules that a line imports, as prettier formats it; an import that takes several lines ends with `} from "...";`.
IMPORT = re.compile(r'^(?P<before>(?:import|export|\})[^"\n]*)"(?P<path>\.[^"\n]+)"(?P<after>;)$', re.MULTILINE)
LAZY_IMPORT = re.compile(
    r'(?P<before>(?:await|=>) import\()"(?P<path>\.[^"\n]+)"(?P<after>\))'
)  # when it is first needed

COMMENT = re.compile(r"^[ \t]*/\*\*?\s.*?\*/\n", re.MULTILINE | re.DOTALL)


def text(path: str) -> str:
    """The text of a file in assets/."""
    return (ASSETS / path).read_text(encoding="utf-8")


def styles() -> str:
    """The styles of the whole page, in the order in which they may override each other."""
    paths = [path for pattern in STYLES for path in sorted(ASSETS.glob(pattern))]
    return "".join(code(path.relative_to(ASSETS).as_posix()) for path in paths)


def code(path: str) -> str:
    """A module or style as browsers get it: without its comments, which are a fifth of it."""
    return COMMENT.sub("", text(path))


def imports(module: str, with_lazy: bool = False) -> Iterator[str]:
    """The modules that a module imports, as paths in assets/."""
    for pattern in (IMPORT, LAZY_IMPORT) if with_lazy else (IMPORT,):
        for match in pattern.finditer(text(module)):
            yield resolved(module, match["path"])


def resolved(module: str, relative: str) -> str:
    """The path in assets/ of what a module imports by a relative path."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(module), relative))


def module_graph(entries: Iterable[str], with_lazy: bool = False) -> list[str]:
    """Some modules and all that they import, directly or not: each once, after those that import it first.

    Args:
        entries: the modules to start from.
        with_lazy: also those that are only imported when they are first needed.
    """
    found: dict[str, None] = {}
    waiting = list(entries)
    while waiting:
        module = waiting.pop(0)
        if module not in found:
            found[module] = None
            waiting += imports(module, with_lazy)
    return list(found)


def head(entries: Iterable[str]) -> str:
    """What goes into the served page's head: its styles, and links by which a browser loads these modules at once."""
    links = (f'<link rel="modulepreload" href="{SERVED_AT}/{module}">' for module in module_graph(entries))
    return f"<style>{styles()}</style>{''.join(links)}"
