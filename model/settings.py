"""The flags that every command shares, each with an environment variable behind it."""

import argparse
import os
from pathlib import Path
from typing import Any

from model.recipe import RECIPES, SETTINGS, Recipe, RecipeError, parse_recipe

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
CHECKPOINT = ROOT / "checkpoints" / "mlp.pt"


def add_flag(parser: argparse.ArgumentParser, name: str, help: str, default: Any = None, **options: Any) -> None:
    """Add a flag whose default comes from an environment variable: --data from DIGITS_DATA, and so on."""
    variable = "DIGITS_" + name.upper()
    default = os.environ.get(variable) or default
    if options.get("action") == "store_true":
        default = _switched_on(parser, variable, str(default or "0"))
    parser.add_argument(f"--{name}", default=default, help=f"{help} [{variable}]", **options)


def add_model_flags(parser: argparse.ArgumentParser) -> None:
    """Add --data, --checkpoint and --recipe."""
    add_checkpoint_flag(parser)
    add_flag(
        parser,
        "data",
        "folder with MNIST's four files, plain or .gz, flat or in MNIST/raw; "
        "otherwise data/ is looked at, and otherwise they are downloaded",
        type=Path,
        metavar="DIR",
    )
    add_flag(
        parser,
        "recipe",
        f"how to train: {' or '.join(RECIPES)}, with any settings to change, as in chapter,epochs=1,seed=7 "
        f"({', '.join(SETTINGS)})",
        type=_recipe,
        metavar="RECIPE",
    )


def add_checkpoint_flag(parser: argparse.ArgumentParser) -> None:
    """Add --checkpoint."""
    add_flag(
        parser,
        "checkpoint",
        "the trained network's file (default: checkpoints/mlp.pt)",
        default=CHECKPOINT,
        type=Path,
        metavar="FILE",
    )


def add_shared_flag(parser: argparse.ArgumentParser) -> None:
    """Add --shared."""
    add_flag(
        parser,
        "shared",
        "folder with data to measure on that does not come along, such as pen strokes (default: ../shared)",
        default=SHARED,
        type=Path,
        metavar="DIR",
    )


def _switched_on(parser: argparse.ArgumentParser, variable: str, text: str) -> bool:
    switches = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if text.lower() not in switches:
        parser.error(f"{variable} must be one of {', '.join(switches)}, not {text!r}.")
    return switches[text.lower()]


def _recipe(text: str) -> Recipe:
    try:
        return parse_recipe(text)
    except RecipeError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
