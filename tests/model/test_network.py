"""The network, its initial weights and its normalization."""

import pytest
import torch

from model.network import MLP, image_logits, normalize


def test_the_network_has_55_050_parameters():
    assert MLP().flat_parameters().numel() == 784 * 64 + 64 + 64 * 64 + 64 + 64 * 10 + 10 == 55_050


@pytest.mark.parametrize("count", [0, 1, 7])
@pytest.mark.parametrize(("hidden", "outputs"), [(64, 10), (8, 1)])
def test_images_become_logits(count, hidden, outputs):
    images = torch.randint(0, 256, (count, 28, 28), dtype=torch.uint8)
    network = MLP(hidden, outputs)
    logits = image_logits(network, images, mean=0.2, std=0.5)
    assert logits.shape == (count, outputs)
    torch.testing.assert_close(logits, network((images[:, None] / 255 - 0.2) / 0.5))
    assert not logits.requires_grad


def test_mnist_is_normalized_to_mean_0_and_deviation_1(mnist):
    inputs = normalize(mnist.train_images)
    assert inputs.shape == (55_000, 1, 28, 28)
    assert abs(inputs.mean().item()) < 1e-3
    assert abs(inputs.std().item() - 1) < 1e-3


def test_initial_weights_depend_on_the_seed_alone():
    before = torch.get_rng_state()
    first = MLP(seed=3).flat_parameters()
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(2)
    assert torch.equal(MLP(seed=3).flat_parameters(), first)
    assert not torch.equal(MLP(seed=4).flat_parameters(), first)
