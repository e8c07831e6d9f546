"""The training loop: epochs, batches, cross-entropy, one step of the optimiser a batch.

The whole data set is one tensor in memory, shuffled by indexing. A `DataLoader` would hand over the same batches, but
spends most of its time on fetching 60,000 samples one by one.
"""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from model.mnist import Digits
from model.network import MLP, normalise
from model.recipe import Recipe

REPORT_EVERY = 100  # steps


class DivergedError(Exception):
    """A training whose loss went out of all bounds; the message says what to do."""


@dataclass(frozen=True)
class Progress:
    """Where a training stands.

    Attributes:
        epoch, epochs: the epoch in hand (from 1), and how many there are.
        step, steps: gradient updates done in this epoch, and how many it has.
        loss, accuracy: mean cross-entropy, and share read correctly (0 to 1), over this epoch's samples so far.
        seconds_left: until the last step, at the pace so far.
        test_accuracy: share of the test digits read correctly (0 to 1), at the end of an epoch; None before it.
    """

    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float
    accuracy: float
    seconds_left: float
    test_accuracy: float | None = None


def train(network: MLP, data: Digits, recipe: Recipe) -> Iterator[Progress]:
    """Train a network in place, yielding its progress every REPORT_EVERY steps and at the end of each epoch.

    The same recipe, seed and machine give the same weights. Stop by not asking for more.

    Raises:
        DivergedError: where loss or weights are no numbers any more.
    """
    optimiser = _optimiser(network, recipe)
    generator = torch.Generator().manual_seed(recipe.seed)
    steps = -(-len(data.train_labels) // recipe.batch_size)
    began = time.monotonic()

    for epoch in range(1, recipe.epochs + 1):
        order = torch.randperm(len(data.train_labels), generator=generator)
        step, seen, loss, correct = 0, 0, 0.0, 0
        for part in order.split(REPORT_EVERY * recipe.batch_size):
            images = normalise(data.train_images[part])
            labels = data.train_labels[part]
            part_logits = []
            for x, y in zip(images.split(recipe.batch_size), labels.split(recipe.batch_size), strict=True):
                logits = network(x)  # (N, 10)
                optimiser.zero_grad(set_to_none=False)
                F.cross_entropy(logits, y).backward()
                optimiser.step()
                part_logits.append(logits.detach())

            step += len(part_logits)
            seen += len(labels)
            all_logits = torch.cat(part_logits)
            loss += F.cross_entropy(all_logits, labels, reduction="sum").item()
            correct += int((all_logits.argmax(1) == labels).sum())
            if not math.isfinite(loss) or not all(weights.isfinite().all() for weights in network.parameters()):
                raise DivergedError(f"The training diverged: choose a learning rate below {recipe.learning_rate:g}.")
            done = (epoch - 1) * steps + step
            yield Progress(
                epoch=epoch,
                epochs=recipe.epochs,
                step=step,
                steps=steps,
                loss=loss / seen,
                accuracy=correct / seen,
                seconds_left=(time.monotonic() - began) / done * (recipe.epochs * steps - done),
                test_accuracy=accuracy(network, data.test_images, data.test_labels) if step == steps else None,
            )


def accuracy(network: MLP, images: Tensor, labels: Tensor) -> float:
    """Share (0 to 1) of pictures (N, 28, 28), uint8, that the network gives its highest logit to their label (N,)."""
    with torch.inference_mode():
        return int((network(normalise(images)).argmax(1) == labels).sum()) / len(labels)


def _optimiser(network: MLP, recipe: Recipe) -> torch.optim.Optimizer:
    """The recipe's optimiser, over all of the network's parameters as one flat tensor.

    Weights and gradients of the layers become views of it, so autograd fills it and one short update moves everything,
    where six small ones would cost twice the time.
    """
    parameters = list(network.parameters())
    flat = nn.Parameter(torch.cat([parameter.detach().flatten() for parameter in parameters]))
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
