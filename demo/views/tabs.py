"""The tabs: which views there are, and which one is open."""

import json
from collections.abc import Sequence

from demo.component import Component
from demo.views.view import View


class Tabs(Component):
    """A row of tabs, one for each view, and one that opens all of them."""

    def __init__(self, views: Sequence[type[View]]) -> None:
        super().__init__("tabs", titles=json.dumps({view.NAME: view.TITLE for view in views}))
