"""Every number that the lesson says of a drawing, beside the same by PyTorch: python -m tests.benchmarks.lesson_numbers

Five drawings: a clear one, one of several strokes, one between two digits, one that is misclassified, and a sample.
Prints the numbers of the first as a table, and how many of all of them differ by more than they are rounded.
"""

import copy
import functools
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from playwright.sync_api import Page, sync_playwright
from torch import Tensor
from torch.nn import functional as F

from demo.export import export
from model import checkpoint, paths
from model.classifier import Classifier
from model.data.mnist import load_mnist
from model.network import normalize
from model.pipeline import LoadedClassifier
from tests.page.chromium import FLAGS, find_or_install
from tests.page.drawing import SAMPLES, WRITTEN
from tests.page.servers import FileServer
from tests.reference import reference_pass

DRAWINGS = {
    "clear": WRITTEN[3],
    "of several strokes": WRITTEN[5],
    "between 4 and 9": [[[72, 31], [50, 46], [48, 62], [74, 74], [94, 68]], [[96, 30], [88, 118]]],
    "wrong": [[[35, 30], [105, 30], [60, 110]], [[45, 70], [95, 70]], [[30, 110], [110, 112]]],
    "a sample": next(iter(SAMPLES.values())),
}
DRAW = "strokes => import('sketchpad/state/drawing.js').then(({ pad }) => pad.replace(strokes, true))"
IMAGE = "import('sketchpad/state/prediction.js').then(({ image }) => [...image.value])"
SET = """values => import('sketchpad/state/state.js').then(({ state }) => {
  for (const name in values) state[name].value = values[name];
  return new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)));
})"""
PREDICTS = "name => import('sketchpad/state/networks.js').then(({ active }) => active.value?.name === name)"
mnist = functools.cache(load_mnist)
CHARACTERS = str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789", ",")
Row = tuple[int, str, list[str], list[float]]  # step, statement, the page's numbers, PyTorch's
Said = Iterator[tuple[str, str, Any]]  # statement, a text of the page, the numbers in it by PyTorch


def rows(page: Page, url: str, strokes: Any, pretrained: Classifier, baseline: Classifier) -> Iterator[Row]:
    """What the steps say of a drawing, and what PyTorch computes."""
    page.goto(f"{url}?view=lesson&lesson=1")
    page.wait_for_function(PREDICTS, arg="shared")
    page.evaluate(DRAW, strokes)
    for step in range(1, 15):
        is_lent = 8 <= step <= 12
        page.evaluate(SET, {"step": step})
        page.wait_for_function(PREDICTS, arg="baseline" if is_lent else "shared")
        page.evaluate(SET, {})
        image = torch.tensor(page.evaluate(IMAGE), dtype=torch.uint8).view(28, 28)
        for statement, text, expected in said(page, step, baseline if is_lent else pretrained, image):
            found = re.findall(r"-?\d+(?:\.\d+)?(?:e-\d+)?", re.sub(r"\s×\s10⁻", "e-", text).translate(CHARACTERS))
            yield step, statement, found, [torch.as_tensor(value).item() for value in expected]


def differing(numbers: list[str], values: list[float]) -> list[tuple[str, float]]:
    """The numbers that are others than the values, as rounded as they are written."""

    def tolerance(number: str, value: float) -> float:
        mantissa, _, exponent = number.partition("e")
        return 0.51 * 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2])) + 1e-5 * abs(value)

    pairs = zip(numbers, values, strict=True)
    return [(number, value) for number, value in pairs if abs(float(number) - value) > tolerance(number, value)]


def percent(share: Tensor) -> float:
    """As the page writes it: only the whole is 100 %."""
    rounded = round(100 * share.item(), 1)
    return min(rounded, 99.9) if share < 1 else 100.0


