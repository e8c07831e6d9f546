"""The chapter's network, its recipe and its training."""

import math
from dataclasses import replace
from itertools import pairwise

import pytest
import torch

from model.mnist import Digits
from model.network import MLP, normalise
from model.recipe import OPTIMISERS, Recipe, RecipeError, parse_recipe
from model.training import FIRST_REPORTS, REPORT_EVERY, DivergedError, accuracy, train

SMALL = Recipe(name="small", batch_size=8, epochs=3)


@pytest.fixture(scope="module")
def stripes() -> Digits:
    """A small set that is easy to learn: a digit is a bright stripe at its height, in noise."""
    random = torch.Generator().manual_seed(0)

    def drawn(count: int) -> tuple[torch.Tensor, torch.Tensor]:
        labels = torch.randint(10, (count,), generator=random)
        images = torch.randint(100, (count, 28, 28), generator=random)
        for image, label in zip(images, labels.tolist(), strict=True):
            image[2 + 2 * label : 5 + 2 * label] = 255
        return images.byte(), labels

    return Digits(*drawn(1_001), *drawn(200))


def weights(network: MLP) -> torch.Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in network.parameters()])


def trained(data: Digits, recipe: Recipe) -> tuple[MLP, list]:
    network = MLP(hidden=recipe.hidden, seed=recipe.seed)
    return network, list(train(network, data, recipe))


def test_the_chapter_counts_55_050_parameters():
    assert weights(MLP()).numel() == 784 * 64 + 64 + 64 * 64 + 64 + 64 * 10 + 10 == 55_050


@pytest.mark.parametrize("count", [0, 1, 7])
def test_pictures_become_ten_logits_each(count):
    images = normalise(torch.zeros(count, 28, 28, dtype=torch.uint8))
    assert images.shape == (count, 1, 28, 28)
    assert images.dtype == torch.float32
    assert MLP()(images).shape == (count, 10)


def test_mnist_is_normalised_to_mean_0_and_deviation_1(mnist):
    inputs = normalise(mnist.train_images)
    assert abs(inputs.mean().item()) < 1e-3
    assert abs(inputs.std().item() - 1) < 1e-3


def test_first_weights_depend_on_the_seed_alone():
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first = weights(MLP(seed=3))
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(2)
    assert torch.equal(weights(MLP(seed=3)), first)
    assert not torch.equal(weights(MLP(seed=4)), first)


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_training_learns_with_every_optimiser(stripes, optimiser):
    rate = 0.05 if optimiser == "sgd" else 1e-3
    network, progress = trained(stripes, replace(SMALL, optimiser=optimiser, learning_rate=rate))
    assert progress[-1].loss < progress[0].loss / 4
    assert accuracy(network, stripes.test_images, stripes.test_labels) == progress[-1].test_accuracy > 0.95


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_same_seed_same_weights(stripes, optimiser):
    recipe = replace(SMALL, optimiser=optimiser, epochs=1)
    first = weights(trained(stripes, recipe)[0])
    torch.rand(5)  # whatever else draws random numbers
    assert torch.equal(weights(trained(stripes, recipe)[0]), first)
    assert not torch.equal(weights(trained(stripes, replace(recipe, seed=1))[0]), first)


def test_every_step_is_the_textbooks(stripes):
    recipe = replace(SMALL, epochs=2)
    network = MLP(seed=recipe.seed)
    optimiser = torch.optim.Adam(network.parameters(), lr=recipe.learning_rate)
    generator = torch.Generator().manual_seed(recipe.seed)
    for _ in range(recipe.epochs):
        for batch in torch.randperm(len(stripes.train_labels), generator=generator).split(recipe.batch_size):
            optimiser.zero_grad()
            logits = network(normalise(stripes.train_images[batch]))
            torch.nn.functional.cross_entropy(logits, stripes.train_labels[batch]).backward()
            optimiser.step()
    torch.testing.assert_close(weights(trained(stripes, recipe)[0]), weights(network), atol=1e-4, rtol=1e-3)


