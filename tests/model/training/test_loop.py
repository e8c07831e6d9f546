"""The training loop: its batches, its progress, and that the same seed gives the same weights."""

import math
import threading
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from model.data.mnist import Digits
from model.network import MLP, normalize
from model.training import batches
from model.training.batches import Samples, training_samples
from model.training.loop import DivergedError, Progress, train
from model.training.recipe import RECIPES, Recipe

SMALL = Recipe(batch_size=16, epochs=3)


@pytest.fixture(scope="module")
def samples(mnist: Digits) -> Samples:
    return Samples(mnist.train_images[:1_001], mnist.train_labels[:1_001])


def trained(samples: Samples, recipe: Recipe, validation: Samples | None = None) -> tuple[Tensor, list[Progress]]:
    network = MLP(hidden=recipe.hidden, seed=recipe.seed)
    progress = list(train(network, samples, recipe, validation))
    return network.flat_parameters(), progress


def test_every_step_is_the_textbooks(samples):
    recipe = replace(SMALL, epochs=2, weight_decay=0.5)
    network = MLP()
    optimizer = torch.optim.AdamW(network.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
    generator = torch.Generator().manual_seed(recipe.seed)
    for _ in range(recipe.epochs):
        for batch in torch.randperm(len(samples), generator=generator).split(recipe.batch_size):
            optimizer.zero_grad()
            logits = network(normalize(samples.images[batch]))
            torch.nn.functional.cross_entropy(logits, samples.labels[batch]).backward()
            optimizer.step()
    torch.testing.assert_close(trained(samples, recipe)[0], network.flat_parameters(), atol=1e-4, rtol=1e-3)


@pytest.mark.parametrize("name", RECIPES)
def test_the_same_seed_gives_the_same_weights_with_one_thread_or_two(mnist, monkeypatch, name):
    digits = replace(mnist, train_images=mnist.train_images[:2_000], train_labels=mnist.train_labels[:2_000])
    base = RECIPES[name]
    recipe = replace(base, epochs=3, stroke_images=min(base.stroke_images, 200))

    def weights(recipe: Recipe) -> Tensor:
        torch.rand(5)  # the global random state has no part in it
        return trained(training_samples(digits, recipe), recipe)[0]

    first = weights(recipe)
    assert torch.equal(first, weights(recipe))
    assert not torch.equal(first, weights(replace(recipe, seed=1)))
    monkeypatch.setattr(batches, "in_advance", iter)  # everything in one thread
    assert torch.equal(first, weights(recipe))


def test_a_training_that_diverges_says_so(samples):
    network = MLP()
    network.hidden1.weight.data.mul_(1e38)  # as far out as too high a learning rate leads
    progress = []
    with pytest.raises(DivergedError, match=r"learning rate of 0\.001"):
        progress.extend(train(network, samples, SMALL))
    assert [p.diverged for p in progress] == [False] * (len(progress) - 1) + [True]
    assert not math.isfinite(progress[-1].recent_loss)


def test_a_stopped_training_leaves_no_thread_behind(samples):
    running = threading.active_count()
    training = train(MLP(), samples, replace(SMALL, augmentation=1.0))
    next(training)
    assert threading.active_count() == running + 1
    training.close()
    assert threading.active_count() == running
