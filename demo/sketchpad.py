"""The sketchpad: a drawing canvas as a Gradio component.

What it sends at pen-up is untrusted: anyone can send anything. `ink_of` checks it at the door.
"""

import base64
import binascii
import json
import zlib
from typing import Any

import torch
from torch import Tensor

from demo.component import Component
from demo.samples import samples
from model.pen import PAPER

LARGEST_INK = 10_000  # characters of packed ink; a digit takes one or two thousand


class InkError(ValueError):
    """Something else than ink was sent; the message says what was wrong.

    Attributes:
        version: of the drawing, where it has one.
    """

    def __init__(self, message: str, version: int | None = None) -> None:
        super().__init__(message)
        self.version = version


class Sketchpad(Component):
    """A pad to draw on with mouse, pen, finger or keyboard; its `input` event carries the ink at pen-up."""

    def __init__(self) -> None:
        # As text: Gradio copies all props at every event, and thousands of small lists would cost 80 ms each time.
        super().__init__("sketchpad", samples=json.dumps(samples()))


def ink_of(drawing: Any) -> tuple[int, Tensor]:
    """Unpack what the sketchpad sent.

    Args:
        drawing: {"version": whole number, "ink": 140 x 140 bytes, deflated, in base64, at most 10,000 characters}.

    Returns:
        The version, and the ink as (1, 140, 140), uint8.

    Raises:
        InkError: for anything else.
    """
    match drawing:
        case {"version": int(version), "ink": str(packed)} if type(version) is int and 0 <= version < 2**53:
            pass
        case _:
            raise InkError("A drawing is sent as its version and its ink.")
    if len(packed) > LARGEST_INK:
        raise InkError(f"The ink takes {len(packed):,} characters, and at most {LARGEST_INK:,} are read.", version)
    try:
        ink = zlib.decompressobj().decompress(base64.b64decode(packed, validate=True), PAPER * PAPER + 1)
    except (binascii.Error, zlib.error, ValueError):
        raise InkError("The ink is not deflated and base64-encoded.", version) from None
    if len(ink) != PAPER * PAPER:
        raise InkError(f"The ink must have {PAPER} x {PAPER} pixels.", version)
    return version, torch.frombuffer(bytearray(ink), dtype=torch.uint8).view(1, PAPER, PAPER)
