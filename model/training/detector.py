"""How the non-digit detector is trained: on digits, and on what is none."""

from dataclasses import replace
from threading import Event

import torch
from torch import Tensor

from model.data.mnist import Digits
from model.data.strokes import draw, load_drawings, training_digits, training_negatives
from model.detector import Detector
from model.network import MLP, image_logits
from model.quantization import quantize
from model.training.batches import Samples
from model.training.loop import BinaryCrossEntropy, train
from model.training.recipe import Recipe

RECIPE = Recipe(
    "detector",
    learning_rate=4e-3,
    batch_size=128,
    epochs=8,
    schedule="one-cycle",
    augmentation=1.0,
    weight_decay=0.05,
    stroke_images=20_000,
    hidden=96,
)
MNIST_DIGITS, NEGATIVES = 24_000, 40_000  # images beside those of strokes
POS_WEIGHT = 2.0  # a digit counts as two negatives: rejecting one is the worse mistake
TARGET_FALSE_REJECTION_RATE = 0.01  # share of the validation digits recognized, below the threshold


def detector_samples(digits: Digits, drawn: Tensor, seed: int = 0, cancelled: Event | None = None) -> Samples:
    """What a detector is trained on: 1 for some of MNIST's training digits and of pen strokes, 0 for what is no digit.

    Args:
        digits: MNIST.
        drawn: images (S, 28, 28), uint8, of training digits as pen strokes; if there are none, some are drawn.
        seed: of all random numbers.
        cancelled: set by another thread, it ends the drawing with an InterruptedError.
    """
    generator = torch.Generator().manual_seed(seed)
    chosen = torch.randperm(len(digits.train_images), generator=generator)[:MNIST_DIGITS]
    if not len(drawn):
        drawn, _ = training_digits(RECIPE.stroke_images, generator, cancelled)
    negatives = training_negatives(NEGATIVES, generator, cancelled)
    images = torch.cat([digits.train_images[chosen], drawn[: RECIPE.stroke_images], negatives])
    return Samples(images, torch.arange(len(images)) < len(images) - len(negatives))


def train_detector(network: MLP, samples: Samples, seed: int = 0) -> Detector:
    """Train a detector. The same arguments and machine give the same detector.

    The threshold is set on digits by the validation writers, on which neither network was trained.

    Args:
        network: predicts digits. The detector is no narrower, and starts from its hidden layers, which know strokes.
        samples: from `detector_samples`.
        seed: of all random numbers.
    """
    known = network.hidden_layers()
    hidden = max([RECIPE.hidden, *(layer.out_features for layer in known)])
    detector = MLP(hidden, outputs=1, seed=seed, hidden_layers=len(known), relu=network.relu)
    for layer, source in zip(detector.hidden_layers(), known, strict=True):
        outputs, inputs = source.weight.shape
        layer.weight.data[:outputs, :inputs] = source.weight
        layer.bias.data[:outputs] = source.bias
    recipe = replace(RECIPE, seed=seed, hidden=hidden)
    for _ in train(detector, samples, recipe, loss=BinaryCrossEntropy(POS_WEIGHT)):
        pass
    quantize(detector)  # it is sent to every page: a quarter of the bytes, and predictions hardly change

    drawings = load_drawings()
    held_out = drawings[drawings.is_validation & drawings.are_digits]
    images = draw(held_out, torch.Generator().manual_seed(seed), varied=False)
    is_right = image_logits(network, images).argmax(dim=1) == held_out.digits
    logits = Detector(detector, threshold=0.0).logits(images)
    if is_right.any():  # a network that is hardly trained may recognize none
        logits = logits[is_right]
    return Detector(detector, logits.quantile(TARGET_FALSE_REJECTION_RATE).item())
