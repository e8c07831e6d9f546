"""A view: one panel under the tabs, which answers one question."""

from typing import Any

from demo.component import Component
from model.classifier import Classifier


class View(Component):
    """A panel; its template, script and style are assets/views/NAME.html, .js and .css.

    Attributes:
        NAME: what the address calls it: ?view=NAME.
        TITLE: what its tab says.
    """

    NAME: str
    TITLE: str

    @classmethod
    def of(cls, classifier: Classifier) -> "View":
        """The view for a page on which this classifier reads."""
        return cls()

    def __init__(self, value: Any = None, **props: Any) -> None:
        super().__init__(f"views/{self.NAME}", value, **props)
