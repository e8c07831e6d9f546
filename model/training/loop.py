"""The training loop, for the digit network, the non-digit detector and fine-tuning alike."""

from collections.abc import Iterator
from dataclasses import replace

import torch

from model.evaluation.metrics import accuracy
from model.network import MLP, image_logits
from model.training.backpropagation import CROSS_ENTROPY, Backpropagation, Loss
from model.training.batches import Batches, Samples
from model.training.optimizers import OPTIMIZERS
from model.training.progress import DivergedError, Meter, Progress
from model.training.recipe import Recipe
from model.training.schedule import learning_rate_share


def train(
    network: MLP, samples: Samples, recipe: Recipe, test: Samples | None = None, loss: Loss = CROSS_ENTROPY
) -> Iterator[Progress]:
    """Train a network in place, yielding its progress several times a second, and at the end of each epoch.

    The same samples, recipe and machine give the same weights, on one core or more. To stop early, stop iterating.

    Args:
        network: starts from the weights that it has.
        samples: to train on; a recipe's style images are among them.
        recipe: optimizer, learning rate, batch size, epochs, augmentation and so on.
        test: to measure loss and accuracy on at the end of each epoch: test digits, or validation digits.
        loss: to minimize.

    Raises:
        DivergedError: if loss or weights are no longer finite, after a last report that says so.
    """
    backpropagation = Backpropagation(network.layers(), loss, network.relu)
    optimizer = OPTIMIZERS[recipe.optimizer](backpropagation.parameters, backpropagation.gradient)
    batches = Batches(samples, recipe)
    meter = Meter(batches.steps)
    losses = torch.zeros(len(samples))  # of each sample, when the network last saw it

    for epoch in range(1, recipe.epochs + 1):
        for chunk in batches.epoch(epoch, losses):
            targets = loss.targets(chunk.labels, network.output.out_features)
            pairs = zip(chunk.inputs.split(recipe.batch_size), targets.split(recipe.batch_size), strict=True)
            outputs = []
            with torch.inference_mode():  # never around a yield: it would hold for the caller, too
                for step, (x, y) in enumerate(pairs, meter.total_step):
                    outputs.append(backpropagation(x, y))
                    share = learning_rate_share(recipe.schedule, step / meter.total_steps)
                    optimizer.step(recipe.learning_rate * share)

            logits = torch.cat(outputs)  # (N, outputs), each as it was before the step that it led to
            losses[chunk.positions] = chunk_losses = loss.each(logits, chunk.labels)
            is_finite = bool(backpropagation.parameters.isfinite().all())
            progress = meter.report(epoch, len(outputs), chunk_losses, loss.correct(logits, chunk.labels), is_finite)
            if test and progress.step == progress.steps:
                measured = image_logits(network, test.images)
                test_loss = loss.each(measured, test.labels).mean().item()
                progress = replace(progress, test_accuracy=accuracy(measured, test.labels), test_loss=test_loss)
            yield progress
            if progress.diverged:
                raise DivergedError(
                    f"The training diverged at a learning rate of {recipe.learning_rate:g}: train with 0.001, or less."
                )
