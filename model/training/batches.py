"""What a network is shown: images and labels, in which order, and how they are augmented.

The whole data set is one tensor in memory, shuffled by indexing. PyTorch's `DataLoader` would hand over the same
batches, but spends most of its time on fetching 60,000 samples one by one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread
from typing import NamedTuple

import torch
from torch import Tensor

from model.data.augmentation import augment
from model.data.mnist import Digits
from model.data.strokes import training_digits
from model.network import normalize
from model.training.recipe import Recipe
from model.training.snapshots import FIRST_STEPS

CHUNK_STEPS, CHUNK_SAMPLES = 100, 4_000  # upper limits from one report of the progress to the next
AUGMENTED_AT_ONCE = 500  # images: few enough for the processor's cache
AHEAD = 2  # chunks


@dataclass(frozen=True)
class Samples:
    """Images (N, 28, 28), uint8, and their labels (N,)."""

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)


def training_samples(digits: Digits, recipe: Recipe) -> Samples:
    """The recipe's share of MNIST's training digits, then its images of pen strokes."""
    images, labels = digits.train_images[: recipe.digits], digits.train_labels[: recipe.digits]
    if not recipe.stroke_images:
        return Samples(images, labels)
    drawn, drawn_labels = training_digits(recipe.stroke_images, torch.Generator().manual_seed(recipe.seed))
    return Samples(torch.cat([images, drawn]), torch.cat([labels, drawn_labels]))


def validation_samples(digits: Digits) -> Samples:
    """MNIST's digits that are held out of the training: to compare settings on."""
    return Samples(digits.validation_images, digits.validation_labels)


class Chunk(NamedTuple):
    """Consecutive batches, from one report of the progress to the next.

    Attributes:
        inputs: (N, 784), normalized and augmented.
        labels: (N,).
    """

    inputs: Tensor
    labels: Tensor


class Batches:
    """The batches of a training, epoch by epoch. The same seed gives the same ones.

    Attributes:
        steps: the number of batches in each epoch.
    """

    def __init__(self, samples: Samples, recipe: Recipe) -> None:
        self._samples, self._recipe = samples, recipe
        self._generator = torch.Generator().manual_seed(recipe.seed)
        self.steps = [-(-len(samples) // recipe.batch_size)] * recipe.epochs

    def epoch(self, epoch: int) -> Iterator[Chunk]:
        """The chunks of an epoch (from 1), prepared in another thread while the ones before are trained on."""
        order = torch.randperm(len(self._samples), generator=self._generator)
        return in_advance(self._chunks(order, sum(self.steps[: epoch - 1])))

    def _chunks(self, order: Tensor, step: int) -> Iterator[Chunk]:
        """The chunks of an epoch whose samples come in this order (positions), after some steps of earlier ones."""
        recipe, generator = self._recipe, self._generator
        chunk_steps = max(1, min(CHUNK_STEPS, CHUNK_SAMPLES // recipe.batch_size))
        for positions in order.split(chunk_steps * recipe.batch_size):
            images = self._samples.images.index_select(0, positions)  # ten times as fast as images[positions]
            if recipe.augmentation:
                parts = images.split(AUGMENTED_AT_ONCE)
                images = torch.cat([augment(part, recipe.augmentation, generator) for part in parts])
                # Neighbors were augmented alike; a batch should see as many transformations as possible.
                shuffle = torch.randperm(len(positions), generator=generator)
                positions, images = positions[shuffle], images.index_select(0, shuffle)
            start, step = step, step + -(-len(positions) // recipe.batch_size)
            reports = [(report - start) * recipe.batch_size for report in FIRST_STEPS if start < report < step]
            tensors = normalize(images).flatten(1), self._samples.labels[positions]
            yield from map(Chunk, *(tensor.tensor_split(reports) for tensor in tensors))


def in_advance(chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """Pass chunks on, which another thread prepares a few in advance, and no more once nobody asks for them.

    PyTorch releases the interpreter's lock in its operations, so a second core does that work. The thread prepares one
    after the other, so the random numbers, and with them the chunks, don't depend on its pace. A ThreadPoolExecutor
    would be shorter, but Ctrl+C in the middle of its `submit` can leave a lock behind, for which its thread then waits
    without end.
    """
    asked: SimpleQueue[bool] = SimpleQueue()
    prepared: SimpleQueue[Chunk | Exception | None] = SimpleQueue()
    is_over = False

    def prepare() -> None:
        while asked.get() and not is_over:
            try:
                prepared.put(next(chunks, None))
            except Exception as error:
                prepared.put(error)

    thread = Thread(target=prepare, name="batches", daemon=True)
    thread.start()
    try:
        for _ in range(AHEAD):
            asked.put(True)
        while (chunk := prepared.get()) is not None:
            if isinstance(chunk, Exception):
                raise chunk
            asked.put(True)
            yield chunk
    finally:
        is_over = True
        asked.put(False)
        thread.join()
