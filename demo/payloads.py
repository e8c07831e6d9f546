"""Checks of everything that the page sends, which is untrusted: anyone can send anything."""

import base64
import binascii
import json
import zlib
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor

from model.data.mnist import VALIDATION
from model.data.pen import CANVAS_SIDE
from model.network import DIGITS
from model.preprocessing import ALL_STEPS, Steps, preprocess
from model.training.recipe import HIGHEST_RATE, RECIPES, WHOLE_NUMBERS, Recipe, RecipeError, changed

MAX_INK = 10_000  # characters of packed ink; a digit takes one or two thousand
MAX_NAME = 64  # characters of a fingerprint, which has 16, or a ticket, which has 22
MIN_DRAWINGS, MAX_DRAWINGS = 10, 100  # to fine-tune on
MAX_DRAWINGS_TEXT = MAX_DRAWINGS * (MAX_INK + 100)  # characters
TRAINING_SETTINGS = ("optimizer", "learning_rate", "batch_size", "epochs", "digits", "seed")
SETTINGS = (*TRAINING_SETTINGS, "hidden_layers", "hidden", "activation")
MAX_EPOCHS = 50
TRAINING_DIGITS = 60_000 - VALIDATION
MAX_STEPS = 100_000  # a minute, or two with the widest layers
MAX_BATCH = 4_096  # beyond it, a step takes so much time and memory that others would notice
RANGES = WHOLE_NUMBERS | {
    "learning_rate": (0, HIGHEST_RATE),
    "epochs": (1, MAX_EPOCHS),
    "batch_size": (1, MAX_BATCH),
}  # of the settings, in the page

DRAWING_FORM = (
    "A drawing is sent as its version, its ink, the preprocessing steps, the network's fingerprint, and the ticket of "
    "the job that it came of, or an empty text."
)
DRAWINGS_FORM = "Drawings are sent as JSON: a list in which each has its label and its ink."
SETTINGS_FORM = f"A training is started with a recipe ({' or '.join(RECIPES)}) and settings ({', '.join(SETTINGS)})."


class PayloadError(ValueError):
    """Something else was sent; the message says what is wrong.

    Attributes:
        version: of the drawing, if it is one and has one.
    """

    def __init__(self, message: str, version: int | None = None) -> None:
        super().__init__(message)
        self.version = version


@dataclass(frozen=True)
class Drawing:
    """What the pad sends at pen-up.

    Attributes:
        version: counts the changes of the drawing.
        ink: (1, 140, 140), uint8.
        steps: of the preprocessing; all of them, unless the visitor left some out.
        network: fingerprint of the classifier that predicts in the page.
        ticket: of the job that it came of; "" for the shared one.
    """

    version: int
    ink: Tensor
    steps: Steps
    network: str
    ticket: str


def parse_drawing(sent: Any) -> Drawing:
    """Check what the pad sent.

    Args:
        sent: {"version": whole number, "ink": as `parse_ink` has it, "steps": {name: boolean}, "network": text,
            "ticket": text}.

    Raises:
        PayloadError: for anything else.
    """
    match sent:
        case {"version": int(version)} if type(version) is int and 0 <= version < 2**53:
            pass
        case _:
            raise PayloadError(DRAWING_FORM)
    match sent:
        case {"ink": str(packed), "steps": dict(steps), "network": str(network), "ticket": str(ticket)} if (
            max(len(network), len(ticket)) <= MAX_NAME
        ):
            pass
        case _:
            raise PayloadError(DRAWING_FORM, version)
    names = asdict(ALL_STEPS).keys()
    if steps.keys() != names or not all(type(taken) is bool for taken in steps.values()):
        raise PayloadError(f"The preprocessing steps are {', '.join(names)}, each true or false.", version)
    try:
        return Drawing(version, parse_ink(packed), Steps(**steps), network, ticket)
    except PayloadError as error:
        raise PayloadError(str(error), version) from None


