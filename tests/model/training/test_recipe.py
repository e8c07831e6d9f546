"""What a recipe may say, and how it is typed."""

from dataclasses import replace

import pytest

from model.training.recipe import DEFAULT_RECIPE, RECIPES, Recipe, RecipeError, changed, parse_recipe


def test_the_baseline_recipe_is_that_of_introductory_courses():
    assert RECIPES["baseline"] == Recipe("baseline", "adam", 1e-3, 32, 5, 0, "constant", 0.0, 1.0, 0, 64)


def test_the_augmented_recipe_trains_the_baselines_network_by_its_optimizer():
    assert RECIPES["augmented"] == DEFAULT_RECIPE
    for setting in ("optimizer", "hidden"):
        assert getattr(DEFAULT_RECIPE, setting) == getattr(RECIPES["baseline"], setting)


@pytest.mark.parametrize(
    "change",
    [
        {"schedule": "zigzag"},
        {"augmentation": -0.1},
        {"augmentation": float("nan")},
        {"augmented_share": 1.1},
        {"stroke_images": -1},
        {"hidden": 7},
        {"hidden": 64.0},
        *({"name": name} for name in ("", 3, "x" * 201)),
        *({"optimizer": optimizer} for optimizer in (None, [], "Adam")),
        *({"learning_rate": rate} for rate in ("1", True, None, 0)),
        *({"epochs": epochs} for epochs in (1.0, True, "5", 0)),
    ],
)
def test_a_setting_out_of_range_is_refused_by_name(change: dict):
    with pytest.raises(RecipeError, match=next(iter(change))):
        replace(Recipe(), **change)


def test_every_setting_can_be_typed():
    recipe = parse_recipe(
        "augmented, schedule=constant, augmentation=0.5,augmented_share=0.25,stroke_images=100,"
        "hidden=32,seed=3,optimizer=sgd,learning_rate=0.5,batch_size=64,epochs=1,hidden_layers=3,"
        "activation=none,digits=500"
    )
    settings = {"augmentation": 0.5, "augmented_share": 0.25, "stroke_images": 100, "hidden": 32}
    settings |= {"hidden_layers": 3, "activation": "none", "digits": 500}
    assert recipe == Recipe("augmented, changed", "sgd", 0.5, 64, 1, 3, "constant", **settings)
    assert str(recipe) == (
        "SGD, learning rate 0.5, batches of 64, 1 epoch, augmentation 0.5 of 25% of the images, 100 images of pen "
        "strokes, 3 hidden layers of 32, no ReLU, 500 training digits"
    )


def test_another_seed_is_the_same_recipe():
    assert parse_recipe("baseline,seed=7,epochs=5").name == "baseline"
    assert changed(DEFAULT_RECIPE, seed=4) == replace(DEFAULT_RECIPE, seed=4)
    assert changed(DEFAULT_RECIPE, hidden=32).name == "augmented, changed"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "baseline"),
        ("baselines", "'baselines'"),
        ("epochs=1", "'epochs=1'"),
        ("baseline,", "setting ''"),
        ("baseline,epoch=1", "'epoch'"),
        ("baseline,name=x", "'name'"),
        ("baseline,epochs", "epochs"),
        ("baseline,epochs=1.5", "whole number"),
        ("baseline,epochs=0", "from 1 to 1,000"),
        ("baseline,epochs=" + "9" * 5000, "epochs"),
        ("baseline,batch_size=60001", "60,000"),
        ("baseline,seed=9223372036854775808", "seed"),
        ("baseline,learning_rate=fast", "fast"),
        ("baseline,learning_rate=nan", "above 0"),
        ("baseline,learning_rate=inf", "at most 100"),
        ("baseline,optimizer=adamw", "adam, rmsprop, sgd"),
    ],
)
def test_a_text_that_is_no_recipe_is_named(text: str, named: str):
    with pytest.raises(RecipeError) as caught:
        parse_recipe(text)
    assert named in str(caught.value)
    assert len(str(caught.value)) < 250
