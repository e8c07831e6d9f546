"""What a recipe may say, and how it is typed."""

from dataclasses import replace

import pytest

from model.training.recipe import RECIPES, Recipe, RecipeError, parse_recipe


def test_the_baseline_recipe_is_that_of_introductory_courses():
    assert RECIPES["baseline"] == Recipe("baseline", "adam", 1e-3, 32, 5, 0, "constant", 0.0, 0.0, 0, 64)


@pytest.mark.parametrize(
    "change",
    [
        {"schedule": "zigzag"},
        {"augmentation": float("nan")},
        {"hidden": 64.0},
        {"name": "x" * 201},
        {"optimizer": []},
        {"learning_rate": "1"},
        {"epochs": True},
    ],
)
def test_a_setting_out_of_range_is_refused_by_name(change: dict):
    with pytest.raises(RecipeError, match=next(iter(change))):
        replace(Recipe(), **change)


def test_every_setting_can_be_typed():
    recipe = parse_recipe(
        "augmented, schedule=constant, augmentation=0.5,weight_decay=0.1,stroke_images=100,"
        "hidden=32,seed=3,optimizer=sgd,learning_rate=0.5,batch_size=64,epochs=1,hidden_layers=3,"
        "activation=none,digits=500"
    )
    settings = {"augmentation": 0.5, "weight_decay": 0.1, "stroke_images": 100, "hidden": 32}
    settings |= {"hidden_layers": 3, "activation": "none", "digits": 500}
    assert recipe == Recipe("augmented, changed", "sgd", 0.5, 64, 1, 3, "constant", **settings)
    assert str(recipe) == (
        "SGD, learning rate 0.5, batches of 64, 1 epoch, augmentation 0.5, weight decay 0.1, 100 images of pen "
        "strokes, 3 hidden layers of 32, no ReLU, 500 training digits"
    )


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "baseline"),
        ("baseline,epoch=1", "'epoch'"),
        ("baseline,epochs=1.5", "whole number"),
        ("baseline,epochs=" + "9" * 5000, "epochs"),
        ("baseline,learning_rate=nan", "above 0"),
        ("baseline,optimizer=adamw", "adam, rmsprop, sgd"),
    ],
)
def test_a_text_that_is_no_recipe_is_named(text: str, named: str):
    with pytest.raises(RecipeError) as caught:
        parse_recipe(text)
    assert named in str(caught.value)
    assert len(str(caught.value)) < 250
