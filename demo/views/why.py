"""Why this digit and not that one? The difference of two logits, divided among the ink."""

from demo.views.view import View


class Why(View):
    """A signed map over the ink for any pair of digits; its sum and the bias term make the logits' difference."""

    NAME = "why"
    TITLE = "Why this digit?"
