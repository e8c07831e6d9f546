"""From page to code: the script of a recipe is run, and holds what the page's own training gives."""

import contextlib
import io

import pytest
import torch

from model.network import MLP, image_logits, normalize
from model.training.batches import Samples, training_samples
from model.training.loop import train
from model.training.recipe import RECIPES, Recipe
from model.training.script import state_dict_file, training_script


def run(script, folder, mnist_folder, monkeypatch):
    """Run a script in a folder, with MNIST's files where torchvision would download them; its names and its lines."""
    raw = folder / "data" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for file in mnist_folder.glob("*.gz"):
        (raw / file.name).symlink_to(file)
    monkeypatch.chdir(folder)
    namespace = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(script, namespace)
    return namespace, printed.getvalue().splitlines()


@pytest.mark.parametrize("schedule", ["constant", "one-cycle"])
def test_a_script_gives_the_curve_of_the_page_within_noise(mnist, mnist_folder, tmp_path, monkeypatch, schedule):
    recipe = Recipe(epochs=2, batch_size=100, learning_rate=0.003, schedule=schedule, hidden=32, digits=20_000)
    script = training_script(recipe)
    assert len(script.splitlines()) <= 52
    namespace, lines = run(script, tmp_path, mnist_folder, monkeypatch)
    losses = {}
    for progress in train(
        MLP(hidden=32), training_samples(mnist, recipe), recipe, Samples(mnist.test_images, mnist.test_labels)
    ):
        losses.setdefault(progress.epoch, []).append(progress.recent_loss)
        accuracy = progress.validation_accuracy
    assert float(lines[-1].split()[-1]) == pytest.approx(accuracy, abs=0.01)
    last = sum(losses[2]) / len(losses[2])  # of reports that all stand for as many steps, but for the last
    assert float(lines[1].split()[3].rstrip(",")) == pytest.approx(last, rel=0.1)
    assert len(namespace["training"][1]) == recipe.digits
    assert list(torch.load("mlp.pt")) == list(namespace["model"].state_dict())


@pytest.mark.parametrize(("depth", "activation"), [(2, "relu"), (0, "relu"), (3, "none")])
def test_its_model_loads_the_pages_weights(mnist, depth, activation):
    network = MLP(hidden=16, seed=3, hidden_layers=depth, relu=activation == "relu")
    script = training_script(Recipe(hidden=16, hidden_layers=depth, activation=activation))
    model = eval(script[script.index("nn.Sequential(") : script.index("\noptimizer")], {"nn": torch.nn})
    model.load_state_dict(torch.load(io.BytesIO(state_dict_file(network))))
    images = mnist.test_images[:50]
    torch.testing.assert_close(model(normalize(images)), image_logits(network, images))


def test_what_a_script_leaves_out_is_said_there():
    assert "Left out" in training_script(RECIPES["augmented"])
    assert "Left out" not in training_script(RECIPES["baseline"])
    assert "(images[:-5000], labels[:-5000])" in training_script(RECIPES["baseline"])
