"""The page's source, held to what the oldest browsers know: Safari 16.4, Chrome 111, Firefox 115.

TypeScript checks the language itself and its library (tsconfig.json: es2023); what a browser has beside them is not
versioned there, so a list of what is too new is looked for in the text.
"""

import re
from pathlib import Path

from model.paths import ASSETS

TOO_NEW_CSS = (
    r"light-dark\(|:has\(|@starting-style|@scope|@property|@position-try|anchor\(|subgrid|\bround\(|\d(?:lh|rlh)\b"
    r"|::details-content|:popover-open|:user-(?:in)?valid|transition-behavior|(?<!-)\bmask(?:-\w+)?:"
)
TOO_NEW_JS = (
    r"\.aria[A-Z]\w+|popover|checkVisibility|requestIdleCallback|AbortSignal\.any|URL\.(?:canParse|parse)\b|moveBefore"
    r"|fromBase64|toBase64|startViewTransition|fromAsync|\bwith \{ type|\.setHTMLUnsafe|closedBy"
)
COMMENTS = re.compile(r"/\*.*?\*/|(?<![:\"'])//[^\n]*", re.DOTALL)


def sources(suffix: str) -> list[Path]:
    """The page's own files of one kind."""
    return [path for path in sorted(ASSETS.rglob(f"*.{suffix}")) if "vendor" not in path.parts]


def findings(path: Path, pattern: str) -> list[str]:
    """What a file has of a pattern, outside of its comments."""
    return re.findall(pattern, COMMENTS.sub("", path.read_text(encoding="utf-8")))


def test_styles_are_known_to_them() -> None:
    for path in sources("css"):
        assert findings(path, TOO_NEW_CSS) == [], path
        assert nested(COMMENTS.sub("", path.read_text(encoding="utf-8"))) == [], path


def test_scripts_are_known_to_them() -> None:
    assert {path.name: found for path in sources("js") if (found := findings(path, TOO_NEW_JS))} == {}


def nested(css: str) -> list[str]:
    """Rules within rules: the selectors of the inner ones."""
    found, outer = [], []
    for selector, brace in re.findall(r"([^{};]*)([{};])", css):
        if brace == "{":
            if outer and not outer[-1].startswith("@"):
                found.append(selector.strip())
            outer.append(selector.strip())
        elif brace == "}" and outer:
            outer.pop()
    return found
