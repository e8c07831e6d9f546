"""How fast the page trains, and how well: beside TensorFlow.js, PyTorch's textbook loop, and `model/`.

    python -m tests.benchmarks.page_training [--rounds 3] [--tfjs FOLDER] [--seeds 5]

All train the baseline recipe (784-64-64-10, Adam, batches of 32, 5 epochs of 55,000 digits), by turns, in one run and
one Chromium. The page's time is all from the click on: the worker is started, MNIST fetched and unpacked, the network
trained and measured on the validation digits. The others have MNIST in memory when their time begins.

    TensorFlow.js    its wasm backend with SIMD, `model.fit`; FOLDER is where `npm install @tensorflow/tfjs
                     @tensorflow/tfjs-backend-wasm` was run. With `--tfjs-epochs`, so many stand for all five.
    textbook         tests/benchmarks/training.py's, from 300 of its batches
    model/           model/training/loop.py, one thread

Then the accuracy on MNIST's test digits, of as many seeds of the page's trainer and of `model/`'s.
"""

import argparse
import statistics
import tempfile
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import torch
from playwright.sync_api import Page, sync_playwright

from model import runtime
from model.data.mnist import Digits, load_mnist
from model.evaluation.metrics import accuracy
from model.network import MLP, image_logits
from model.paths import ASSETS
from model.training.batches import training_samples, validation_samples
from model.training.loop import train
from model.training.recipe import Recipe
from tests.benchmarks.training import textbook, write_for_torchvision
from tests.page.chromium import FLAGS, find_or_install
from tests.page.servers import FileServer
from tests.page.training import BLANK, load_trainer

FASTER_THAN_TFJS, SLOWER_THAN_MODEL, APART = 8.0, 2.5, 0.3  # wanted: at least, at most; points of accuracy, at most
TRAIN = """async (seed) => {
  const began = performance.now();
  const { DEFAULTS } = await import("/assets/engine/settings.js");
  const worker = await startWorker();
  const until = (isIt) => new Promise((resolve) => (worker.onmessage = ({ data }) => isIt(data) && resolve(data)));
  const end = until(({ state }) => state && state !== "running");
  worker.postMessage({ type: "train", run: 0, settings: { ...DEFAULTS, seed } });
  const { parameters } = await end;
  const seconds = (performance.now() - began) / 1000;
  const answer = until(({ type }) => type === "evaluated");
  const shape = { widths: [784, 64, 64, 10], activation: "relu", mean: 0.1307, std: 0.3081 };
  worker.postMessage({ type: "evaluate", run: "evaluation", parameters, shape, digits: 100 });
  const { predictions } = await answer;
  worker.terminate();
  return [seconds, engine.accuracy(predictions)];
}"""
TENSORFLOW = """async (epochs) => {
  const { filesAt, MNIST } = await import("/assets/engine/mnist.js");
  const { images, labels } = await new MNIST(filesAt(new URL("/data/MNIST/raw/", location.href).href)).training(55_000);
  tf.wasm.setWasmPaths("/tfjs/node_modules/@tensorflow/tfjs-backend-wasm/dist/");
  await tf.setBackend("wasm");
  await tf.ready();
  const began = performance.now();
  const inputs = tf.tensor2d(Float32Array.from(images, (tone) => (tone / 255 - 0.1307) / 0.3081), [55_000, 784]);
  const targets = tf.oneHot(tf.tensor1d(Int32Array.from(labels), "int32"), 10).toFloat();
  const model = tf.sequential({ layers: [
    tf.layers.dense({ units: 64, activation: "relu", inputShape: [784] }),
    tf.layers.dense({ units: 64, activation: "relu" }),
    tf.layers.dense({ units: 10 }),
  ] });
  const loss = (labels, logits) => tf.losses.softmaxCrossEntropy(labels, logits);
  model.compile({ optimizer: tf.train.adam(0.001), loss });
  await model.fit(inputs, targets, { batchSize: 32, epochs, shuffle: true, yieldEvery: "never", verbose: 0 });
  const seconds = (performance.now() - began) / 1000;
  if (tf.getBackend() !== "wasm") throw new Error(tf.getBackend());
  tf.disposeVariables();
  tf.dispose([inputs, targets]);
  return seconds;
}"""


