"""The training loop: its batches, its progress, and that the same seed gives the same weights."""

import math
import threading
from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from model.data.mnist import Digits
from model.data.strokes import training_digits
from model.network import MLP, normalize
from model.training import batches
from model.training.batches import CHUNK_SAMPLES, CHUNK_STEPS, Samples, training_samples
from model.training.loop import DivergedError, Progress, train
from model.training.progress import display
from model.training.recipe import RECIPES, Recipe
from model.training.snapshots import FIRST_STEPS

SMALL = Recipe(batch_size=16, epochs=3)


@pytest.fixture(scope="module")
def samples(mnist: Digits) -> Samples:
    return Samples(mnist.train_images[:1_001], mnist.train_labels[:1_001])


def trained(samples: Samples, recipe: Recipe, validation: Samples | None = None) -> tuple[Tensor, list[Progress]]:
    network = MLP(hidden=recipe.hidden, seed=recipe.seed)
    progress = list(train(network, samples, recipe, validation))
    return network.flat_parameters(), progress


def test_every_step_is_the_textbooks(samples):
    recipe = replace(SMALL, epochs=2)
    network = MLP()
    optimizer = torch.optim.Adam(network.parameters(), lr=recipe.learning_rate)
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


def test_progress_is_consistent(samples):
    _, progress = trained(samples, replace(SMALL, batch_size=4), samples)
    steps = -(-1_001 // 4)
    regular = {(e - 1) * steps + s for e in (1, 2, 3) for s in (*range(CHUNK_STEPS, steps, CHUNK_STEPS), steps)}
    first = {step for step in FIRST_STEPS if step < 3 * steps}
    assert [p.total_step for p in progress] == sorted(regular | first)
    for p in progress:
        assert (p.epochs, p.steps) == (3, steps)
        assert (p.total_step, p.total_steps) == ((p.epoch - 1) * steps + p.step, 3 * steps)
        assert p.epochs_done == pytest.approx(p.total_step / steps)
        assert min(p.loss, p.recent_loss) > 0
        assert 0 <= min(p.accuracy, p.recent_accuracy) <= max(p.accuracy, p.recent_accuracy) <= 1
        assert p.seconds_left >= 0
        assert not p.diverged
        assert (p.validation_accuracy is not None) == (p.step == p.steps)
    assert progress[-1].seconds_left == 0
    ends = [min(4 * p.step, 1_001) for p in progress if p.epoch == 1]
    counts = [end - start for start, end in pairwise([0, *ends])]
    for whole, recent in (("loss", "recent_loss"), ("accuracy", "recent_accuracy")):
        total = sum(count * getattr(p, recent) for count, p in zip(counts, progress, strict=False))
        assert getattr(progress[len(counts) - 1], whole) == pytest.approx(total / 1_001, rel=1e-5)


@pytest.mark.parametrize("batch_size", [1, 64, 500])
def test_reports_are_frequent(samples, batch_size):
    _, progress = trained(samples, replace(SMALL, batch_size=batch_size, epochs=1))
    most = max(after - before for before, after in pairwise([0, *(p.step for p in progress)]))
    assert most <= min(CHUNK_STEPS, CHUNK_SAMPLES // batch_size)


def test_a_training_that_diverges_says_so(samples):
    network = MLP()
    network.hidden1.weight.data.mul_(1e38)  # as far out as too high a learning rate leads
    progress = []
    with pytest.raises(DivergedError, match=r"learning rate of 0\.001"):
        progress.extend(train(network, samples, SMALL))
    assert [p.diverged for p in progress] == [False] * (len(progress) - 1) + [True]
    assert not math.isfinite(progress[-1].recent_loss)


def test_strokes_are_trained_on_beside_mnist(mnist, samples):
    digits = replace(mnist, train_images=samples.images, train_labels=samples.labels)
    with_strokes = training_samples(digits, Recipe(stroke_images=320))
    drawn, labels = training_digits(320, torch.Generator().manual_seed(0))
    assert torch.equal(with_strokes.images[1_001:], drawn)
    assert torch.equal(with_strokes.labels[1_001:], labels)


def test_an_epoch_has_every_sample_once_with_its_label():
    images = torch.arange(200, dtype=torch.uint8)[:, None, None].expand(200, 28, 28)  # each image tells its position
    epochs = batches.Batches(Samples(images, torch.arange(200)), Recipe(batch_size=7, epochs=2))
    for epoch in (1, 2):
        chunks = list(epochs.epoch(epoch))
        labels = torch.cat([chunk.labels for chunk in chunks])
        assert labels.sort().values.tolist() == list(range(200))
        for chunk in chunks:
            assert torch.equal(chunk.inputs, normalize(images[chunk.labels]).flatten(1))


def test_a_stopped_training_leaves_no_thread_behind(samples):
    running = threading.active_count()
    training = train(MLP(), samples, replace(SMALL, augmentation=1.0))
    next(training)
    assert threading.active_count() == running + 1
    training.close()
    assert threading.active_count() == running


def test_one_cycle_rises_and_falls_to_zero():
    rates = [Recipe(schedule="one-cycle", learning_rate=2.0).learning_rate_at(step / 100) for step in range(101)]
    assert max(rates) == rates[10] == 2
    assert rates[:11] == sorted(rates[:11])
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert 0 < rates[0] < 0.2
    assert rates[-1] == 0
    assert Recipe(learning_rate=2.0).learning_rate_at(0.9) == 2


# --- in the terminal -------------------------------------------------------------------------------------------------


def test_one_line_an_epoch_where_nobody_watches(samples, capsys):
    reports = list(train(MLP(), samples, replace(SMALL, batch_size=4, epochs=2), samples))
    assert list(display(iter(reports))) == reports
    lines = capsys.readouterr().err.splitlines()
    assert [line.split("  ")[0] for line in lines] == ["epoch 1/2", "epoch 2/2"]
    assert lines[-1].endswith(f"on validation digits {reports[-1].validation_accuracy:.2%}")
    diverged = replace(reports[5], diverged=True, loss=math.nan)
    list(display([diverged]))
    assert (
        capsys.readouterr().err == f"epoch {diverged.epoch}/2  loss nan  accuracy {diverged.accuracy:6.2%}  diverged\n"
    )


def test_a_terminal_has_a_bar_for_each_epoch(samples, capsys, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    list(display(train(MLP(), samples, replace(SMALL, batch_size=1, epochs=2), samples)))
    drawn = capsys.readouterr().err
    assert drawn.count("\n") == 2
    assert " s left" in drawn
    for epoch, line in enumerate(drawn.split("\n")[:2], 1):
        assert f"|{'█' * 24}| epoch {epoch}/2  loss " in line.split("\r")[-1]
        assert "on validation digits" in line.split("\r")[-1]
