"""The command-line flags that several commands share, each with an environment variable for its default."""

import argparse
import os
from pathlib import Path
from typing import Any

from model.paths import CHECKPOINT
from model.training.recipe import RECIPES, SETTINGS, Recipe, RecipeError, parse_recipe

SWITCHES = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


def add_flag(parser: argparse.ArgumentParser, name: str, help: str, default: Any = None, **options: Any) -> None:
    """Add a flag whose default comes from an environment variable: --data from DIGITS_DATA, and so on."""
    variable = "DIGITS_" + name.upper()
    default = os.environ.get(variable) or default
    if options.get("action") == "store_true":
        text = str(default or "0").lower()
        if text not in SWITCHES:
            parser.error(f"{variable} must be one of {', '.join(SWITCHES)}, not {text!r}.")
        default = SWITCHES[text]
    parser.add_argument(f"--{name}", default=default, help=f"{help} [{variable}]", **options)


def add_model_flags(parser: argparse.ArgumentParser) -> None:
    """Add --data, --checkpoint and --recipe."""
    add_checkpoint_flag(parser)
    data = (
        "folder with MNIST's four files, plain or .gz, directly or in MNIST/raw "
        "(default: data/ of this repository; without files there, they are downloaded)"
    )
    recipe = (
        f"how to train: {' or '.join(RECIPES)}, with any settings to change, as in baseline,epochs=1,seed=7 "
        f"({', '.join(SETTINGS)})"
    )
    add_flag(parser, "data", data, type=Path, metavar="DIR")
    add_flag(parser, "recipe", recipe, type=_recipe, metavar="RECIPE")


def add_checkpoint_flag(parser: argparse.ArgumentParser) -> None:
    """Add --checkpoint."""
    help = "the trained network's file (default: checkpoints/mlp.pt)"
    add_flag(parser, "checkpoint", help, CHECKPOINT, type=Path, metavar="FILE")


def _recipe(text: str) -> Recipe:
    try:
        return parse_recipe(text)
    except RecipeError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
