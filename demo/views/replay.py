"""When did it change its mind? The drawing again, point by point."""

from demo.views.view import View


class Replay(View):
    """The ten probabilities over the drawing's course as a stacked area, and a scrubber that moves through it."""

    NAME = "replay"
    TITLE = "Change of mind"
