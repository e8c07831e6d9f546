"""Does it read my hand? Twenty digits by the reader, their score beside MNIST's, and a network that is taught them."""

from demo.views.view import View


class Hand(View):
    """Asks for twenty digits, and says how many were read."""

    NAME = "hand"
    TITLE = "Does it read my hand?"
