"""What a network is shown: images and labels, in which order, and how they are augmented.

The whole data set is one tensor in memory, shuffled by indexing. PyTorch's `DataLoader` would hand over the same
batches, but spends most of its time on fetching 60,000 samples one by one.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import NamedTuple

import torch
from torch import Tensor

from model.data.augmentation import augment
from model.data.mnist import Digits
from model.data.styles import load_styles, style_counts, write_each
from model.network import normalize
from model.training.recipe import Recipe

REPORT_STEPS = 100  # the training reports its progress after so many steps,
REPORT_WORK = 256_000  # or so many samples times width of a hidden layer: large batches and wide layers take longer,
FIRST_REPORTS = (1, 3, 10, 30, 100, 300, 1_000)  # and after these, as a network changes fastest at first
INSTALLMENTS = 8  # in which style images are written during the first epoch
LEARNED_BY = 2  # epochs: an image that still has a high loss by then is hard, and not just new
AT_ONCE = 500  # images that are augmented together: they stay in the processor's cache
AHEAD = 2  # chunks that are prepared in advance

Installment = Future[tuple[Tensor, Tensor]]


class Samples:
    """Images (N, 28, 28), uint8, and their labels (N,), the last of which may be yet to be written.

    Writing style images takes longer than an epoch of training, so another thread writes them in installments while
    the network is already being trained on the first ones.

    Args:
        images, labels: at hand.
        installments: of more of them: how many, and the images and labels once they are written.
    """

    def __init__(self, images: Tensor, labels: Tensor, installments: Sequence[tuple[int, Installment]] = ()) -> None:
        room = sum(count for count, _ in installments)
        self.at_hand = len(labels)
        self.images = torch.cat([images, images.new_zeros(room, *images.shape[1:])]) if room else images
        self.labels = torch.cat([labels, labels.new_zeros(room)]) if room else labels
        self._installments = [count for count, _ in installments]
        self._unwritten = deque(written for _, written in installments)
        self._written = self.at_hand

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def styles(self) -> Tensor:
        """The style images, (S, 28, 28), all written."""
        self.take(torch.tensor([len(self) - 1]))
        return self.images[self.at_hand :]

    def take(self, positions: Tensor) -> tuple[Tensor, Tensor]:
        """The images and labels at some positions (N,)."""
        last = int(positions.max())
        while self._written <= last:
            images, labels = self._unwritten.popleft().result()
            end = self._written + len(labels)
            self.images[self._written : end], self.labels[self._written : end] = images, labels
            self._written = end
        return self.images.index_select(0, positions), self.labels[positions]  # ten times as fast as images[positions]

    def shuffled(self, generator: torch.Generator, is_first: bool) -> Tensor:
        """All positions (N,) at random; in the first epoch, each installment late enough for it to be written."""
        if not is_first or not self._installments:
            return torch.randperm(len(self), generator=generator)
        at_hand = torch.randperm(self.at_hand, generator=generator).tensor_split(len(self._installments))
        written = torch.arange(self.at_hand, len(self)).split(self._installments)
        parts = [torch.cat(pair) for pair in zip(at_hand, written, strict=True)]
        return torch.cat([part[torch.randperm(len(part), generator=generator)] for part in parts])


def training_samples(digits: Digits, recipe: Recipe, writer: Executor | None = None) -> Samples:
    """The recipe's share of MNIST's training digits, and of other handwriting styles.

    Args:
        writer: a single thread that writes the style images, one installment after the other; a new one if None.
    """
    images, labels = digits.train_images[: recipe.digits], digits.train_labels[: recipe.digits]
    if not recipe.style_images:
        return Samples(images, labels)
    writer = writer or ThreadPoolExecutor(1, thread_name_prefix="writer")
    generator = torch.Generator().manual_seed(recipe.seed)
    styles = load_styles()
    counts = style_counts(styles, recipe.style_images)

    def installment(part: list[int]) -> tuple[int, Installment]:
        some, their_counts = [styles[index] for index in part], [counts[index] for index in part]
        return sum(their_counts), writer.submit(write_each, some, their_counts, generator)

    mixed = torch.randperm(len(styles), generator=generator)  # so that an installment has most digits in it
    parts = [part.tolist() for part in mixed.tensor_split(INSTALLMENTS)]
    return Samples(images, labels, [installment(part) for part in parts])


def validation_samples(digits: Digits) -> Samples:
    """MNIST's digits that are held out of the training: to compare settings on."""
    return Samples(digits.validation_images, digits.validation_labels)


