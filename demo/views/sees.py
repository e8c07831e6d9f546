"""What does it see? The framing in four steps, each of which can be left out."""

from demo.views.view import View


class Sees(View):
    """From the drawing to 28 x 28 in pictures, with true numbers and with the answer that each step makes."""

    NAME = "sees"
    TITLE = "What it sees"
