"""A reference for the page's engine: the forward pass of one image in full, contributions, and one training step.

With ReLU the network is piecewise linear: as long as no neuron is switched on or off, each logit is a weighted sum of
the pixels plus an intercept. That sum is exact. That its terms are what each pixel contributes is one choice among
several: gradient x input, with blank paper as the baseline (G. Montavon et al., "Methods for interpreting and
understanding deep neural networks", 2018).
"""

import copy
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional as F

from model.classifier import Classifier
from model.network import image_logits, normalize
from model.training.loop import CROSS_ENTROPY, SGD, Backpropagation


@dataclass(frozen=True)
class ReferencePass:
    """The forward pass for one image. H is the width of the hidden layers; all are float32.

    Attributes:
        input: (784), normalized pixels.
        pre1, hidden1: (H), the first layer's pre-activations, and its activations: after ReLU.
        pre2, hidden2: (H), the same of the second.
        logits: (10).
        contributions: (10, 784), what each pixel's ink adds to each logit; 0 where there is no ink.
        intercepts: (10), each logit for paper without ink, if the neurons are active that this image activates. A row's
            sum and its intercept make the logit; both are computed on their own.
        blank: (10), the logits for blank paper, where other neurons are active.
    """

    input: Tensor
    pre1: Tensor
    hidden1: Tensor
    pre2: Tensor
    hidden2: Tensor
    logits: Tensor
    contributions: Tensor
    intercepts: Tensor
    blank: Tensor


@torch.no_grad()
def reference_pass(classifier: Classifier, image: Tensor) -> ReferencePass:
    """Follow one preprocessed image (28, 28), uint8, through a classifier's network."""
    network = classifier.network
    x = normalize(image[None], classifier.mean, classifier.std).flatten()  # (784)
    first, second, last = network.layers()
    pre1 = first(x)
    hidden1 = F.relu(pre1)
    pre2 = second(hidden1)
    hidden2 = F.relu(pre2)
    logits = last(hidden2)

    # Inactive neurons pass nothing on, the others pass everything: the chain of layers is one matrix.
    slopes = last.weight * (pre2 > 0) @ second.weight * (pre1 > 0) @ first.weight
    ink = image.flatten() / 255 / classifier.std  # (784): by how much each pixel differs from the background
    contributions = slopes * ink  # (10, 784)
    paper = torch.zeros_like(image)
    constant1 = first(normalize(paper[None], classifier.mean, classifier.std).flatten()) * (pre1 > 0)
    intercepts = last(second(constant1) * (pre2 > 0))
    blank = image_logits(network, paper[None], classifier.mean, classifier.std)[0]
    return ReferencePass(x, pre1, hidden1, pre2, hidden2, logits, contributions, intercepts, blank)


def after_one_step(classifier: Classifier, image: Tensor, label: int, learning_rate: float) -> Classifier:
    """The classifier after one step of gradient descent on one image (28, 28), uint8, and its label alone: a copy."""
    network = copy.deepcopy(classifier.network)
    backpropagation = Backpropagation(network.layers(), CROSS_ENTROPY, network.relu)
    x = normalize(image[None], classifier.mean, classifier.std).flatten(1)  # (1, 784)
    backpropagation(x, CROSS_ENTROPY.targets(torch.tensor([label])))
    SGD(backpropagation.parameters, backpropagation.gradient).step(learning_rate)
    return replace(classifier, network=network)
