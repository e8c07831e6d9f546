"""The chooser: who reads, once there is a choice."""

from demo.component import Component


class Chooser(Component):
    """The shared network, the visitor's own, or both side by side; hidden until the visitor has trained one."""

    def __init__(self) -> None:
        super().__init__("chooser")
