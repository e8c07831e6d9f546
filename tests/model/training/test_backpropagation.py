"""The proof that the written-out passes and optimizers compute what PyTorch's autograd and torch.optim do."""

from collections.abc import Sequence
from itertools import pairwise

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional as F

from model.training.loop import OPTIMIZERS, Backpropagation, BinaryCrossEntropy, CrossEntropy, Loss

TORCH_OPTIMIZERS = {"adam": torch.optim.Adam, "rmsprop": torch.optim.RMSprop, "sgd": torch.optim.SGD}

hidden_layers = st.lists(st.integers(8, 256), max_size=3)  # depth 0 to 3, widths 8 to 256
input_widths = st.integers(8, 256)
batch_sizes = st.one_of(st.integers(1, 64), st.sampled_from([1, 128, 999, 4_096]))
seeds = st.integers(0, 2**32 - 1)


def layers_of(widths: Sequence[int], seed: int) -> list[nn.Linear]:
    """Fully connected layers in float64, in which rounding does not hide a wrong formula."""
    generator = torch.Generator().manual_seed(seed)
    layers = [nn.Linear(inputs, outputs, dtype=torch.float64) for inputs, outputs in pairwise(widths)]
    for layer in layers:
        for parameter in (layer.weight, layer.bias):
            parameter.data.normal_(std=layer.in_features**-0.5, generator=generator)
    return layers


def samples_of(loss: Loss, count: int, pixels: int, seed: int) -> tuple[Tensor, Tensor, int]:
    """Inputs, labels and the number of outputs that a loss needs."""
    generator = torch.Generator().manual_seed(seed + 1)
    outputs = 10 if isinstance(loss, CrossEntropy) else 1
    inputs = torch.randn(count, pixels, dtype=torch.float64, generator=generator)
    return inputs, torch.randint(max(outputs, 2), (count,), generator=generator), outputs


def logits_by_pytorch(layers: Sequence[nn.Linear], relu: bool, inputs: Tensor) -> Tensor:
    x = inputs
    for layer in layers[:-1]:
        x = F.relu(layer(x)) if relu else layer(x)
    return layers[-1](x)


def loss_by_pytorch(loss: Loss, logits: Tensor, labels: Tensor) -> Tensor:
    if isinstance(loss, BinaryCrossEntropy):
        weight = torch.tensor(loss.pos_weight, dtype=torch.float64)
        return F.binary_cross_entropy_with_logits(logits[:, 0], labels.double(), pos_weight=weight)
    return F.cross_entropy(logits, labels)


losses = st.one_of(st.just(CrossEntropy()), st.floats(0.1, 10).map(BinaryCrossEntropy))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(hidden_layers, input_widths, batch_sizes, losses, st.booleans(), seeds)
def test_gradients_are_autograds(hidden, pixels, batch_size, loss, relu, seed):
    inputs, labels, outputs = samples_of(loss, batch_size, pixels, seed)
    layers = layers_of([pixels, *hidden, outputs], seed)
    expected_logits = logits_by_pytorch(layers, relu, inputs)
    expected_loss = loss_by_pytorch(loss, expected_logits, labels)
    expected_loss.backward()
    expected = torch.cat([p.grad.flatten() for layer in layers for p in (layer.weight, layer.bias)])

    backpropagation = Backpropagation(layers, loss, relu)
    logits = backpropagation(inputs, loss.targets(labels).double())
    torch.testing.assert_close(logits, expected_logits, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(loss.each(logits, labels).mean(), expected_loss, rtol=1e-6, atol=1e-12)
    assert (backpropagation.gradient - expected).norm() <= 1e-6 * expected.norm()


@settings(max_examples=15, deadline=None, derandomize=True)
@given(hidden_layers, batch_sizes, st.sampled_from(sorted(OPTIMIZERS)), losses, st.floats(1e-4, 1e-2), seeds)
def test_a_hundred_steps_are_torch_optims(hidden, batch_size, name, loss, learning_rate, seed):
    if batch_size > 64:  # wide layers and large batches together are for the test above: a hundred steps take too long
        hidden = [min(width, 32) for width in hidden]
    inputs, labels, outputs = samples_of(loss, batch_size, 16, seed)
    layers, reference = (layers_of([16, *hidden, outputs], seed) for _ in range(2))
    parameters = [parameter for layer in reference for parameter in (layer.weight, layer.bias)]
    start = torch.cat([parameter.detach().flatten() for parameter in parameters])

    by_pytorch = TORCH_OPTIMIZERS[name](parameters, lr=learning_rate)
    backpropagation = Backpropagation(layers, loss)
    optimizer = OPTIMIZERS[name](backpropagation.parameters, backpropagation.gradient)
    targets = loss.targets(labels).double()
    for _ in range(100):
        by_pytorch.zero_grad()
        loss_by_pytorch(loss, logits_by_pytorch(reference, True, inputs), labels).backward()
        by_pytorch.step()
        backpropagation(inputs, targets)
        optimizer.step(learning_rate)

    expected = torch.cat([parameter.detach().flatten() for parameter in parameters])
    assert (expected - start).norm() > 0
    assert (backpropagation.parameters - expected).norm() <= 1e-5 * expected.norm()
    for layer, other in zip(layers, reference, strict=True):  # the layers see what the flat vector holds
        torch.testing.assert_close(layer.weight, other.weight, rtol=0, atol=1e-5 * expected.norm().item())
