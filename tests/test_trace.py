"""The forward pass in full, held to torch's own network, autograd and optimiser."""

import copy

import pytest
import torch
from torch.nn import functional as F

from model.classifier import Classifier
from model.framing import frame
from model.network import MLP, normalise
from model.pen import draw
from model.recipe import Recipe
from model.trace import after_one_step, trace
from tests.page.hand import STROKES

DRAWN = [frame(draw(strokes)[None])[0] for strokes in STROKES.values()]
PICTURES = [*DRAWN, torch.zeros(28, 28, dtype=torch.uint8), torch.full((28, 28), 255, dtype=torch.uint8)]


@pytest.fixture(params=["trained", "another width, untrained"])
def classifier(request, pretrained) -> Classifier:
    if request.param == "trained":
        return pretrained
    return Classifier(MLP(hidden=24, seed=3), Recipe(), test_accuracy=0.1, mean=0.2, std=0.5)


@pytest.mark.parametrize("picture", PICTURES)
def test_the_trace_is_what_the_network_computes(classifier, picture):
    found = trace(classifier, picture)
    hooked = {}
    for name, layer in classifier.network.named_children():
        layer.register_forward_hook(lambda _, inputs, output, name=name: hooked.update({name: (inputs[0], output)}))
    logits = classifier.network(normalise(picture[None], classifier.mean, classifier.std))
    for layer in classifier.network.children():
        layer._forward_hooks.clear()

    torch.testing.assert_close(found.logits, logits[0])
    torch.testing.assert_close(found.input, hooked["hidden1"][0][0])
    torch.testing.assert_close(found.pre1, hooked["hidden1"][1][0])
    torch.testing.assert_close(found.hidden1, hooked["hidden2"][0][0])
    torch.testing.assert_close(found.pre2, hooked["hidden2"][1][0])
    torch.testing.assert_close(found.hidden2, hooked["output"][0][0])


@pytest.mark.parametrize("picture", PICTURES)
def test_contributions_are_autograds_gradients_times_ink_and_leave_nothing_out(classifier, picture):
    found = trace(classifier, picture)
    x = normalise(picture[None], classifier.mean, classifier.std)
    gradients = torch.autograd.functional.jacobian(classifier.network, x)[0].reshape(10, 784)
    ink = picture.flatten() / 255 / classifier.std
    torch.testing.assert_close(found.contributions, gradients * ink, atol=1e-4, rtol=1e-4)
    assert not found.contributions[:, picture.flatten() == 0].any()

    sums = found.contributions.sum(dim=1) + found.offsets
    torch.testing.assert_close(sums, classifier.network(x)[0], atol=1e-4, rtol=0)


@pytest.mark.parametrize("learning_rate", [1e-3, 0.1])
@pytest.mark.parametrize("label", [0, 7])
def test_one_step_is_what_torchs_own_optimiser_takes(classifier, label, learning_rate):
    before = classifier.network.flat_parameters()
    for picture in DRAWN:
        network = copy.deepcopy(classifier.network)
        x = normalise(picture[None], classifier.mean, classifier.std)
        optimiser = torch.optim.SGD(network.parameters(), lr=learning_rate)
        F.cross_entropy(network(x), torch.tensor([label])).backward()
        optimiser.step()
        found = after_one_step(classifier, picture, label, learning_rate)
        torch.testing.assert_close(found, network(x)[0].detach())
    assert torch.equal(classifier.network.flat_parameters(), before)