def parse_ink(packed: str) -> Tensor:
    """Unpack ink: 140 x 140 bytes, deflated, in base64, at most 10,000 characters.

    Returns:
        (1, 140, 140), uint8.

    Raises:
        PayloadError: for anything else.
    """
    if len(packed) > MAX_INK:
        raise PayloadError(f"The ink has {len(packed):,} characters; the limit is {MAX_INK:,}.")
    size = CANVAS_SIDE * CANVAS_SIDE
    try:
        ink = zlib.decompressobj().decompress(base64.b64decode(packed, validate=True), size + 1)
    except (binascii.Error, zlib.error, ValueError):
        raise PayloadError("The ink is not deflated and base64-encoded.") from None
    if len(ink) != size:
        raise PayloadError(f"The ink must have {CANVAS_SIDE} x {CANVAS_SIDE} pixels.")
    return torch.frombuffer(bytearray(ink), dtype=torch.uint8).view(1, CANVAS_SIDE, CANVAS_SIDE)


def parse_labeled_drawings(sent: Any) -> tuple[Tensor, Tensor]:
    """Check the drawings that a network is to be fine-tuned on.

    Args:
        sent: JSON, as text: 10 to 100 drawings [{"label": 0 to 9, "ink": as `parse_ink` has it}].

    Returns:
        The drawings as preprocessed images (N, 28, 28), uint8, and their labels (N,), int64.

    Raises:
        PayloadError: for anything else.
    """
    if not isinstance(sent, str) or len(sent) > MAX_DRAWINGS_TEXT:
        raise PayloadError(DRAWINGS_FORM)
    try:
        drawings = json.loads(sent)
    except (ValueError, RecursionError):
        raise PayloadError(DRAWINGS_FORM) from None
    if not isinstance(drawings, list):
        raise PayloadError(DRAWINGS_FORM)
    if not MIN_DRAWINGS <= len(drawings) <= MAX_DRAWINGS:
        raise PayloadError(
            f"Fine-tuning takes {MIN_DRAWINGS} to {MAX_DRAWINGS} drawings, and {len(drawings):,} were sent."
        )
    inks, labels = zip(*(_labeled(number, drawing) for number, drawing in enumerate(drawings, start=1)), strict=True)
    return preprocess(torch.cat(inks)), torch.tensor(labels)


def _labeled(number: int, drawing: Any) -> tuple[Tensor, int]:
    match drawing:
        case {"label": int(label), "ink": str(packed)} if type(label) is int and 0 <= label < DIGITS:
            pass
        case _:
            raise PayloadError(f"Drawing {number}: it must have a label from 0 to 9, and ink.")
    try:
        ink = parse_ink(packed)
    except PayloadError as error:
        raise PayloadError(f"Drawing {number}: {error}") from None
    if not ink.any():
        raise PayloadError(f"Drawing {number} has no ink.")
    return ink, label


def parse_training_settings(sent: Any) -> Recipe:
    """Check the settings of a training.

    Args:
        sent: {"recipe": a name, and any of SETTINGS}.

    Returns:
        The recipe with these settings.

    Raises:
        PayloadError: for anything else, and for more work than one visitor may ask of a server that many share.
    """
    match sent:
        case {"recipe": str(name), **others} if name in RECIPES and set(others) <= set(SETTINGS):
            settings = {str(setting): value for setting, value in others.items()}
        case _:
            raise PayloadError(SETTINGS_FORM)
    try:
        recipe = changed(RECIPES[name], **settings)
    except RecipeError as error:
        raise PayloadError(f"Check the settings: {error}") from None
    if recipe.epochs > MAX_EPOCHS:
        raise PayloadError(f"In the page, a training has at most {MAX_EPOCHS} epochs.")
    if recipe.batch_size > MAX_BATCH:
        raise PayloadError(f"In the page, a batch has at most {MAX_BATCH:,} digits.")
    samples = min(recipe.digits, TRAINING_DIGITS) + recipe.stroke_images + recipe.hard_examples
    steps = recipe.epochs * -(-samples // recipe.batch_size)
    if steps > MAX_STEPS:
        raise PayloadError(
            f"That makes {steps:,} steps, and in the page a training has at most {MAX_STEPS:,}: choose larger "
            "batches or fewer epochs."
        )
    return recipe
