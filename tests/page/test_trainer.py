"""The page's trainer, held to PyTorch in a real browser, and to itself in another one."""

import contextlib
import io
import json
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, Page
from torch import Tensor, nn
from torch.nn import functional as F

from model.data.augmentation import ROTATION, SCALE, SHEAR, SHIFT
from model.data.mnist import Digits
from model.data.strokes import UNIPEN, load_drawings
from model.data.strokes import draw as draw_strokes
from model.evaluation.metrics import accuracy
from model.network import MEAN, STD, normalize
from model.paths import ASSETS
from model.training.recipe import Recipe
from tests.page.other_browsers import Firefox
from tests.page.servers import FileServer
from tests.page.training import BLANK, LOAD, decode, encode, fine_tuned, load_trainer, repository_files, with_parameters

ROOT = ASSETS.parent
KERNELS = ASSETS / "engine" / "kernels"
ACTIVATIONS = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "none": nn.Identity,
}
OPTIMIZERS = {
    "sgd": lambda parameters: torch.optim.SGD(parameters, lr=0.1),
    "momentum": lambda parameters: torch.optim.SGD(parameters, lr=0.01, momentum=0.9),
    "rmsprop": lambda parameters: torch.optim.RMSprop(parameters, lr=0.001),
    "adam": lambda parameters: torch.optim.Adam(parameters, lr=0.001),
}


@pytest.fixture(scope="module")
def files() -> Iterator[FileServer]:
    """The repository's files."""
    files = repository_files()
    yield files
    files.stop()


@pytest.fixture(scope="module")
def engine(browser: Browser, files: FileServer) -> Iterator[Page]:
    """A page with the trainer's modules, and nothing else."""
    page = browser.new_page()
    load_trainer(page, files)
    yield page
    page.close()


@pytest.mark.slow
def test_the_kernels_are_built_from_their_source(tmp_path: Path) -> None:
    if not (ROOT / "node_modules" / ".bin" / "asc").exists():
        pytest.skip("AssemblyScript is not installed: npm ci")
    built = tmp_path / "kernels.wasm"
    subprocess.run(["npm", "run", "--silent", "kernels", "--", "--outFile", built], cwd=ROOT, check=True, timeout=120)
    assert built.read_bytes() == (KERNELS / "kernels.wasm").read_bytes()


def test_a_browser_without_simd_says_so(engine: Page) -> None:
    """To it, the kernels are no valid module."""
    said = engine.evaluate("engine.compileKernels(new Uint8Array(8)).catch(({ message }) => message)")
    assert said == "This browser can't train, as it has no WebAssembly SIMD: update it, or use another one."


def sequential(widths: list[int], activation: str, seed: int = 0) -> nn.Sequential:
    """A network with random weights and biases, as PyTorch draws them."""
    torch.manual_seed(seed)
    modules: list[nn.Module] = [nn.Flatten()]
    for inputs, outputs in pairwise(widths):
        modules += [nn.Linear(inputs, outputs), ACTIVATIONS[activation]()]
    return nn.Sequential(*modules[:-1])


def flat(tensors: Any) -> Tensor:
    return torch.cat([tensor.detach().flatten() for tensor in tensors])


