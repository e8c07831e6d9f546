"""The readout: the answer, ten bars and the network's input. Its value is torch's answer at pen-up."""

from typing import Any

import gradio as gr

from demo.assets import text


class Readout(gr.HTML):
    """Shows what the network in the page thinks, live, and what torch said at pen-up."""

    def __init__(self) -> None:
        super().__init__(
            value=None,
            html_template=text("readout.html"),
            js_on_load=text("readout.js"),
            apply_default_css=False,
        )

    def api_info(self) -> dict[str, Any]:
        """What clients are told of the value."""
        return {"type": "object"}
