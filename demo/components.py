"""A component of the page: a template, a module and a style in assets/, under one name."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from demo.assets import SERVED_AT, text
from demo.server.gradio_internals import HTML, with_events

MOUNT = "({ mount }) => mount({ element, props, trigger, watch, server })"
DEFERRED = "state/deferred.js"


class Component(HTML):
    """A part of the page that draws itself in the browser.

    Args:
        folder: in assets/, such as "page/pad": its template is page/pad/pad.html, and `mount` of page/pad/pad.js runs
            once.
        value: what it starts with; what Python sends it later takes its place.
        events: that it may trigger.
        props: what else its module finds in `props`.
    """

    def __init__(self, folder: str, value: Any = None, events: Sequence[str] = (), **props: Any) -> None:
        path = f"{folder}/{folder.rpartition('/')[2]}"
        self.module = f"{path}.js"
        super().__init__(
            value=value,
            html_template=text(f"{path}.html"),
            js_on_load=with_events(self.script(), events),
            apply_default_css=False,
            **props,
        )

    def script(self) -> str:
        """All that Gradio runs: it imports the module, and hands over what only this text has."""
        return f"{_import(self.module)}.then({MOUNT})"


class DeferredComponent(Component):
    """A component whose module is loaded after the network has arrived: nothing of it is painted before that."""

    def script(self) -> str:
        """The same, after the network has arrived."""
        return f"{_import(DEFERRED)}.then(({{ defer }}) => defer(() => {_import(self.module)}, {MOUNT}))"


def components(page: gr.Blocks) -> list[Component]:
    """A page's components, from top to bottom."""
    return [block for block in page.blocks.values() if isinstance(block, Component)]


def _import(module: str) -> str:
    return f'import(new URL("{SERVED_AT}/{module}", document.baseURI))'