def by_model(digits: Digits, seed: int) -> tuple[float, float]:
    """Seconds of model/'s training, and its accuracy on the test digits."""
    recipe = Recipe(seed=seed)
    network = MLP(seed=seed)
    began = time.perf_counter()
    deque(train(network, training_samples(digits, recipe), recipe, validation_samples(digits)), maxlen=0)
    seconds = time.perf_counter() - began
    return seconds, accuracy(image_logits(network, digits.test_images), digits.test_labels)


def by_tensorflow(page: Page, url: str, epochs: int) -> float:
    """Seconds of TensorFlow.js's training, in a page of its own."""
    page.goto(f"{url}{BLANK}")
    for script in ("tfjs/dist/tf.min.js", "tfjs-backend-wasm/dist/tf-backend-wasm.min.js"):
        page.evaluate(page.request.get(f"{url}tfjs/node_modules/@tensorflow/{script}").text())
    return page.evaluate(TENSORFLOW, epochs) * 5 / epochs


def main() -> None:
    """Measure, and print tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--tfjs", type=Path)
    parser.add_argument("--tfjs-epochs", type=int, default=5)
    arguments = parser.parse_args()
    runtime.configure()
    digits = load_mnist(arguments.data)
    images = torch.cat([digits.train_images, digits.validation_images])
    labels = torch.cat([digits.train_labels, digits.validation_labels])

    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        write_for_torchvision(images, labels, digits, folder / "torchvision")
        for link, target in {"assets": ASSETS, "data": ASSETS.parent / "data", "tfjs": arguments.tfjs}.items():
            if target:
                (folder / link).symlink_to(target.absolute())
        files = FileServer(folder)
        browser = playwright.chromium.launch(executable_path=find_or_install(playwright), args=FLAGS)
        page = browser.new_page()
        page.set_default_timeout(0)
        load_trainer(page, files)
        rows: dict[str, Callable[[int], float]] = {
            "the page": lambda number: page.evaluate(TRAIN, number)[0],
            "model/": lambda number: by_model(digits, number)[0],
            "textbook": lambda _: textbook(folder / "torchvision", 300) * 55 / 60,
        }
        if arguments.tfjs:
            other = browser.new_page()
            rows["TensorFlow.js"] = lambda _: by_tensorflow(other, files.url, arguments.tfjs_epochs)
        seconds: dict[str, list[float]] = {row: [] for row in rows}
        for number in range(arguments.rounds):
            for row, measure in rows.items():
                seconds[row].append(measure(number))
                print(f"round {number + 1}  {row:<16}{seconds[row][-1]:7.2f} s", flush=True)
        print(f"\n{'medians':<16}{'seconds':>10}{'/ the page':>14}")
        medians = {row: statistics.median(times) for row, times in seconds.items()}
        for row, median in medians.items():
            print(f"{row:<16}{median:10.2f}{median / medians['the page']:13.2f}x")
        print(f"(wanted: TensorFlow.js at least {FASTER_THAN_TFJS:g}x, model/ at least {1 / SLOWER_THAN_MODEL:g}x)")

        scores = {
            "the page": [100 * page.evaluate(TRAIN, seed)[1] for seed in range(arguments.seeds)],
            "model/": [100 * by_model(digits, seed)[1] for seed in range(arguments.seeds)],
        }
        for row, accuracies in scores.items():
            each = ", ".join(f"{value:.2f}" for value in accuracies)
            print(f"{row:<16}test accuracy {statistics.mean(accuracies):.2f} %  ({each})")
        print(f"(at most {APART:g} points apart are wanted)")
        browser.close()
        files.stop()


if __name__ == "__main__":
    main()
