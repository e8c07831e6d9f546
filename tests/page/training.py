"""The page's trainer as the tests and benchmarks drive it: its modules in a page, and numbers to and from it."""

import base64
import copy
from typing import Any

import numpy as np
import torch
from playwright.sync_api import Page
from torch import Tensor

from model.classifier import Classifier
from model.paths import ASSETS
from tests.page.servers import FileServer

BLANK = "assets/site/icon.svg"  # a page with no scripts of its own
LOAD = """(async () => {
  const names = ["backpropagation", "evaluation", "finetuning", "mnist", "network", "random", "settings", "trainer",
    "weights-files", "script"];
  const modules = await Promise.all(names.map((name) => import(`/assets/engine/${name}.js`)));
  window.engine = Object.assign({}, ...modules);
  window.kernels = await engine.compileKernels(
    await (await fetch("/assets/engine/kernels/kernels.wasm")).arrayBuffer(),
  );
  window.mnist = new engine.MNIST(engine.filesAt(new URL("/data/MNIST/raw/", location.href).href));
  window.startWorker = async () => {
    const kernels = await (await fetch("/assets/engine/kernels/kernels.wasm")).arrayBuffer();
    const worker = new Worker("/assets/engine/worker.js", { type: "module" });
    worker.postMessage({ type: "setup", kernels, mnist: new URL("/data/MNIST/raw/", location.href).href });
    return worker;
  };
  window.shapeOf = (widths, activation) => ({ widths, activation, mean: engine.MEAN, std: engine.STD });
  window.encode = (numbers) => {
    const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  };
  window.bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  window.decode = (text) => new Float32Array(bytes(text).buffer);
  return true;
})()"""
FINE_TUNE = """async ([parameters, widths, images, labels, seed]) => {
  const drawings = { images: bytes(images), labels: bytes(labels) };
  const digits = { training: await mnist.training(55_000), test: await mnist.test() };
  const began = performance.now();
  const network = { parameters: decode(parameters), shape: shapeOf(widths, "relu") };
  const tuning = new engine.FineTuning(kernels, network, drawings, digits, seed);
  const shares = [];
  while (!tuning.isOver) {
    tuning.trainStep();
    shares.push(tuning.progress().share);
  }
  const { parameters: tuned, mnist: { labels: ofMnist, before, after }, ...predicted } = tuning.progress().result;
  return {
    seconds: (performance.now() - began) / 1000,
    parameters: encode(tuned),
    mnist: [before, after].map((predicted) => engine.accuracy({ labels: ofMnist, predicted })),
    ...Object.fromEntries(Object.entries(predicted).map(([name, digits]) => [name, [...digits]])),
    isSteady: shares.every((share, i) => share <= 1 && (!i || share >= shares[i - 1])) && shares.at(-1) === 1,
  };
}"""


def repository_files() -> FileServer:
    """A server of the repository's files, MNIST among them."""
    return FileServer(ASSETS.parent)


def load_trainer(page: Page, files: FileServer) -> None:
    """Load the trainer's modules into a page, and nothing else."""
    page.goto(f"{files.url}{BLANK}")
    page.evaluate(LOAD)


def encode(numbers: Tensor) -> str:
    """In base64, as the page takes it."""
    return base64.b64encode(numbers.numpy().tobytes()).decode()


def decode(text: str, dtype: Any = np.float32) -> Tensor:
    """From base64, as the page gives it."""
    return torch.from_numpy(np.frombuffer(base64.b64decode(text), dtype).copy())


def fine_tuned(page: Page, classifier: Classifier, images: Tensor, labels: Tensor, seed: int = 0) -> dict[str, Any]:
    """What the page's fine-tuning of a classifier on drawings (N, 28, 28) comes to."""
    network = classifier.network
    sent = [encode(network.flat_parameters()), network.widths, encode(images), encode(labels.byte()), seed]
    result: dict[str, Any] = page.evaluate(FINE_TUNE, sent)
    return result


def with_parameters(classifier: Classifier, parameters: Tensor) -> Classifier:
    """A copy of a classifier whose network has these parameters."""
    changed = copy.deepcopy(classifier)
    torch.nn.utils.vector_to_parameters(parameters, changed.network.parameters())
    return changed
