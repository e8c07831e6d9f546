"""The readout: the answer, ten bars and the network's input. Its value is torch's answer at pen-up."""

from demo.component import Component


class Readout(Component):
    """Shows what the network in the page thinks, live, and what torch said at pen-up."""

    def __init__(self) -> None:
        super().__init__("readout")
