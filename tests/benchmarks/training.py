"""How fast training is: this project's loop beside the textbook's and JAX's, in one run, PyTorch with one thread.

    python -m tests.benchmarks.training [--rounds 3] [--batches 1875]

All train the baseline recipe (784-64-64-10, Adam, batches of 32, 5 epochs) on the same 60,000 digits, from the call to
the trained weights, compilation included. They take turns, so that a busy machine slows all of them down.

    textbook    `torchvision.datasets.MNIST` with `ToTensor` and `Normalize`, a `DataLoader`, `torch.optim.Adam`.
                `--batches` measures a share of one epoch, which then stands for the whole.
    autograd    the data set as one tensor, `loss.backward()`, `torch.optim.Adam(fused=True)` on one flat vector
    JAX         `jit` and `scan` over the steps of an epoch; only if it is installed (requirements-bench.txt)
    ours        model/training/loop.py

Then whole training runs: the baseline recipe, the augmented one, and the augmented one with snapshots and detector.
"""

import importlib.util
import tempfile
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

from model import runtime
from model.data.mnist import FILES, Digits, load_mnist
from model.network import MEAN, MLP, STD, normalize
from model.pipeline import train_classifier
from model.training.batches import Samples, training_samples, validation_samples
from model.training.loop import train
from model.training.recipe import RECIPES, Recipe
from tests.benchmarks import harness

EPOCHS, BATCH = 5, 32
BATCHES = 1_875  # in an epoch of 60,000


def textbook(folder: Path, batches: int) -> float:
    """Seconds for the whole training by the textbook's loop, from some of its batches."""
    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((MEAN,), (STD,))])
    began = time.perf_counter()
    loader = DataLoader(datasets.MNIST(folder, transform=transform), batch_size=BATCH, shuffle=True)
    network = MLP()
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    for step, (images, labels) in enumerate(loader, 1):
        optimizer.zero_grad()
        F.cross_entropy(network(images), labels).backward()
        optimizer.step()
        if step == batches:
            break
    return (time.perf_counter() - began) * EPOCHS * BATCHES / batches


def flat_parameter(network: MLP) -> nn.Parameter:
    """All parameters as one vector, and their gradients as another; the network's own become views into them."""
    flat = nn.Parameter(network.flat_parameters())
    flat.grad = torch.zeros_like(flat)
    own = list(network.parameters())
    sizes = [parameter.numel() for parameter in own]
    for parameter, value, gradient in zip(own, flat.data.split(sizes), flat.grad.split(sizes), strict=True):
        parameter.data, parameter.grad = value.view_as(parameter), gradient.view_as(parameter)
    return flat


def autograd(samples: Samples) -> float:
    """Seconds for the training with autograd and a fused optimizer on one flat vector."""
    began = time.perf_counter()
    network = MLP()
    flat = flat_parameter(network)
    optimizer = torch.optim.Adam([flat], lr=1e-3, fused=True)
    for _ in range(EPOCHS):
        for positions in torch.randperm(len(samples)).split(100 * BATCH):
            inputs, labels = normalize(samples.images[positions]), samples.labels[positions]
            for x, y in zip(inputs.split(BATCH), labels.split(BATCH), strict=True):
                optimizer.zero_grad(set_to_none=False)
                F.cross_entropy(network(x), y).backward()
                optimizer.step()
    return time.perf_counter() - began


def jax(images: Tensor, labels: Tensor) -> float:
    """Seconds for the training with JAX, compilation included."""
    import jax
    import jax.numpy as jnp

    jax.clear_caches()
    began = time.perf_counter()
    inputs = jnp.asarray(normalize(images).flatten(1).numpy())
    targets = jnp.asarray(labels.numpy())
    layers = [(jnp.asarray(layer.weight.detach().numpy().T), jnp.zeros(layer.out_features)) for layer in MLP().layers()]
    state = layers, jax.tree.map(jnp.zeros_like, layers), jax.tree.map(jnp.zeros_like, layers), 0.0

    def loss(layers, x, y):
        for weight, bias in layers[:-1]:
            x = jax.nn.relu(x @ weight + bias)
        weight, bias = layers[-1]
        return -jnp.take_along_axis(jax.nn.log_softmax(x @ weight + bias), y[:, None], 1).mean()

    def step(state, batch):
        layers, mean, square, count = state
        gradient = jax.grad(loss)(layers, inputs[batch], targets[batch])
        count = count + 1
        mean = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, mean, gradient)
        square = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, square, gradient)
        rate, scale = 1e-3 / (1 - 0.9**count), 1 / (1 - 0.999**count)
        layers = jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v * scale) + 1e-8), layers, mean, square)
        return (layers, mean, square, count), None

    @jax.jit
    def epoch(state, key):
        order = jax.random.permutation(key, len(targets)).reshape(-1, BATCH)
        return jax.lax.scan(step, state, order)[0]

    for key in jax.random.split(jax.random.key(0), EPOCHS):
        state = epoch(state, key)
    jax.block_until_ready(state)
    return time.perf_counter() - began


def train_all(samples: Samples, recipe: Recipe, digits: Digits) -> None:
    """This project's training; it also measures the accuracy after each epoch."""
    deque(train(MLP(), samples, recipe, validation_samples(digits)), maxlen=0)


def write_for_torchvision(images: Tensor, labels: Tensor, digits: Digits, folder: Path) -> None:
    """Write MNIST's plain files to where torchvision looks for them, without a download."""
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name, array in zip(FILES, (images, labels, digits.test_images, digits.test_labels), strict=True):
        header = b"".join(number.to_bytes(4, "big") for number in (0x800 + array.dim(), *array.shape))
        (raw / name).write_bytes(header + array.byte().numpy().tobytes())


def main() -> None:
    """Measure, and print a table."""
    parser = harness.parser(__doc__, rounds=3)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--batches", type=int, default=BATCHES, help="of one textbook epoch (default: all 1,875)")
    arguments = parser.parse_args()
    batches = min(arguments.batches, BATCHES)

    runtime.configure()
    digits = load_mnist(arguments.data)
    images = torch.cat([digits.train_images, digits.validation_images])
    labels = torch.cat([digits.train_labels, digits.validation_labels])
    samples, augmented = Samples(images, labels), RECIPES["augmented"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_for_torchvision(images, labels, digits, folder)
        measures: dict[str, Callable[[], float]] = {
            "textbook": lambda: textbook(folder, batches),
            "tensors and autograd": lambda: autograd(samples),
            "JAX": lambda: jax(images, labels),
            "this project": lambda: harness.seconds(lambda: train_all(samples, Recipe(), digits)),
            "augmented": lambda: harness.seconds(
                lambda: train_all(training_samples(digits, augmented), augmented, digits)
            ),
            "the same with snapshots and detector": lambda: harness.seconds(
                lambda: train_classifier(digits, augmented, say=lambda sentence: None)
            ),
        }
        if importlib.util.find_spec("jax") is None:
            del measures["JAX"]
        harness.in_turns(measures, arguments.rounds)


if __name__ == "__main__":
    main()
