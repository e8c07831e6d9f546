"""The door for lessons: drawings of one visitor's, with what they are, that a network is to be taught.

What the page sends is untrusted: anyone can send anything. `lesson_of` checks it.
"""

import json
from typing import Any

import torch
from torch import Tensor

from demo.sketchpad import LARGEST_INK, InkError, ink_of
from model.framing import frame
from model.network import DIGITS

FEWEST, MOST = 10, 100  # drawings
LARGEST_LESSON = MOST * (LARGEST_INK + 100)  # characters
AS_SENT = "A lesson is sent as JSON: a list of drawings, each with its label and its ink."


class LessonError(ValueError):
    """Something else than a lesson was sent; the message says what was wrong."""


def lesson_of(sent: Any) -> tuple[Tensor, Tensor]:
    """Unpack a lesson.

    Args:
        sent: JSON, as text: 10 to 100 drawings [{"label": 0 to 9, "ink": as `demo.sketchpad.ink_of` has it}].

    Returns:
        The drawings as framed pictures (N, 28, 28), uint8, and their labels (N,), int64.

    Raises:
        LessonError: for anything else.
    """
    if not isinstance(sent, str) or len(sent) > LARGEST_LESSON:
        raise LessonError(AS_SENT)
    try:
        drawings = json.loads(sent)
    except (ValueError, RecursionError):
        raise LessonError(AS_SENT) from None
    if not isinstance(drawings, list):
        raise LessonError(AS_SENT)
    if not FEWEST <= len(drawings) <= MOST:
        raise LessonError(f"A lesson has {FEWEST} to {MOST} drawings, and {len(drawings):,} were sent.")
    inks, labels = zip(*(_drawing(number, drawing) for number, drawing in enumerate(drawings, start=1)), strict=True)
    return frame(torch.cat(inks)), torch.tensor(labels)


def _drawing(number: int, drawing: Any) -> tuple[Tensor, int]:
    match drawing:
        case {"label": int(label), "ink": str(packed)} if type(label) is int and 0 <= label < DIGITS:
            pass
        case _:
            raise LessonError(f"Drawing {number}: it must have a label from 0 to 9, and ink.")
    try:
        ink = ink_of(packed)
    except InkError as error:
        raise LessonError(f"Drawing {number}: {error}") from None
    if not ink.any():
        raise LessonError(f"Drawing {number} has no ink.")
    return ink, label