@pytest.mark.parametrize(
    ("widths", "activation"),
    [
        ([784, 10], "relu"),
        ([784, 9, 10], "leaky_relu"),
        ([784, 100, 33, 10], "tanh"),
        ([784, 64, 64, 256, 10], "sigmoid"),
        ([784, 64, 10], "none"),
    ],
)
def test_gradients_are_autograds(engine: Page, mnist: Digits, widths: list[int], activation: str) -> None:
    """As near to float64's as float32 autograd's are: at most twice as far away, or a millionth of the largest."""
    network = sequential(widths, activation)
    images, labels = mnist.train_images[:50], mnist.train_labels[:50]
    parameters = flat(network.parameters())
    sent = [widths, activation, encode(parameters)]
    loss, gradient, logits = engine.evaluate(
        """async ([widths, activation, parameters]) => {
          const { images, labels } = await mnist.training(50);
          const network = new engine.Backpropagation(kernels, shapeOf(widths, activation), 64);
          network.write(decode(parameters));
          network.images.set(images);
          network.labels.set(labels);
          network.forward(50);
          network.backward(50);
          const loss = network.losses.subarray(0, 50).reduce((sum, loss) => sum + loss, 0) / 50;
          const predictor = new engine.Network({ parameters: decode(parameters), widths, activation });
          const pass = predictor.forward(engine.normalize(images.subarray(0, 784), engine.MEAN, engine.STD));
          return [loss, encode(network.readGradient()), [...pass.logits]];
        }""",
        sent,
    )

    def autograd(network: nn.Sequential, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        copy = sequential(widths, activation).to(dtype)
        exact = (images[:, None].to(dtype) / 255 - MEAN) / STD
        F.cross_entropy(copy(exact), labels).backward()
        return flat(parameter.grad for parameter in copy.parameters()), copy(exact)[0]

    exact, exact_logits = autograd(network, torch.float64)
    single, _ = autograd(network, torch.float32)
    assert loss == pytest.approx(F.cross_entropy(network(normalize(images)), labels).item(), abs=1e-6)
    allowed = max(2 * (single - exact).abs().max().item(), 1e-6 * exact.abs().max().item())
    assert (decode(gradient) - exact).abs().max() <= allowed
    torch.testing.assert_close(torch.tensor(logits, dtype=torch.float64), exact_logits, atol=1e-6, rtol=1e-6)


STEPS, BATCH = 200, 32
TRAIN = """async ([widths, parameters, optimizer, rate]) => {
  const { images, labels } = await mnist.training(200 * 32);
  const network = new engine.Backpropagation(kernels, shapeOf(widths, "relu"), 32);
  network.write(decode(parameters));
  const training = new engine.Optimizer(network, optimizer);
  const losses = new Float32Array(200);
  for (let step = 0; step < 200; step++) {
    network.images.set(images.subarray(step * 32 * 784, (step + 1) * 32 * 784));
    network.labels.set(labels.subarray(step * 32, (step + 1) * 32));
    network.forward(32);
    network.backward(32);
    training.step(rate);
    losses[step] = network.losses.reduce((sum, loss) => sum + loss, 0) / 32;
  }
  return [encode(network.read()), encode(losses)];
}"""


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_200_steps_are_pytorchs(engine: Page, mnist: Digits, optimizer: str) -> None:
    """Rounding is all that differs: the weights are as near to float64's as PyTorch's own in float32."""
    widths = [784, 64, 64, 10]

    def trained(dtype: torch.dtype) -> tuple[Tensor, Tensor, float]:
        network = sequential(widths, "relu").to(dtype)
        training = OPTIMIZERS[optimizer](network.parameters())
        losses = []
        for start in range(0, STEPS * BATCH, BATCH):
            images = mnist.train_images[start : start + BATCH, None].to(dtype)
            training.zero_grad()
            loss = F.cross_entropy(network((images / 255 - MEAN) / STD), mnist.train_labels[start : start + BATCH])
            loss.backward()
            training.step()
            losses.append(loss.item())
        return flat(network.parameters()), torch.tensor(losses), training.param_groups[0]["lr"]

    exact, exact_losses, rate = trained(torch.float64)
    single, _, _ = trained(torch.float32)
    parameters = flat(sequential(widths, "relu").parameters())
    weights, losses = map(decode, engine.evaluate(TRAIN, [widths, encode(parameters), optimizer, rate]))
    assert (weights - exact).norm() <= 2 * (single - exact).norm()
    assert (losses - exact_losses).abs().max() <= 2e-6  # losses are near 2, where float32 has steps of 2.4e-7


def test_images_are_augmented_as_in_model(engine: Page, mnist: Digits) -> None:
    """To one tone, by the same maps: rotation, shear, logarithm of the scale, and shifts."""
    random = np.random.default_rng(0)
    maps = random.uniform(-1, 1, (50, 5)) * [ROTATION, SHEAR, SCALE, SHIFT, SHIFT]
    augmented = engine.evaluate(
        """async (maps) => {
          const { images } = await mnist.training(maps.length);
          const network = new engine.Backpropagation(kernels, shapeOf([784, 10], "relu"), maps.length);
          network.images.set(images);
          maps.forEach((map, n) => network.augment(n, map));
          return encode(network.images);
        }""",
        maps.tolist(),
    )
    rotation, shear, scale, right, down = torch.from_numpy(maps.astype("float32")).T
    cos, sin = rotation.cos() * scale.exp(), rotation.sin() * scale.exp()
    rows = [cos, shear * cos - sin, right / 14, sin, shear * sin + cos, down / 14]
    grid = F.affine_grid(torch.stack(rows, dim=1).view(-1, 2, 3), [50, 1, 28, 28], align_corners=False)
    expected = F.grid_sample(mnist.train_images[:50, None].float(), grid, align_corners=False).flatten().int()
    assert (decode(augmented, np.uint8).int() - expected).abs().max() <= 1


def test_the_learning_rate_rises_and_falls_as_in_model(engine: Page) -> None:
    done = [step / 100 for step in range(101)]
    shares = engine.evaluate("done => done.map(engine.oneCycle)", done)
    recipe = Recipe(learning_rate=1, schedule="one-cycle")
    assert shares == pytest.approx([recipe.learning_rate_at(share) for share in done])


def test_initial_weights_are_those_of_their_names(engine: Page) -> None:
    draw = "name => encode(engine.initialParameters([784, 64, 10], name, new engine.Random(3)))"
    default, he, zeros, large = (decode(engine.evaluate(draw, name)) for name in ("default", "he", "zeros", "large"))
    first, biases = slice(0, 784 * 64), slice(784 * 64, 785 * 64)
    assert default[first].abs().max() == pytest.approx(1 / 28, rel=1e-3)
    assert default[biases].abs().max() == pytest.approx(1 / 28, rel=0.2)
    assert he[first].std() == pytest.approx((2 / 784) ** 0.5, rel=0.02)
    assert not he[biases].any()
    assert not zeros.any()
    torch.testing.assert_close(large, 10 * default)


# Weights and curve of two short trainings that use everything that a browser might compute in its own way.
RUNS = """(async () => {
  const digits = await mnist.training(1_000);
  const rare = { optimizer: "rmsprop", activation: "tanh", augmentation: true, isOneCycle: true, batchSize: 30 };
  return [{}, { ...rare, initialization: "he", hiddenLayers: 3, hidden: 20 }].map((changes) => {
    const settings = { ...engine.DEFAULTS, epochs: 2, digits: 1_000, seed: 5, ...changes };
    const trainer = new engine.Trainer(kernels, digits, settings);
    while (!trainer.isOver) trainer.trainStep();
    return encode(trainer.parameters) + JSON.stringify(trainer.points);
  }).join();
})()"""


def test_the_same_seed_gives_the_same_weights(engine: Page) -> None:
    runs = engine.evaluate(RUNS)
    assert len(runs) > 100_000
    assert engine.evaluate(RUNS) == runs
    assert engine.evaluate(RUNS.replace("seed: 5", "seed: 6")) != runs


@pytest.mark.slow
def test_another_browser_gives_the_same_weights(engine: Page, files: FileServer) -> None:
    if reason := Firefox.missing():
        pytest.skip(f"{reason}.")
    firefox = Firefox()
    try:
        firefox.visit(f"{files.url}{BLANK}")
        firefox.evaluate(LOAD)
        assert firefox.evaluate(RUNS) == engine.evaluate(RUNS)
        firefox.evaluate("mnist.validation().then(() => true)")  # all that it asked for is there
    finally:
        firefox.close()


# --- MNIST on its way -------------------------------------------------------------------------------------------------


def test_what_is_not_mnist_is_said_and_tried_again(engine: Page) -> None:
    said = engine.evaluate(
        """async () => {
          const sources = [
            () => new Response("<!doctype html>"),
            () => new Response("", { status: 404 }),
            () => Promise.reject(new TypeError("Failed to fetch")),
            (name) => (name.includes("labels") ? fetch(`/data/MNIST/raw/${name}`) : new Response(new Uint8Array(10))),
          ];
          const said = [];
          for (const source of sources) {
            let isMended = false;
            const digits = new engine.MNIST((name) => (isMended ? fetch(`/data/MNIST/raw/${name}`) : source(name)));
            said.push(await digits.training(100).catch((error) => error.message));
            isMended = true;
            await digits.training(100);
          }
          return said;
        }"""
    )
    assert "another file" in said[0]
    assert "HTTP 404" in said[1]
    assert said[2] == said[3] == "MNIST could not be loaded: check the connection, and try again."


# --- fine-tuning ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_handwriting_is_learned_and_little_is_forgotten(engine, pretrained) -> None:
    """Of the writer whose digits are hardest: two of each digit are trained on, and the others predicted."""
    drawings = load_drawings()
    drawings = drawings[drawings.are_digits & (drawings.sources == UNIPEN) & (drawings.writers == 174)]
    images, labels = draw_strokes(drawings, torch.Generator().manual_seed(0), varied=False), drawings.digits
    chosen = torch.cat([(labels == digit).nonzero()[:2, 0] for digit in range(10)])
    others = torch.ones_like(labels, dtype=torch.bool)
    others[chosen] = False
    result = fine_tuned(engine, pretrained, images[chosen], labels[chosen])

    tuned = with_parameters(pretrained, decode(result["parameters"]))
    before, after = (accuracy(some.logits(images[others]), labels[others]) for some in (pretrained, tuned))
    assert after > before + 0.02
    assert result["before"] == pretrained.logits(images[chosen]).argmax(dim=1).tolist()
    assert result["after"] == labels[chosen].tolist()
    right = [
        sum(a == b for a, b in zip(result[name], result["after"], strict=True)) for name in ("before", "outOfFold")
    ]
    assert right[1] >= right[0]
    assert result["mnist"][0] == pytest.approx(pretrained.test_accuracy, abs=5e-4)
    assert result["mnist"][1] > result["mnist"][0] - 0.005
    assert result["isSteady"]


@pytest.mark.slow
def test_out_of_fold_predictions_come_from_copies_that_did_not_see_the_drawing(engine, pretrained, mnist) -> None:
    """Wrong labels can be learned by heart, but nobody guesses the wrong label of a digit that was not shown."""
    first = [int((mnist.test_labels == digit).nonzero()[0]) for digit in range(10)]
    wrong = (torch.arange(10) + 1) % 10
    result = fine_tuned(engine, pretrained, mnist.test_images[first], wrong)
    assert result["after"] == wrong.tolist()
    assert sum(a == b for a, b in zip(result["outOfFold"], wrong.tolist(), strict=True)) <= 1


# --- a run as a script ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("activation", "depth"), [("relu", 2), ("sigmoid", 3), ("none", 1), ("tanh", 0)])
def test_a_scripts_network_takes_the_pages_weights(engine: Page, activation: str, depth: int) -> None:
    script, header = engine.evaluate(
        """async (changes) => {
          const settings = { ...engine.DEFAULTS, hidden: 16, ...changes };
          const widths = engine.widthsOf(settings);
          const parameters = engine.initialParameters(widths, "he", new engine.Random(0));
          const file = await engine.writeSafetensors(parameters, shapeOf(widths, settings.activation)).text();
          return [engine.trainingScript(settings), file.slice(8)];
        }""",
        {"activation": activation, "hiddenLayers": depth},
    )
    model = eval(script[script.index("nn.Sequential(") : script.index("\noptimizer")], {"nn": nn})
    shapes = {name: list(parameter.shape) for name, parameter in model.named_parameters()}
    entries, _ = json.JSONDecoder().raw_decode(header)
    arrays = {name: entry["shape"] for name, entry in entries.items() if name != "__metadata__"}
    assert arrays == shapes


@pytest.mark.slow
def test_a_runs_script_reaches_its_accuracy(engine, mnist_folder, tmp_path, monkeypatch) -> None:
    """Within half a point of the mean of three seeds."""
    changes = {"epochs": 3, "hidden": 32, "digits": 20_000, "augmentation": True}
    script, accuracies = engine.evaluate(
        """async (changes) => {
          const settings = { ...engine.DEFAULTS, ...changes };
          const digits = await mnist.training(settings.digits);
          const validation = await mnist.validation();
          const accuracies = [0, 1, 2].map((seed) => {
            const trainer = new engine.Trainer(kernels, digits, { ...settings, seed });
            while (!trainer.isOver) trainer.trainStep();
            return trainer.progress(validation).snapshots.at(-1).accuracy;
          });
          return [engine.trainingScript(settings), accuracies];
        }""",
        changes,
    )
    raw = tmp_path / "data" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for file in mnist_folder.glob("*.gz"):
        (raw / file.name).symlink_to(file)
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(script, namespace)
    last_epoch = printed.getvalue().splitlines()[-2]
    assert float(last_epoch.split()[-1]) == pytest.approx(sum(accuracies) / 3, abs=0.005)
