"""A view: one panel under the tabs, which answers one question."""

from typing import Any

from demo.component import Component
from demo.trainings import Trainings
from model.classifier import Classifier


class View(Component):
    """A panel; its template, script and style are assets/views/NAME.html, .js and .css.

    Attributes:
        NAME: what the address calls it: ?view=NAME.
        TITLE: what its tab says.
        NEEDS_PYTHON: whether it is of no use on a page without a server.
    """

    NAME: str
    TITLE: str
    NEEDS_PYTHON = False

    def __init__(self, value: Any = None, **props: Any) -> None:
        super().__init__(f"views/{self.NAME}", value, **props)

    @classmethod
    def of(cls, classifier: Classifier, trainings: Trainings, has_mnist: bool) -> "View":
        """The view for a page on which this classifier reads, and these trainings take place, where there is MNIST."""
        return cls()

    def listen(self) -> None:
        """Connect what happens in the view with what it does; once the whole page is there."""
