"""A component of the page: a template, a module and a style in assets/, under one name."""

import gradio as gr

from demo.server.gradio_internals import WithoutStub
from demo.site import FOLDER, text
from model.paths import ASSETS

MOUNT = "({ mount }) => mount({ element })"
NETWORKS = "state/networks.js"
EARLY = text("site/early.js").replace("export ", "") + "keepEarlyEvents(element);"
# A content blocker or a lost connection may keep a module out: nothing else would say so.
INCOMPLETE = "A part of this page could not be loaded. Reload it, without a content blocker if you use one."
FAILED = f'(error) => {{ element.append("{INCOMPLETE}"); throw error; }}'


class Component(gr.HTML, metaclass=WithoutStub):
    """A part of the page that draws itself in the browser.

    Args:
        folder: in assets/, such as "page/pad": `mount` of page/pad/pad.js runs once, in an element with the template
            page/pad/pad.html, if there is one.
        before: JavaScript to run before the module is there.
    """

    def __init__(self, folder: str, before: str = "") -> None:
        path = f"{folder}/{folder.rpartition('/')[2]}"
        self.module, self.before = f"{path}.js", before
        super().__init__(
            html_template=text(f"{path}.html") if (ASSETS / f"{path}.html").exists() else "<div></div>",
            js_on_load=self.script('import(new URL("{}", document.baseURI))'),
            apply_default_css=False,
        )

    def script(self, load: str) -> str:
        """All that runs for its `element`, in JavaScript; `load` is how a module is imported, with {} for its name."""
        return f"{self.before}{load.format(f'{FOLDER}/{self.module}')}.then({MOUNT}).catch({FAILED});"


class DeferredComponent(Component):
    """A component whose module is loaded after the network has arrived: nothing of it is painted before that."""

    def script(self, load: str) -> str:
        """The same, after the network has arrived."""
        networks, module = (load.format(f"{FOLDER}/{path}") for path in (NETWORKS, self.module))
        return f"{networks}.then(({{ arrived }}) => arrived).then(() => {module}).then({MOUNT}).catch({FAILED});"


def components(page: gr.Blocks) -> list[Component]:
    """A page's components, from top to bottom."""
    return [block for block in page.blocks.values() if isinstance(block, Component)]
