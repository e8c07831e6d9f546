"""The page's own files: templates, scripts and styles, as they lie in assets/."""

from pathlib import Path

ASSETS = Path(__file__).parent.parent / "assets"


def text(name: str) -> str:
    """The text of a file in assets/."""
    return (ASSETS / name).read_text(encoding="utf-8")


def head() -> str:
    """What goes into the page's head: its style, and the scripts that every component counts on."""
    scripts = "".join(f"<script>{text(name)}</script>" for name in ("engine.js", "live.js", "python.js"))
    return f"<style>{text('page.css')}</style>{scripts}"
