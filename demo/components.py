"""A component of the page: a template, a module and a style in assets/, under one name."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from demo.server.gradio_internals import HTML, with_events
from demo.site import FOLDER, text
from model.paths import ASSETS

MOUNT = "({ mount }) => mount({ element, props, trigger, watch, server })"
DEFERRED = "state/deferred.js"
EARLY = text("site/early.js").replace("export ", "") + "keepEarlyStrokes(element);"
# A content blocker or a lost connection may keep a module out: nothing else would say so.
INCOMPLETE = "A part of this page could not be loaded. Reload it, without a content blocker if you use one."
FAILED = f'(error) => {{ element.append("{INCOMPLETE}"); throw error; }}'


class Component(HTML):
    """A part of the page that draws itself in the browser.

    Args:
        folder: in assets/, such as "page/pad": `mount` of page/pad/pad.js runs once, in an element with the template
            page/pad/pad.html, if there is one.
        value: what it starts with; what Python sends it later takes its place.
        events: that it may trigger.
        before: JavaScript to run before the module is there.
        props: what else its module finds in `props`.
    """

    def __init__(
        self, folder: str, value: Any = None, events: Sequence[str] = (), before: str = "", **props: Any
    ) -> None:
        path = f"{folder}/{folder.rpartition('/')[2]}"
        self.module, self.before = f"{path}.js", before
        super().__init__(
            value=value,
            html_template=text(f"{path}.html") if (ASSETS / f"{path}.html").exists() else "<div></div>",
            js_on_load=with_events(self.script('import(new URL("{}", document.baseURI))'), events),
            apply_default_css=False,
            **props,
        )

    def script(self, load: str) -> str:
        """All that runs for its `element`, in JavaScript; `load` is how a module is imported, with {} for its name."""
        return f"{self.before}{load.format(f'{FOLDER}/{self.module}')}.then({MOUNT}).catch({FAILED});"


class DeferredComponent(Component):
    """A component whose module is loaded after the network has arrived: nothing of it is painted before that."""

    def script(self, load: str) -> str:
        """The same, after the network has arrived."""
        defer, module = (load.format(f"{FOLDER}/{path}") for path in (DEFERRED, self.module))
        return f"{defer}.then(({{ defer }}) => defer(() => {module}, {MOUNT})).catch({FAILED});"


def components(page: gr.Blocks) -> list[Component]:
    """A page's components, from top to bottom."""
    return [block for block in page.blocks.values() if isinstance(block, Component)]
