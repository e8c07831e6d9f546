"""A component of the page: a template and a script in assets/, under one name."""

from typing import Any

import gradio as gr

from demo.assets import text


class Component(gr.HTML):
    """A part of the page that draws itself in the browser.

    Args:
        asset: its template is assets/ASSET.html, and assets/ASSET.js runs once when it is mounted.
        value: what it starts with; what Python sends it later takes its place.
        props: what else its script finds in `props`.
    """

    def __init__(self, asset: str, value: Any = None, **props: Any) -> None:
        super().__init__(
            value=value,
            html_template=text(f"{asset}.html"),
            js_on_load=text(f"{asset}.js"),
            apply_default_css=False,
            **props,
        )

    def api_info(self) -> dict[str, Any]:
        """What clients are told of the value."""
        return {"type": "object"}
