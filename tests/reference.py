"""A reference for the page's engine, by PyTorch's autograd: every number of one image's way, and one training step."""

import copy
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional as F

from model.classifier import Classifier
from model.network import normalize


@dataclass(frozen=True)
class ReferencePass:
    """The forward pass for one image. H is the width of the hidden layers; all are float32.

    Attributes:
        input: (784), normalized pixels.
        pre1, hidden1: (H), the first layer's pre-activations, and its activations: after ReLU.
        pre2, hidden2: (H), the same of the second.
        logits: (10).
        contributions: (10, 784), gradient times ink, with blank paper as the baseline (G. Montavon et al., "Methods for
            interpreting and understanding deep neural networks", 2018).
    """

    input: Tensor
    pre1: Tensor
    hidden1: Tensor
    pre2: Tensor
    hidden2: Tensor
    logits: Tensor
    contributions: Tensor


def reference_pass(classifier: Classifier, image: Tensor) -> ReferencePass:
    """Follow one preprocessed image (28, 28), uint8, through a classifier's network."""
    network = classifier.network
    x = normalize(image[None], classifier.mean, classifier.std).flatten()  # (784)
    with torch.no_grad():
        first, second, last = network.layers()
        pre1 = first(x)
        hidden1 = F.relu(pre1)
        pre2 = second(hidden1)
        hidden2 = F.relu(pre2)
        logits = last(hidden2)
    gradients = torch.autograd.functional.jacobian(network, x[None])[0].reshape(10, 784)
    contributions = gradients * image.flatten() / 255 / classifier.std
    return ReferencePass(x, pre1, hidden1, pre2, hidden2, logits, contributions)


def after_one_step(classifier: Classifier, image: Tensor, label: int, learning_rate: float) -> Classifier:
    """The classifier after one step of gradient descent on one image (28, 28), uint8, and its label alone: a copy."""
    network = copy.deepcopy(classifier.network)
    optimizer = torch.optim.SGD(network.parameters(), lr=learning_rate)
    optimizer.zero_grad()
    x = normalize(image[None], classifier.mean, classifier.std)
    F.cross_entropy(network(x), torch.tensor([label])).backward()
    optimizer.step()
    return replace(classifier, network=network)