def said(page: Page, step: int, classifier: Classifier, image: Tensor) -> Said:
    """What a step says of an image (28, 28)."""
    found = reference_pass(classifier, image)
    logits, hidden = found.logits, (found.hidden1, found.hidden2)
    probabilities = logits.softmax(0)
    first, second = logits.argsort(descending=True)[:2].tolist()
    yours = page.locator(".lesson-yours").first.inner_text()
    picture = page.locator(".lesson-picture")
    sums = " ".join(picture.locator(".sum-bars dd").all_inner_texts())
    if step == 1:
        yield "pixels with ink", yours, [(image > 0).sum(), 784]
    if step == 2:
        yield (
            "inputs: least, largest, mean",
            yours,
            [784, *(f(found.input) for f in (torch.min, torch.max, torch.mean))],
        )
    if step == 3:
        at = int((found.input == found.input.max()).nonzero()[0])
        yield "row, column and place of a pixel", yours, [at // 28 + 1, at % 28 + 1, at + 1, 784]
    if step == 4:
        neuron = int(hidden[0].argmax())
        yield "a neuron's sum", yours, [neuron + 1, 1, found.pre1[neuron]]
        products = classifier.network.layers()[0].weight[neuron] * image.flatten() / 255 / classifier.std
        raises, lowers, total = products.clamp(min=0).sum(), products.clamp(max=0).sum(), found.pre1[neuron]
        yield "what raises it, lowers it, bias and paper, sum", sums, [raises, lowers, total - raises - lowers, total]
        yield "passed on", picture.locator(".neuron-result strong").inner_text(), [total.relu()]
    if step == 5:
        counts = [int(each.count_nonzero()) for each in hidden]
        yield "active neurons", yours, [counts[0], 64, 1, counts[1], 64, 2]
        strongest = found.pre1.max()
        yield "z, and max(0, z)", picture.locator("figcaption").inner_text(), [strongest, strongest.relu()]
    if step == 6:
        weights, biases = (sum(p.numel() for p in classifier.network.parameters() if p.dim() == d) for d in (2, 1))
        yield "widths, parameters, weights, biases", yours, [784, 64, 64, 10, weights + biases, weights, biases]
        page.get_by_role("button", name="Switch off the weaker half").click(click_count=2)
        page.evaluate(SET, {})
        network = copy.deepcopy(classifier.network)
        for layer, activations in zip(network.layers(), hidden, strict=False):
            off = activations.argsort(stable=True)[:48]
            layer.weight.data[off] = layer.bias.data[off] = 0
        yield "logits with three quarters off", on_tiles(page, "Logits"), network(found.input[None])[0]
    if step == 7:
        shares = [percent(probabilities[digit]) for digit in (first, second)]
        yield "two logits, two probabilities", yours, [logits[first], first, logits[second], second, *shares]
        yield "ten logits", " ".join(picture.locator("td:nth-child(2)").all_inner_texts()), logits
    if step == 8:
        losses, texts = [F.cross_entropy(logits, torch.tensor(label)) for label in range(10)], []
        for label in range(10):
            picture.get_by_role("button", name=str(label), exact=True).click()
            page.evaluate(SET, {})
            texts.append(page.locator(".lesson-yours").first.inner_text().partition("loss is")[2].removesuffix("."))
        yield "loss, if 0 to 9 was meant", " ".join(texts), losses
    if step == 9:
        neuron, label = map(int, re.findall(r"neuron (\d+) of layer 2 to (\d)", picture.inner_text())[0])
        yield "slope", yours, [nudged(classifier, image, label, neuron - 1, 0)[1]]
        page.evaluate(SET, {"nudge": 0.625})
        yield (
            "nudge, loss, slope",
            picture.locator("figcaption").inner_text(),
            [
                0.5,
                *nudged(classifier, image, label, neuron - 1, 0.5),
            ],
        )
    if step == 10:
        label = int(re.findall(r"With (\d)", yours)[0])
        pre2 = found.pre2.clone().requires_grad_()
        asked = F.one_hot(torch.tensor(label), 10) - probabilities
        loudest = int(asked.abs().argmax())
        yield "label, output that asks most, for what", yours, [label, loudest, asked[loudest]]
        F.cross_entropy(classifier.network.layers()[2](pre2.relu()), torch.tensor(label)).backward()
        picture.get_by_label("if I meant").select_option(str(label))
        page.evaluate(SET, {})
        yield "what 64 neurons are asked for", on_tiles(page, "Layer 2").replace("inactive", "0"), -pre2.grad
    if step == 11:
        yield "learning rate, batch, epochs, steps an epoch", yours, [0.001, 32, 5, -(-len(mnist().train_images) // 32)]
    if step == 12:
        counts = [len(images) for images in (mnist().validation_images, mnist().train_images, mnist().test_images)]
        yield "digits: validation, training, test", yours, [counts[0], counts[0] + counts[1], counts[2]]
    if step == 13:
        mirrored = classifier.logits(image.flip(0)[None])[0].softmax(0)
        yield "mirrored: digit, probability", yours, [mirrored.argmax(), percent(mirrored.max())]
    if step == 14:
        shares = found.contributions[first] - found.contributions[second]
        lead = logits[first] - logits[second]
        yield "lead, by ink, by the rest", yours, [first, second, lead, shares.sum(), lead - shares.sum()]
        raises, lowers = shares.clamp(min=0).sum(), shares.clamp(max=0).sum()
        yield "orange, blue, the rest, lead", sums, [raises, lowers, lead - raises - lowers, lead]


def on_tiles(page: Page, layer: str) -> str:
    """What the tiles of a layer say of their neurons."""
    tiles = page.get_by_role("radiogroup", name=layer).get_by_role("radio")
    return tiles.evaluate_all("tiles => tiles.map(({ ariaLabel }) => ariaLabel.split(': ').at(-1)).join(' ')")


def nudged(classifier: Classifier, image: Tensor, label: int, neuron: int, nudge: float) -> tuple[float, float]:
    """The loss, and its slope, with a nudge on the weight from a neuron of layer 2 to the label's output."""
    network = copy.deepcopy(classifier.network)
    weight = network.layers()[2].weight
    weight.data[label, neuron] += nudge
    loss = F.cross_entropy(network(normalize(image[None], classifier.mean, classifier.std)), torch.tensor([label]))
    loss.backward()
    return loss.item(), weight.grad[label, neuron].item()


def main() -> int:
    """Compare and print."""
    pretrained, baseline = checkpoint.load(paths.PRETRAINED), checkpoint.load(paths.BASELINE)
    count, wrong = 0, []
    print("| step | statement | numbers on the page | by PyTorch |\n| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        export(LoadedClassifier(pretrained, "For a comparison"), Path(folder))
        files = FileServer(Path(folder))
        browser = playwright.chromium.launch(executable_path=find_or_install(playwright), args=FLAGS)
        for strokes in DRAWINGS.values():
            page = browser.new_context(bypass_csp=True, reduced_motion="reduce").new_page()
            for step, statement, numbers, values in rows(page, files.url, strokes, pretrained, baseline):
                count += len(numbers)
                wrong += differing(numbers, values)
                if strokes is next(iter(DRAWINGS.values())):
                    shown = ", ".join(numbers[:10]), ", ".join(f"{value:.6g}" for value in values[:10])
                    more = f", and {len(numbers) - 10} more" if len(numbers) > 10 else ""
                    print(f"| {step} | {statement} | {shown[0]}{more} | {shown[1]}{more} |")
            page.context.close()
        browser.close()
        files.stop()
    print(
        f"\nOf {count} numbers for {len(DRAWINGS)} drawings ({', '.join(DRAWINGS)}), {len(wrong)} differ. {wrong or ''}"
    )
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
