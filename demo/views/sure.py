"""How sure, and how wrong? From logits to probabilities to cross-entropy, and what one step of learning would do."""

from demo.views.view import View


class Sure(View):
    """Softmax and cross-entropy worked through for the drawing, and one step of gradient descent on it."""

    NAME = "sure"
    TITLE = "How sure?"
