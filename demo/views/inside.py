"""What happens inside? Every neuron, and the sum behind it."""

from demo.views.view import View


class Inside(View):
    """Both hidden layers as tiles, lit by activation; a chosen neuron's weights, inputs and sum in real numbers."""

    NAME = "inside"
    TITLE = "Inside"