def test_samples(digits: Digits) -> Samples:
    """MNIST's test digits."""
    return Samples(digits.test_images, digits.test_labels)


class Chunk(NamedTuple):
    """Consecutive batches, from one report of the progress to the next.

    Attributes:
        positions: (N,), of the samples.
        inputs: (N, 784), normalized and augmented.
        labels: (N,).
    """

    positions: Tensor
    inputs: Tensor
    labels: Tensor


class Batches:
    """The batches of a training, epoch by epoch. The same seed gives the same ones.

    Args:
        samples: to train on.
        recipe: batch size, augmentation, hard-example mining, seed.
    """

    def __init__(self, samples: Samples, recipe: Recipe) -> None:
        self._samples, self._recipe = samples, recipe
        self._generator = torch.Generator().manual_seed(recipe.seed)
        self._hard = min(recipe.hard_examples, len(samples))
        self._chunk_steps = max(1, min(REPORT_STEPS, REPORT_WORK // (recipe.batch_size * recipe.hidden)))
        counts = [len(samples) + (self._hard if epoch > LEARNED_BY else 0) for epoch in range(1, recipe.epochs + 1)]
        self.steps = [-(-count // recipe.batch_size) for count in counts]  # of each epoch

    def epoch(self, epoch: int, losses: Tensor) -> Iterator[Chunk]:
        """The chunks of an epoch (from 1), prepared in another thread while the ones before are trained on.

        Args:
            losses: (N,), of each sample, when the network last saw it: the hardest are shown twice.
        """
        order = self._samples.shuffled(self._generator, is_first=epoch == 1)
        if epoch > LEARNED_BY and self._hard:
            order = torch.cat([order, losses.topk(self._hard).indices])
            order = order[torch.randperm(len(order), generator=self._generator)]
        return in_advance(self._chunks(order, sum(self.steps[: epoch - 1])))

    def _chunks(self, order: Tensor, step: int) -> Iterator[Chunk]:
        """The chunks of an epoch whose samples come in this order (positions), after some steps of earlier ones."""
        recipe = self._recipe
        for positions in order.split(self._chunk_steps * recipe.batch_size):
            images, labels = self._samples.take(positions)
            augmented = round(recipe.augmented_share * len(positions)) if recipe.augmentation else 0
            if augmented:
                parts = images[:augmented].split(AT_ONCE)
                images[:augmented] = torch.cat([augment(part, recipe.augmentation, self._generator) for part in parts])
                # Neighbors were augmented alike; a batch should see as many transformations as possible.
                shuffle = torch.randperm(len(positions), generator=self._generator)
                positions, images, labels = positions[shuffle], images.index_select(0, shuffle), labels[shuffle]
            start, step = step, step + -(-len(positions) // recipe.batch_size)
            reports = [(report - start) * recipe.batch_size for report in FIRST_REPORTS if start < report < step]
            tensors = positions, normalize(images).flatten(1), labels
            yield from map(Chunk, *(tensor.tensor_split(reports) for tensor in tensors))


def in_advance(chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """Pass chunks on, which another thread prepares a few in advance.

    PyTorch releases the interpreter's lock in its operations, so a second core does that work. The thread prepares one
    after the other, so the random numbers, and with them the chunks, don't depend on its pace.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="batches") as thread:
        upcoming = deque(thread.submit(next, chunks, None) for _ in range(AHEAD))
        while (chunk := upcoming.popleft().result()) is not None:
            upcoming.append(thread.submit(next, chunks, None))
            yield chunk
