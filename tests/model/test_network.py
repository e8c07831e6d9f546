"""The network, its initial weights and its normalization."""

import pytest
import torch

from model.network import MLP, image_logits


@pytest.mark.parametrize("count", [0, 1, 7])
@pytest.mark.parametrize(("hidden", "outputs"), [(64, 10), (8, 1)])
def test_images_become_logits(count, hidden, outputs):
    images = torch.randint(0, 256, (count, 28, 28), dtype=torch.uint8)
    network = MLP(hidden, outputs)
    logits = image_logits(network, images, mean=0.2, std=0.5)
    assert logits.shape == (count, outputs)
    torch.testing.assert_close(logits, network((images[:, None] / 255 - 0.2) / 0.5))
    assert not logits.requires_grad


def test_initial_weights_depend_on_the_seed_alone():
    before = torch.get_rng_state()
    first = MLP(seed=3).flat_parameters()
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(2)
    assert torch.equal(MLP(seed=3).flat_parameters(), first)
    assert not torch.equal(MLP(seed=4).flat_parameters(), first)


def test_networks_of_any_depth_with_relu_or_without():
    images = torch.rand(3, 1, 28, 28)
    for depth in range(4):
        network = MLP(hidden=8, hidden_layers=depth)
        assert network.widths == [784, *[8] * depth, 10]
        linear = MLP(hidden=8, hidden_layers=depth, relu=False)
        zero = linear(torch.zeros_like(images))
        assert torch.allclose(linear(2 * images) - zero, 2 * (linear(images) - zero), atol=1e-4)
    assert not torch.allclose(network(2 * images), 2 * network(images), atol=1e-4)
