"""How the non-digit detector is trained: on digits, and on what is none."""

from dataclasses import replace

import torch
from torch import Tensor

from model.data.mnist import Digits
from model.detector import Detector
from model.network import MLP
from model.quantization import quantize
from model.training.batches import Samples
from model.training.loop import BinaryCrossEntropy, train
from model.training.recipe import Recipe

RECIPE = Recipe(
    "detector",
    learning_rate=5e-3,
    batch_size=64,
    epochs=7,
    schedule="one-cycle",
    augmentation=1.0,
    augmented_share=0.5,  # augmenting takes as long as training, and half is enough against overfitting
    style_images=9_000,
)
DIGITS_SHOWN = 8_000  # a share of MNIST's training digits
POS_WEIGHT = 5.0  # a digit counts as five negatives: rejecting one is the worse mistake
TARGET_FALSE_REJECTION_RATE = 0.015  # share of the validation digits below the threshold


def train_detector(network: MLP, digits: Digits, styles: Tensor, negatives: Tensor, seed: int = 0) -> Detector:
    """Train a detector. The same arguments and machine give the same detector.

    Args:
        network: predicts digits. The detector starts from its hidden layers, which know strokes already.
        digits: the threshold is set on the validation digits, on which neither network was trained.
        styles: images (S, 28, 28), uint8, of digits in other handwriting styles; some of them are shown.
        negatives: images (N, 28, 28), uint8, of what is not a digit.
        seed: of all random numbers.
    """
    generator = torch.Generator().manual_seed(seed)
    chosen = torch.randperm(len(digits.train_images), generator=generator)[:DIGITS_SHOWN]
    chosen_styles = torch.randperm(len(styles), generator=generator)[: RECIPE.style_images]
    images = torch.cat([digits.train_images[chosen], styles[chosen_styles], negatives])
    is_digit = torch.arange(len(images)) < len(images) - len(negatives)

    known = network.hidden_layers()
    hidden = known[0].out_features if known else RECIPE.hidden
    detector = MLP(hidden, outputs=1, seed=seed, hidden_layers=len(known), relu=network.relu)
    for layer, source in zip(detector.hidden_layers(), known, strict=True):
        layer.load_state_dict(source.state_dict())
    recipe = replace(RECIPE, seed=seed, hidden=hidden)
    for _ in train(detector, Samples(images, is_digit), recipe, loss=BinaryCrossEntropy(POS_WEIGHT)):
        pass
    quantize(detector)  # it is sent to every page: a quarter of the bytes, and predictions hardly change
    logits = Detector(detector, threshold=0.0).logits(digits.validation_images)
    return Detector(detector, logits.quantile(TARGET_FALSE_REJECTION_RATE).item())
