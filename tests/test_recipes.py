"""What a recipe may say, and what training by it does."""

from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch

from model import checkpoint
from model.classifier import Classifier
from model.mnist import Digits
from model.network import MLP
from model.opening import DEFAULT_RECIPE
from model.recipe import RECIPES, Recipe, RecipeError, parse_recipe
from model.styles import load_styles, write_styles
from model.training import train


@pytest.fixture(scope="module")
def digits() -> Digits:
    """Written styles in MNIST's place."""
    images, labels = write_styles(load_styles(), 3_000)
    test_images, test_labels = write_styles(load_styles(), 500, seed=1)
    return Digits(images, labels, test_images, test_labels)


def _weights(digits: Digits, recipe: Recipe) -> torch.Tensor:
    network = MLP(seed=recipe.seed)
    for _ in train(network, digits, recipe):
        pass
    return network.flat_parameters()


def test_the_chapters_recipe_is_the_chapters():
    assert asdict(RECIPES["chapter"]) == {
        "name": "chapter",
        "optimiser": "adam",
        "learning_rate": 1e-3,
        "batch_size": 32,
        "epochs": 5,
        "seed": 0,
        "schedule": "constant",
        "augmentation": 0.0,
        "styles": 0,
        "repeats": 0,
        "hidden": 64,
    }


def test_the_drawing_recipe_keeps_the_chapters_optimiser_batches_and_epochs():
    assert RECIPES["drawing"] == DEFAULT_RECIPE
    chapter = RECIPES["chapter"]
    for setting in ("optimiser", "batch_size", "epochs"):
        assert getattr(DEFAULT_RECIPE, setting) == getattr(chapter, setting)


@pytest.mark.parametrize(
    "change",
    [
        {"schedule": "zigzag"},
        {"augmentation": -0.1},
        {"augmentation": "much"},
        {"augmentation": float("nan")},
        {"styles": -1},
        {"styles": 1.5},
        {"repeats": 60_001},
        {"repeats": True},
        {"hidden": 7},
        {"hidden": 257},
        {"hidden": 64.0},
    ],
)
def test_a_setting_out_of_range_is_refused_by_name(change: dict):
    with pytest.raises(RecipeError, match=next(iter(change))):
        replace(Recipe(), **change)


def test_every_setting_can_be_typed():
    recipe = parse_recipe("drawing,schedule=constant,augmentation=0.5,styles=100,repeats=7,hidden=32,seed=3")
    settings = {"augmentation": 0.5, "styles": 100, "repeats": 7, "hidden": 32, "seed": 3}
    assert recipe == Recipe("drawing, changed", learning_rate=3e-3, **settings)


def test_a_width_is_told_where_it_is_not_the_chapters():
    assert "hidden" not in str(Recipe())
    assert str(Recipe(hidden=128)).endswith("5 epochs, hidden layers of 128")


def test_a_checkpoint_from_before_the_newer_settings_still_loads(tmp_path: Path):
    path = tmp_path / "old.pt"
    checkpoint.save(Classifier(MLP(), Recipe(), 0.97), path)
    content = torch.load(path, weights_only=True)
    content["recipe"] = {
        key: content["recipe"][key] for key in ("name", "optimiser", "learning_rate", "batch_size", "epochs", "seed")
    }
    torch.save(content, path)
    assert checkpoint.load(path).recipe == Recipe()


@pytest.mark.parametrize("name", RECIPES)
def test_the_same_seed_gives_the_same_weights_and_another_does_not(digits: Digits, name: str):
    recipe = replace(
        RECIPES[name], epochs=3, styles=min(RECIPES[name].styles, 200), repeats=min(100, RECIPES[name].repeats)
    )
    first, again = _weights(digits, recipe), _weights(digits, recipe)
    assert torch.equal(first, again)
    assert not torch.equal(first, _weights(digits, replace(recipe, seed=1)))


def test_an_epoch_shows_the_styles_and_from_the_third_on_the_worst_twice(digits: Digits):
    recipe = Recipe(epochs=4, styles=320, repeats=640)
    steps = {progress.epoch: progress.steps for progress in train(MLP(), digits, recipe)}
    without = -(-(3_000 + 320) // 32)
    assert steps == {1: without, 2: without, 3: without + 20, 4: without + 20}


def test_one_cycle_ends_at_rest(digits: Digits):
    network = MLP()
    recipe = Recipe(epochs=6, learning_rate=3e-3, schedule="one-cycle")
    ends = [network.flat_parameters() for progress in train(network, digits, recipe) if progress.step == progress.steps]
    early, late = (ends[1] - ends[0]).norm(), (ends[-1] - ends[-2]).norm()
    assert late < early / 2
