"""The sketchpad: a drawing canvas as a Gradio component.

What it sends at pen-up is untrusted: anyone can send anything. `drawing_of` checks it at the door.
"""

import base64
import binascii
import json
import zlib
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor

from demo.component import Component
from demo.samples import samples
from model.framing import ALL_STEPS, Steps
from model.pen import PAPER

LARGEST_INK = 10_000  # characters of packed ink; a digit takes one or two thousand
AS_SENT = "A drawing is sent as its version, its ink, the steps of its framing and the network's fingerprint."
LONGEST_NAME = 64  # characters of a network's fingerprint; ours have 16


class InkError(ValueError):
    """Something else than ink was sent; the message says what was wrong.

    Attributes:
        version: of the drawing, where it has one.
    """

    def __init__(self, message: str, version: int | None = None) -> None:
        super().__init__(message)
        self.version = version


@dataclass(frozen=True)
class Drawing:
    """What the page asks about.

    Attributes:
        version: counts the changes of the drawing.
        ink: (1, 140, 140), uint8.
        steps: of the framing; all of them, unless the visitor left some out.
        network: fingerprint of the network that the page reads with.
    """

    version: int
    ink: Tensor
    steps: Steps
    network: str


class Sketchpad(Component):
    """A pad to draw on with mouse, pen, finger or keyboard; its `input` event carries the ink at pen-up."""

    def __init__(self) -> None:
        # As text: Gradio copies all props at every event, and thousands of small lists would cost 80 ms each time.
        super().__init__("sketchpad", samples=json.dumps(samples(), separators=(",", ":")))


def drawing_of(sent: Any) -> Drawing:
    """Unpack what the sketchpad sent.

    Args:
        sent: {"version": whole number, "ink": as `ink_of` has it, "steps": {name: whether taken}, "network": text}.

    Raises:
        InkError: for anything else.
    """
    match sent:
        case {"version": int(version)} if type(version) is int and 0 <= version < 2**53:
            pass
        case _:
            raise InkError(AS_SENT)
    match sent:
        case {"ink": str(packed), "steps": dict(steps), "network": str(network)} if len(network) <= LONGEST_NAME:
            pass
        case _:
            raise InkError(AS_SENT, version)
    if steps.keys() != asdict(ALL_STEPS).keys() or not all(type(taken) is bool for taken in steps.values()):
        raise InkError("The steps of the framing are box, square, fit and centre, each true or false.", version)
    try:
        return Drawing(version, ink_of(packed), Steps(**steps), network)
    except InkError as error:
        raise InkError(str(error), version) from None


def ink_of(packed: str) -> Tensor:
    """Unpack ink: 140 x 140 bytes, deflated, in base64, at most 10,000 characters.

    Returns:
        (1, 140, 140), uint8.

    Raises:
        InkError: for anything else.
    """
    if len(packed) > LARGEST_INK:
        raise InkError(f"The ink takes {len(packed):,} characters, and at most {LARGEST_INK:,} are read.")
    try:
        ink = zlib.decompressobj().decompress(base64.b64decode(packed, validate=True), PAPER * PAPER + 1)
    except (binascii.Error, zlib.error, ValueError):
        raise InkError("The ink is not deflated and base64-encoded.") from None
    if len(ink) != PAPER * PAPER:
        raise InkError(f"The ink must have {PAPER} x {PAPER} pixels.")
    return torch.frombuffer(bytearray(ink), dtype=torch.uint8).view(1, PAPER, PAPER)
