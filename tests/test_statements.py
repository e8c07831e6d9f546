"""Numbers that page and README state are so: each sentence, and what is computed for it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import torch

from model.classifier import Classifier
from model.data.mnist import Digits
from model.evaluation.drawings import validation_digits, validation_negatives
from model.network import MEAN, STD
from model.paths import ASSETS, ROOT

PAGES = [path for kind in ("html", "js") for path in sorted(ASSETS.glob(f"*/*/*.{kind}"))]
PROSE = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "demo").rglob("*.py"))]
SAID = " ".join(" ".join(path.read_text(encoding="utf-8") for path in [*PAGES, *PROSE]).split())


@dataclass
class World:
    """What statements are about."""

    mnist: Digits
    classifier: Classifier


def center_of_mass(world: World) -> tuple[float, float]:
    """Mean and deviation of where MNIST's training digits have their center of mass, in pixels from the left."""
    images = world.mnist.train_images.float()
    places = images.sum(dim=1) @ (torch.arange(28) + 0.5) / images.sum(dim=(1, 2))
    return places.mean().item(), places.std().item()


def inputs(world: World) -> list[float]:
    """The network's input for background and for full ink."""
    return [(tone - MEAN) / STD for tone in (0, 1)]


def parameters(world: World) -> tuple[int, int, int]:
    """How many parameters there are, and how many of them are weights and biases."""
    weights, biases = (sum(p.numel() for p in world.classifier.network.parameters() if p.dim() == d) for d in (2, 1))
    return weights + biases, weights, biases


def rejected(world: World) -> tuple[float, float]:
    """The percentages of other people's digits and letters that the non-digit detector rejects."""
    digits = torch.cat([images for images, _ in validation_digits().values()])
    letters = validation_negatives()["letters by other writers"]
    verdicts = [[each.verdict for each in world.classifier.predict_images(images)] for images in (digits, letters)]
    return tuple(100 * each.count("not a digit") / len(each) for each in verdicts)


# A pattern that is said, its groups being numbers; and what they are, each as (value, tolerance).
STATEMENTS: dict[str, Callable[[World], list[tuple[float, float]]]] = {
    r"at ([\d.]+) ± ([\d.]+), half a pixel beyond": lambda world: [(value, 0.05) for value in center_of_mass(world)],
    r"paper becomes (−[\d.]+), full ink (\d+\.\d+)": lambda world: [(x, 0.005) for x in inputs(world)],
    r"([\d,]+) parameters \(([\d,]+) weights, (\d+) biases\)": lambda world: [(n, 0) for n in parameters(world)],
    r"([\d,]+) of MNIST’s (60,000) training digits are for validation": lambda world: [
        (len(world.mnist.validation_images), 0),
        (60_000, 0),
    ],
    r"Each epoch takes ([\d,]+) steps": lambda world: [(-(-len(world.mnist.train_images) // 32), 0)],
    r"rejects about (\d+) % of people's digits, and lets through (\d+) % of the letters": lambda world: [
        (rejected(world)[0], 0.6),
        (100 - rejected(world)[1], 0.6),
    ],
    r"guessing: ln 10 = ([\d.]+)": lambda _: [(torch.tensor(10.0).log().item(), 0.05)],
    r"training digits, ([\d.]+), and divides by their standard deviation, (\d\.\d+)": lambda _: [(MEAN, 0), (STD, 0)],
}


@pytest.mark.parametrize("pattern", STATEMENTS)
def test_numbers_that_are_stated(pattern: str, mnist: Digits, pretrained: Classifier) -> None:
    found = re.search(pattern, SAID)
    assert found, "nothing says so any more"
    stated = [float(group.replace(",", "").replace("−", "-")) for group in found.groups()]
    expected = STATEMENTS[pattern](World(mnist, pretrained))
    for number, (value, tolerance) in zip(stated, expected, strict=True):
        assert number == pytest.approx(value, rel=0, abs=tolerance)
