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

    _config: dict[str, Any] | None = None

    def __init__(self, asset: str, value: Any = None, **props: Any) -> None:
        super().__init__(
            value=value,
            html_template=text(f"{asset}.html"),
            js_on_load=text(f"{asset}.js"),
            apply_default_css=False,
            **props,
        )

    def get_config(self) -> dict[str, Any]:
        """What the page is told of it; the same for each visitor, and found out once, as it takes Gradio 1 ms."""
        if self._config is None:
            self._config = super().get_config()
        return dict(self._config)

    def api_info(self) -> dict[str, Any]:
        """What clients are told of the value."""
        return {"type": "object"}
