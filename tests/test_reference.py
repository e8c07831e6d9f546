"""The reference forward pass, compared with PyTorch's own network, autograd and optimizer."""

import copy

import pytest
import torch
from torch.nn import functional as F

from model.classifier import Classifier
from model.network import MLP, normalize
from model.training.recipe import Recipe
from tests.reference import after_one_step, reference_pass


@pytest.fixture(params=["trained", "another width, untrained"])
def classifier(request, pretrained) -> Classifier:
    if request.param == "trained":
        return pretrained
    return Classifier(MLP(hidden=24, seed=3), Recipe(hidden=24), test_accuracy=0.1, mean=0.2, std=0.5)


@pytest.fixture(scope="module")
def images(mnist) -> torch.Tensor:
    extremes = torch.stack([torch.zeros(28, 28), torch.full((28, 28), 255)]).byte()
    return torch.cat([mnist.test_images[:6], extremes])


def test_every_layer_is_what_the_network_computes(classifier, images):
    network, hooked = copy.deepcopy(classifier.network), []
    for layer in network.layers():
        layer.register_forward_hook(lambda _, inputs, output: hooked.extend([inputs[0][0], output[0]]))
    for image in images:
        hooked.clear()
        network(normalize(image[None], classifier.mean, classifier.std))
        found = reference_pass(classifier, image)
        values = [found.input, found.pre1, found.hidden1, found.pre2, found.hidden2, found.logits]
        torch.testing.assert_close(values, hooked)


def test_contributions_are_autograds_gradients_times_ink_and_intercepts_the_rest(classifier, images):
    for image in images:
        found = reference_pass(classifier, image)
        x = normalize(image[None], classifier.mean, classifier.std)
        gradients = torch.autograd.functional.jacobian(classifier.network, x)[0].reshape(10, 784)
        ink = image.flatten() / 255 / classifier.std
        torch.testing.assert_close(found.contributions, gradients * ink, atol=1e-4, rtol=1e-4)
        assert not found.contributions[:, image.flatten() == 0].any()
        torch.testing.assert_close(
            found.contributions.sum(dim=1) + found.intercepts, classifier.network(x)[0], atol=1e-4, rtol=0
        )
        paper = normalize(torch.zeros(1, 28, 28, dtype=torch.uint8), classifier.mean, classifier.std)
        torch.testing.assert_close(found.blank, classifier.network(paper)[0])


@pytest.mark.parametrize("learning_rate", [1e-3, 0.1])
@pytest.mark.parametrize("label", [0, 7])
def test_one_step_is_the_one_that_pytorchs_optimizer_takes(classifier, images, label, learning_rate):
    before = classifier.network.flat_parameters()
    for image in images[:4]:
        network = copy.deepcopy(classifier.network)
        x = normalize(image[None], classifier.mean, classifier.std)
        loss = F.cross_entropy(network(x), torch.tensor([label]))
        gradients = torch.autograd.grad(loss, network.parameters())
        with torch.no_grad():
            for parameter, gradient in zip(network.parameters(), gradients, strict=True):
                parameter -= learning_rate * gradient
        found = after_one_step(classifier, image, label, learning_rate).logits(image[None])[0]
        torch.testing.assert_close(found, network(x)[0].detach(), atol=1e-4, rtol=1e-4)
    assert torch.equal(classifier.network.flat_parameters(), before)
