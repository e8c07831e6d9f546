"""The training loop: epochs, batches, cross-entropy, one step of the optimiser a batch.

The whole data set is one tensor in memory, shuffled by indexing. A `DataLoader` would hand over the same batches, but
spends most of its time on fetching 60,000 samples one by one.

The chapter's recipe is nothing but that. Another recipe may mix other handwriting in, distort the pictures, dwell
on the hard ones, and let the learning rate rise and fall (L. N. Smith and N. Topin, "Super-Convergence", 2018).
"""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from model.augmentation import distort
from model.mnist import Digits
from model.network import MLP, normalise
from model.recipe import Recipe
from model.styles import write_all_styles

REPORT_EVERY = 100  # steps
REPORT_WORK = 256_000  # samples times width of a hidden layer, at most: large batches and wide layers take longer
FIRST_REPORTS = (1, 3, 10, 30)  # and after these steps, as a network changes fastest at first
LEARNED_BY = 2  # epochs: by then what is still read badly is hard, and not just new
RISE = 0.1  # of a one-cycle training's steps, in which its learning rate rises


class DivergedError(Exception):
    """A training whose loss went out of all bounds; the message says what to do."""


@dataclass(frozen=True)
class Progress:
    """Where a training stands.

    Attributes:
        epoch, epochs: the epoch in hand (from 1), and how many there are.
        step, steps: gradient updates done in this epoch, and how many it has.
        total_step, total_steps: gradient updates done in the whole training, and how many it has.
        loss, accuracy: mean cross-entropy, and share read correctly (0 to 1), over this epoch's samples so far.
        part_loss, part_accuracy: the same over the samples since the last report alone, as a curve wants them.
        seconds_left: until the last step, at the pace so far.
        diverged: whether loss or weights are no finite numbers any more; it is the last report then.
        test_accuracy: share of the test digits read correctly (0 to 1), at the end of an epoch; None before it.
    """

    epoch: int
    epochs: int
    step: int
    steps: int
    total_step: int
    total_steps: int
    loss: float
    accuracy: float
    part_loss: float
    part_accuracy: float
    seconds_left: float
    diverged: bool = False
    test_accuracy: float | None = None


