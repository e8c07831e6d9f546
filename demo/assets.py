"""The page's own files: templates, scripts and styles, as they lie in assets/."""

from pathlib import Path

ASSETS = Path(__file__).parent.parent / "assets"


def text(name: str) -> str:
    """The text of a file in assets/."""
    return (ASSETS / name).read_text(encoding="utf-8")


SCRIPTS = ("engine", "live", "kept", "python", "trainings", "views", "pictures", "charts", "download")


def head() -> str:
    """What goes into the page's head: its style, and the scripts that every component counts on."""
    styles = [ASSETS / "page.css", *sorted(ASSETS.glob("views/*.css"))]
    style = "".join(path.read_text(encoding="utf-8") for path in styles)
    scripts = "".join(f"<script>{text(f'{name}.js')}</script>" for name in SCRIPTS)
    return f"<style>{style}</style>{scripts}"
