"""What the two kinds of jobs do, and what is said of how they ended."""

from itertools import pairwise
from types import SimpleNamespace

import pytest
import torch

from demo.jobs.curve import MAX_POINTS, Curve
from demo.jobs.job import FineTuneJob, JobState, TrainJob
from model.data.mnist import Digits
from model.data.strokes import training_digits
from model.network import MLP
from model.training.batches import training_samples, validation_samples
from model.training.finetuning import fine_tune
from model.training.loop import DivergedError, train
from model.training.recipe import Recipe

QUICK = {"epochs": 1, "batch_size": 30, "hidden": 8, "learning_rate": 0.01}


@pytest.fixture(scope="module")
def digits() -> Digits:
    images, labels = training_digits(600, torch.Generator().manual_seed(3))
    return Digits(images, labels, images[:50], labels[:50], images[:200], labels[:200])


def run(job, pretrained, digits):
    """Do a job as the queue does."""
    for update in job.updates(pretrained, digits):
        job.note(update)
    return job.finish(pretrained, digits)


def test_a_training_gives_the_network_that_the_model_trains(digits, pretrained):
    recipe = Recipe(**QUICK | {"epochs": 2, "seed": 7})
    job = TrainJob(recipe)
    result = run(job, pretrained, digits)
    network = MLP(hidden=8, seed=7)
    reports = list(train(network, training_samples(digits, recipe), recipe, validation_samples(digits)))
    assert [loss for _, loss, _ in job.curve.points] == [round(report.recent_loss, 5) for report in reports]
    measured = [
        (report.epoch, report.validation_loss, report.validation_accuracy)
        for report in reports
        if report.step == report.steps
    ]
    assert [(at, pytest.approx(loss, abs=1e-5), share) for at, loss, share in job.curve.validation] == measured
    assert job.curve.points[-1][0] == 2
    assert torch.equal(result.classifier.network.flat_parameters(), network.flat_parameters())
    assert result.classifier.detector is pretrained.detector
    right = result.predicted == digits.test_labels
    assert result.classifier.test_accuracy == pytest.approx(right.float().mean().item())
    assert torch.equal(result.classified_as(3, 3), digits.test_images[right & (digits.test_labels == 3)][:40])
    assert result.confusion.sum() == len(digits.test_labels)
    assert len(result.mistakes.labels) == 24
    assert job.conclusion() == (JobState.DONE, "")


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_a_training_that_diverges_says_so(digits, pretrained, optimizer):
    job = TrainJob(Recipe(**QUICK | {"learning_rate": 100, "optimizer": optimizer, "epochs": 10}))
    try:
        run(job, pretrained, digits)
    except DivergedError as error:
        message = str(error)
    else:
        state, message = job.conclusion()
        assert state == JobState.DIVERGED
    assert "0.001" in message
    assert job.curve.is_diverging


def test_a_network_that_says_one_digit_to_everything_is_said_to_have_collapsed(digits, pretrained):
    job = TrainJob("ann", Recipe(**QUICK))
    job.updates = lambda *_: iter(())
    job._network = MLP(hidden=8)
    job._network.output.bias.data[3] = 1e3
    job.finish(pretrained, digits)
    job.curve.loss = 2.2
    assert job.conclusion()[1].startswith("The network has collapsed: it says 3 to nearly everything.")


def test_a_training_that_learns_nothing_says_so(digits, pretrained):
    job = TrainJob(Recipe(**QUICK | {"learning_rate": 1e-9}))
    run(job, pretrained, digits)
    state, message = job.conclusion()
    assert state == JobState.DONE
    assert "learned next to nothing" in message


def test_a_fine_tuning_gives_what_the_model_fine_tunes(digits, pretrained):
    drawings = digits.test_images[:20], digits.test_labels[:20]
    job = FineTuneJob(*drawings)
    result = run(job, pretrained, digits)
    *_, last = fine_tune(pretrained, *drawings, digits)
    assert job.share == 1
    assert result.classifier.fingerprint() == last.result.classifier.fingerprint()
    assert result.out_of_fold.tolist() == last.result.out_of_fold.tolist()


def test_a_fine_tuning_that_is_stopped_gives_nothing(digits, pretrained):
    job = FineTuneJob(digits.test_images[:10], digits.test_labels[:10])
    job.note(next(job.updates(pretrained, digits)))
    assert job.finish(pretrained, digits) is None


@pytest.mark.parametrize("reports", [1, 300, 301, 302, 5000])
def test_long_curves_are_thinned_out_evenly(reports):
    curve = Curve()
    for step in range(reports):
        curve.add(
            SimpleNamespace(
                epochs_done=step, recent_loss=step, recent_accuracy=0, validation_accuracy=None, seconds_left=0
            )
        )
    steps = [loss for _, loss, _ in curve.points]
    assert min(reports, MAX_POINTS / 2) <= len(steps) <= MAX_POINTS + 1
    assert steps[-1] == reports - 1  # the newest
    strides = {after - before for before, after in pairwise(steps[:-1])}
    assert len(strides) <= 1