def train(network: MLP, data: Digits, recipe: Recipe) -> Iterator[Progress]:
    """Train a network in place, yielding its progress: several times a second, and at the end of each epoch.

    That is after FIRST_REPORTS, then every REPORT_EVERY steps, fewer where batches are large or layers wide.
    The same recipe, seed and machine give the same weights. Stop by not asking for more.

    Raises:
        DivergedError: where loss or weights are no numbers any more, after a last report that says so.
    """
    began = time.monotonic()
    all_images, all_labels = _training_set(data, recipe)
    optimiser = flat_optimiser(network, recipe)
    gradient = optimiser.param_groups[0]["params"][0].grad  # of all parameters at once
    generator = torch.Generator().manual_seed(recipe.seed)
    losses = torch.zeros(len(all_labels))  # of each picture, when it was last seen
    repeats = min(recipe.repeats, len(all_labels))
    shown = [len(all_labels) + (repeats if epoch > LEARNED_BY else 0) for epoch in range(1, recipe.epochs + 1)]
    total_steps = sum(-(-count // recipe.batch_size) for count in shown)
    total_step = 0

    for epoch in range(1, recipe.epochs + 1):
        order = torch.randperm(len(all_labels), generator=generator)
        if shown[epoch - 1] > len(order):
            order = torch.cat([order, losses.topk(repeats).indices])
            order = order[torch.randperm(len(order), generator=generator)]
        steps = -(-len(order) // recipe.batch_size)
        step, seen, loss, correct = 0, 0, 0.0, 0
        for part, inputs, labels in _parts(order, all_images, all_labels, recipe, generator, total_step):
            part_logits = []
            for x, y in zip(inputs.split(recipe.batch_size), labels.split(recipe.batch_size), strict=True):
                if recipe.schedule == "one-cycle":
                    share = one_cycle((total_step + len(part_logits)) / total_steps)
                    optimiser.param_groups[0]["lr"] = recipe.learning_rate * share
                logits = network(x)  # (N, 10)
                gradient.zero_()
                F.cross_entropy(logits, y).backward()
                optimiser.step()
                part_logits.append(logits.detach())

            step += len(part_logits)
            total_step += len(part_logits)
            seen += len(labels)
            all_logits = torch.cat(part_logits)
            part_losses = F.cross_entropy(all_logits, labels, reduction="none")
            losses[part] = part_losses
            part_loss = part_losses.sum().item()
            part_correct = int((all_logits.argmax(1) == labels).sum())
            loss += part_loss
            correct += part_correct
            finite = math.isfinite(loss) and all(weights.isfinite().all() for weights in network.parameters())
            yield Progress(
                epoch=epoch,
                epochs=recipe.epochs,
                step=step,
                steps=steps,
                total_step=total_step,
                total_steps=total_steps,
                loss=loss / seen,
                accuracy=correct / seen,
                part_loss=part_loss / len(labels),
                part_accuracy=part_correct / len(labels),
                seconds_left=(time.monotonic() - began) / total_step * (total_steps - total_step),
                diverged=not finite,
                test_accuracy=accuracy(network, data.test_images, data.test_labels) if step == steps else None,
            )
            if not finite:
                raise DivergedError(f"The training diverged: choose a learning rate below {recipe.learning_rate:g}.")


def _parts(
    order: Tensor, images: Tensor, labels: Tensor, recipe: Recipe, generator: torch.Generator, done: int
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """What is trained on from one report to the next: positions (N,), inputs (N, 1, 28, 28) and labels (N,).

    Args:
        order: of an epoch's samples, as positions among the images and labels.
        images, labels: all of them.
        recipe: how the pictures are distorted, and the batch size.
        generator: of the distortions.
        done: steps before this epoch.
    """
    steps = max(1, min(REPORT_EVERY, REPORT_WORK // (recipe.batch_size * recipe.hidden)))
    for part in order.split(steps * recipe.batch_size):
        pictures = images[part]
        if recipe.augmentation:
            pictures = distort(pictures, recipe.augmentation, generator)
            # Neighbours were distorted alike; a batch should see as many distortions as it can.
            shuffle = torch.randperm(len(part), generator=generator)
            part, pictures = part[shuffle], pictures[shuffle]
        before, done = done, done + -(-len(part) // recipe.batch_size)
        early = [(step - before) * recipe.batch_size for step in FIRST_REPORTS if before < step < done]
        yield from zip(
            *(tensor.tensor_split(early) for tensor in (part, normalise(pictures), labels[part])), strict=True
        )


def accuracy(network: MLP, images: Tensor, labels: Tensor) -> float:
    """Share (0 to 1) of pictures (N, 28, 28), uint8, that the network gives its highest logit to their label (N,)."""
    with torch.inference_mode():
        return int((network(normalise(images)).argmax(1) == labels).sum()) / len(labels)


def _training_set(data: Digits, recipe: Recipe) -> tuple[Tensor, Tensor]:
    """MNIST's training digits, and after them the recipe's share of other styles."""
    if not recipe.styles:
        return data.train_images, data.train_labels
    images, labels = write_all_styles(recipe.styles, recipe.seed)
    return torch.cat([data.train_images, images]), torch.cat([data.train_labels, labels])


def one_cycle(done: float) -> float:
    """The share of its peak that the learning rate has where this share of the steps is done: up, and down to 0."""
    return 0.04 + 0.96 * done / RISE if done < RISE else (1 - done) / (1 - RISE)


def flat_optimiser(network: MLP, recipe: Recipe) -> torch.optim.Optimizer:
    """The recipe's optimiser, over all of the network's parameters as one flat tensor.

    Weights and gradients of the layers become views of it, so autograd fills it and one short update moves everything,
    where six small ones would cost twice the time.
    """
    parameters = list(network.parameters())
    flat = nn.Parameter(network.flat_parameters())
    flat.grad = torch.zeros_like(flat)
    sizes = [parameter.numel() for parameter in parameters]
    for parameter, weights, gradient in zip(parameters, flat.data.split(sizes), flat.grad.split(sizes), strict=True):
        parameter.data = weights.view_as(parameter)
        parameter.grad = gradient.view_as(parameter)

    match recipe.optimiser:
        case "adam":
            return torch.optim.Adam([flat], lr=recipe.learning_rate, fused=True)
        case "rmsprop":
            return torch.optim.RMSprop([flat], lr=recipe.learning_rate)
        case "sgd":
            return torch.optim.SGD([flat], lr=recipe.learning_rate, fused=True)
