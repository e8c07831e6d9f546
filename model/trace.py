"""The forward pass of one picture in full, and what follows: which ink spoke for which digit, and one step of learning.

With ReLU the network is piecewise linear: as long as no neuron is switched on or off, each logit is a weighted sum of
the pixels. So a logit can be divided among them without remainder, which is exact here, not an approximation
(G. Montavon et al., "Methods for interpreting and understanding deep neural networks", 2018, on gradient x input).
"""

import copy
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from model.classifier import Classifier
from model.network import normalise


@dataclass(frozen=True)
class Trace:
    """The forward pass for one picture. H is the width of the hidden layers; all are float32.

    Attributes:
        input: (784), normalised pixels.
        pre1, hidden1: (H), the first layer's pre-activations, and its activations: after ReLU.
        pre2, hidden2: (H), the same of the second.
        logits: (10).
        contributions: (10, 784), what each pixel's ink adds to each logit; 0 where there is no ink.
        offsets: (10), the rest of each logit, which is there without any ink: the bias term. A row's sum and its
            offset make the logit.
    """

    input: Tensor
    pre1: Tensor
    hidden1: Tensor
    pre2: Tensor
    hidden2: Tensor
    logits: Tensor
    contributions: Tensor
    offsets: Tensor


@torch.no_grad()
def trace(classifier: Classifier, picture: Tensor) -> Trace:
    """Follow one framed picture (28, 28), uint8, through a classifier's network."""
    network = classifier.network
    x = normalise(picture[None], classifier.mean, classifier.std).flatten()  # (784)
    pre1 = network.hidden1(x)
    hidden1 = F.relu(pre1)
    pre2 = network.hidden2(hidden1)
    hidden2 = F.relu(pre2)
    logits = network.output(hidden2)

    # Neurons that are off pass nothing on, the others all: the chain of layers is one matrix.
    slopes = network.output.weight * (pre2 > 0) @ network.hidden2.weight * (pre1 > 0) @ network.hidden1.weight
    ink = picture.flatten() / 255 / classifier.std  # (784): by how much each pixel differs from empty paper
    contributions = slopes * ink  # (10, 784)
    return Trace(x, pre1, hidden1, pre2, hidden2, logits, contributions, logits - contributions.sum(dim=1))


def after_one_step(classifier: Classifier, picture: Tensor, label: int, learning_rate: float) -> Tensor:
    """The logits (10) for a picture (28, 28) after one step of plain gradient descent on it: its cross-entropy falls.

    Args:
        classifier: stays as it is; a copy of its network takes the step.
        picture: framed, uint8.
        label: the digit that was meant, 0 to 9.
        learning_rate: the length of the step, as a factor of the gradient.
    """
    network = copy.deepcopy(classifier.network)
    x = normalise(picture[None], classifier.mean, classifier.std)
    F.cross_entropy(network(x), torch.tensor([label])).backward()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter -= learning_rate * parameter.grad
        return network(x)[0]
