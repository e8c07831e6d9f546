"""Numbers that page and README state are so: each sentence, and what is computed for it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import torch
from torch.nn import functional as F

from model.classifier import Classifier
from model.data.mnist import Digits
from model.network import MEAN, STD, dead_neurons, normalize
from model.paths import ASSETS, ROOT

PAGES = [path for kind in ("html", "js") for path in sorted(ASSETS.glob(f"*/*/*.{kind}"))]
PROSE = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "demo").rglob("*.py"))]
SAID = " ".join(" ".join(path.read_text(encoding="utf-8") for path in [*PAGES, *PROSE]).split())
MEASURED = (ROOT / "docs" / "measured.md").read_text(encoding="utf-8")


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


def zero_gradients(world: World) -> float:
    """The mean percentage of parameters without any gradient in a batch of 32."""
    network, mnist = world.classifier.network, world.mnist
    shares = []
    for images, labels in zip(mnist.train_images[:1600].split(32), mnist.train_labels[:1600].split(32), strict=True):
        loss = F.cross_entropy(network(normalize(images)), labels)
        gradients = torch.cat([part.flatten() for part in torch.autograd.grad(loss, list(network.parameters()))])
        shares.append((gradients == 0).float().mean().item())
    return 100 * sum(shares) / len(shares)


def inputs(world: World) -> list[float]:
    """The network's input for background and for full ink."""
    return [(tone - MEAN) / STD for tone in (0, 1)]


def parameters(world: World) -> tuple[int, int, int]:
    """How many parameters there are, and how many of them are weights and biases."""
    weights, biases = (sum(p.numel() for p in world.classifier.network.parameters() if p.dim() == d) for d in (2, 1))
    return weights + biases, weights, biases


def rejected(world: World) -> tuple[float, float]:
    """The percentages of people's digits and of letters that the non-digit detector rejects, as they were measured."""
    rows = [re.search(rf"\| {what}.*\| ([\d.]+) %", MEASURED) for what in ("pen strokes of digits", "written letters")]
    return tuple(float(row[1]) for row in rows)


# A pattern that is said, its groups being numbers; and what they are, each as (value, tolerance).
STATEMENTS: dict[str, Callable[[World], list[tuple[float, float]]]] = {
    r"at ([\d.]+) ± ([\d.]+), half a pixel beyond": lambda world: [(value, 0.05) for value in center_of_mass(world)],
    r"near ([\d.]+) of (28) pixels": lambda world: [(center_of_mass(world)[0], 0.05), (28, 0)],
    r"some (\d) to (\d) % of the parameters": lambda world: [(zero_gradients(world), 1)] * 2,
    r"Background becomes (−[\d.]+), and full ink becomes (\d+\.\d+)": lambda world: [(x, 0.005) for x in inputs(world)],
    r"([\d,]+) parameters \(([\d,]+) weights, (\d+) biases\)": lambda world: [(n, 0) for n in parameters(world)],
    r"on ([\d,]+) of MNIST’s (60,000) training digits": lambda world: [(len(world.mnist.train_images), 0), (60_000, 0)],
    r"rejects about (\d) % of people’s digits": lambda world: [(rejected(world)[0], 0.6)],
    r"rejects ([\d.]+) % of people's digits, and lets (\d+) %": lambda world: [
        (rejected(world)[0], 0.05),
        (100 - rejected(world)[1], 0.6),
    ],
    r"guessing: ln 10 = ([\d.]+)": lambda _: [(torch.tensor(10.0).log().item(), 0.05)],
    r"training digits, ([\d.]+), and divides by their standard deviation, ([\d.]+)": lambda _: [(MEAN, 0), (STD, 0)],
}


@pytest.mark.parametrize("pattern", STATEMENTS)
def test_numbers_that_are_stated(pattern: str, mnist: Digits, pretrained: Classifier) -> None:
    found = re.search(pattern, SAID)
    assert found, "nothing says so any more"
    stated = [float(group.replace(",", "").replace("−", "-")) for group in found.groups()]
    expected = STATEMENTS[pattern](World(mnist, pretrained))
    for number, (value, tolerance) in zip(stated, expected, strict=True):
        assert number == pytest.approx(value, rel=0, abs=tolerance)


def test_the_middle_of_the_image_is_not_where_the_digits_are(mnist: Digits, pretrained: Classifier) -> None:
    mean, deviation = center_of_mass(World(mnist, pretrained))
    assert mean - deviation > 28 / 2


def test_dead_neurons_are_off_for_all_60_000_training_digits(mnist: Digits, pretrained: Classifier) -> None:
    images = torch.cat([mnist.train_images, mnist.validation_images])
    assert pretrained.dead_neurons == dead_neurons(pretrained.network, images)
    assert len(images) == 60_000