def test_progress_is_consistent(stripes):
    _, progress = trained(stripes, replace(SMALL, batch_size=4))
    steps = -(-1_001 // 4)
    places = [(p.epoch, p.step) for p in progress]
    regular = [(e, s) for e in (1, 2, 3) for s in (*range(REPORT_EVERY, steps, REPORT_EVERY), steps)]
    assert places == [(1, step) for step in FIRST_REPORTS] + regular
    for p in progress:
        assert (p.epochs, p.steps) == (3, steps)
        assert (p.total_step, p.total_steps) == ((p.epoch - 1) * steps + p.step, 3 * steps)
        assert p.loss > 0
        assert p.part_loss > 0
        assert 0 <= p.accuracy <= 1
        assert 0 <= p.part_accuracy <= 1
        assert not p.diverged
        assert p.seconds_left >= 0
        assert (p.test_accuracy is not None) == (p.step == p.steps)
    assert progress[-1].seconds_left == 0


def test_an_epochs_figures_are_the_means_of_its_parts(stripes):
    _, progress = trained(stripes, replace(SMALL, batch_size=4, epochs=1))
    ends = [min(4 * p.step, 1_001) for p in progress]
    counts = [end - start for start, end in pairwise([0, *ends])]
    for whole, part in (("loss", "part_loss"), ("accuracy", "part_accuracy")):
        total = sum(count * getattr(p, part) for count, p in zip(counts, progress, strict=True))
        assert getattr(progress[-1], whole) == pytest.approx(total / 1_001, rel=1e-5)
    assert progress[0].accuracy == progress[0].part_accuracy


@pytest.mark.parametrize(("batch_size", "hidden"), [(1, 64), (500, 64), (32, 256), (500, 256)])
def test_no_part_is_long(stripes, batch_size, hidden):
    _, progress = trained(stripes, replace(SMALL, batch_size=batch_size, hidden=hidden, epochs=1))
    steps = [0, *(p.step for p in progress)]
    most = max(after - before for before, after in pairwise(steps))
    assert most <= REPORT_EVERY
    assert most == 1 or most * batch_size * hidden <= 256_000


def test_stopping_early_is_safe(stripes):
    network = MLP()
    next(train(network, stripes, SMALL))
    assert weights(network).isfinite().all()


def test_a_training_that_diverges_says_so(stripes):
    network = MLP()
    network.hidden1.weight.data.mul_(1e38)  # as far out as too high a learning rate leads
    progress = []
    with pytest.raises(DivergedError, match=r"learning rate below 0\.001"):
        progress.extend(train(network, stripes, SMALL))
    assert [p.diverged for p in progress] == [False] * (len(progress) - 1) + [True]
    assert not math.isfinite(progress[-1].part_loss)


@pytest.mark.parametrize("seed", [0, 1])
def test_the_chapters_recipe_reaches_its_accuracy(mnist, seed):
    network, progress = trained(mnist, Recipe(seed=seed))
    assert accuracy(network, mnist.test_images, mnist.test_labels) == progress[-1].test_accuracy >= 0.965


# --- recipes ---------------------------------------------------------------------------------------------------------


def test_the_default_recipe_is_the_chapters():
    assert parse_recipe("chapter") == Recipe("chapter", "adam", 1e-3, 32, 5, 0)


def test_a_recipe_with_changes():
    recipe = parse_recipe(" chapter, optimiser=sgd ,learning_rate=0.5,batch_size=64, epochs=1,seed=7")
    assert recipe == Recipe("chapter, changed", "sgd", 0.5, 64, 1, 7)


def test_another_seed_is_the_same_recipe():
    assert parse_recipe("chapter,seed=7").name == "chapter"
    assert parse_recipe("chapter,epochs=5").name == "chapter"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "chapter"),
        ("chapters", "'chapters'"),
        ("epochs=1", "'epochs=1'"),
        ("chapter,", "setting ''"),
        ("chapter,epoch=1", "'epoch'"),
        ("chapter,name=x", "'name'"),
        ("chapter,epochs", "epochs"),
        ("chapter,epochs=1.5", "whole number"),
        ("chapter,epochs=0", "from 1 to 1,000"),
        ("chapter,epochs=" + "9" * 5000, "epochs"),
        ("chapter,batch_size=60001", "60,000"),
        ("chapter,seed=-1", "seed"),
        ("chapter,seed=9223372036854775808", "seed"),
        ("chapter,learning_rate=fast", "fast"),
        ("chapter,learning_rate=nan", "above 0"),
        ("chapter,learning_rate=inf", "at most 100"),
        ("chapter,learning_rate=0", "above 0"),
        ("chapter,optimiser=adamw", "adam, rmsprop, sgd"),
    ],
)
def test_a_recipe_that_is_none_is_named(text, named):
    with pytest.raises(RecipeError) as caught:
        parse_recipe(text)
    assert named in str(caught.value)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    "wrong",
    [
        *({"name": name} for name in ("", 3, "x" * 201)),
        *({"optimiser": optimiser} for optimiser in (None, [], "Adam")),
        *({"learning_rate": rate} for rate in ("1", True, None)),
        *({"epochs": epochs} for epochs in (1.0, True, "5")),
    ],
)
def test_a_recipe_of_other_types_is_refused(wrong):
    with pytest.raises(RecipeError):
        Recipe(**wrong)
