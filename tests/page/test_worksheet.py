"""The lab sheet: each link opens what its exercise is about, and what the answers state comes true on its drawing."""

import copy
import re
from dataclasses import dataclass, replace

import pytest
import torch
from playwright.sync_api import expect
from torch import Tensor
from torch.nn import functional as F

from model.classifier import DIGIT, NOT_A_DIGIT, Classifier
from model.data.mnist import Digits
from model.data.pen import Stroke, draw
from model.evaluation.metrics import accuracy
from model.network import MEAN, MLP, STD, image_logits
from model.paths import ROOT
from model.preprocessing import Steps, preprocess
from model.training.batches import training_samples, validation_samples
from model.training.loop import train
from model.training.recipe import Recipe
from tests import mini_test_set
from tests.page.conftest import OpenPage
from tests.perturbation import smallest_change
from tests.reference import ReferencePass, after_one_step, reference_pass

SERVED = "http://127.0.0.1:7860/"
STATE = """Promise.all(["drawing", "views"].map((name) => import(`sketchpad/state/${name}.js`)))
  .then(([drawing, views]) => [drawing.get().strokes, views.current()])"""
LINKED = """(chosen) => import("sketchpad/state/link.js")
  .then(({ address }) => chosen.every((field) => address().split(/[#&*]/).includes(field)))"""


def exercises(name: str) -> list[tuple[str, str]]:
    """The title of each exercise in a file, and its text in one line."""
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    parts = re.split(r"^## (.*)", text, flags=re.MULTILINE)[1:]
    return [(title, " ".join(part.split())) for title, part in zip(parts[::2], parts[1::2], strict=True)]


SHEET, ANSWERS = exercises("worksheet.md"), exercises("worksheet-answers.md")


@dataclass
class Exercise:
    """What its answer states, the network that it is about, and its drawing."""

    answer: str
    classifier: Classifier
    mnist: Digits
    strokes: list[Stroke]

    @property
    def ink(self) -> Tensor:
        """(1, 140, 140), uint8."""
        return draw(self.strokes)[None]

    @property
    def image(self) -> Tensor:
        """(28, 28), uint8."""
        return preprocess(self.ink)[0]

    @property
    def found(self) -> ReferencePass:
        """Its forward pass."""
        return reference_pass(self.classifier, self.image)

    def states(self, pattern: str) -> list[float]:
        """The numbers in what the answer says."""
        match = re.search(pattern, self.answer)
        assert match, f"the answer does not say {pattern}"
        return [float(group.replace(",", "").replace("−", "-")) for group in match.groups()]


def drawn_backwards(exercise: Exercise) -> None:
    backwards = draw([stroke[::-1] for stroke in exercise.strokes[::-1]])
    differing, pixels, digit = exercise.states(r"(\d+) of the ([\d,]+) pixels differ, and the prediction is (\d)")
    assert [differing, pixels] == [int((backwards != exercise.ink[0]).sum()), backwards.numel()]
    assert exercise.classifier.predict(backwards[None])[0].digit == digit


def preprocessing(exercise: Exercise) -> None:
    digit, least = exercise.states(r"the prediction is (\d), with more than (\d+) %")
    without_crop, without_any = exercise.states(r"without it alone, 4 gets less than (\d+) %.*less than (\d+) %")

    def gets(**left_out: bool) -> float:
        return 100 * exercise.classifier.predict(exercise.ink, Steps(**left_out))[0].probabilities[int(digit)]

    assert gets() > least
    assert gets(crop=False) < min(without_crop, gets(square=False), gets(resize=False), gets(center=False))
    assert gets(crop=False, square=False, resize=False, center=False) < without_any


def a_row(exercise: Exercise) -> None:
    row, column, number = exercise.states(r"row (\d+), column (\d+) is number (\d+)")
    assert (row - 1) * 28 + column == number
    number, row, column = exercise.states(r"Number (\d+) is in row (\d+), column (\d+)")
    assert (row - 1) * 28 + column == number
    background, ink, zero = exercise.states(r"becomes (−[\d.]+) and full ink ([\d.]+)\. .* is ([\d.]+), MNIST's mean")
    assert [background, ink] == pytest.approx([(tone - MEAN) / STD for tone in (0, 1)], abs=0.005)
    assert zero == pytest.approx(255 * MEAN, abs=0.05)


def neurons(exercise: Exercise) -> None:
    *layers, together = exercise.states(r"make ([\d,]+);.* make ([\d,]+);.* make ([\d,]+)\. Together .* ([\d,]+)\.")
    counts = [layer.weight.numel() + layer.bias.numel() for layer in exercise.classifier.network.layers()]
    assert [*layers, together] == [*counts, sum(counts)]
    count, all_, digit, least = exercise.states(
        r"press, (\d+) of (\d+) are off, and the prediction is still (\d),.* (\d+) %"
    )
    found = exercise.found
    inactive = [int((hidden == 0).sum()) for hidden in (found.hidden1, found.hidden2)]
    assert all(number > all_ / 4 for number in inactive)  # so the weaker half of each layer adds nothing
    network = copy.deepcopy(exercise.classifier.network)
    with torch.no_grad():
        for layer, hidden in zip(network.layers(), (found.hidden1, found.hidden2), strict=False):
            off = hidden.argsort()[: int(count) // 2]
            layer.weight[off], layer.bias[off] = 0, 0
    (prediction,) = replace(exercise.classifier, network=network).predict_images(exercise.image[None])
    assert prediction.digit == digit
    assert 100 * max(prediction.probabilities) > least


def softmax(exercise: Exercise) -> None:
    one, other, least = exercise.states(r"(\d) and (\d) are the two most probable digits, with more than (\d+) %")
    logits = exercise.found.logits
    probabilities = logits.softmax(dim=0)
    assert set(logits.argsort()[-2:].tolist()) == {one, other}
    assert 100 * (probabilities[int(one)] + probabilities[int(other)]) > least
    (factor,) = exercise.states(r"by e = (\d\.\d+)")
    raised = (logits + F.one_hot(torch.tensor(int(one)), 10)).softmax(dim=0)
    quotients = [(share[int(one)] / share[int(other)]).item() for share in (probabilities, raised)]
    assert quotients[1] / quotients[0] == pytest.approx(factor, abs=0.001)


def one_step(exercise: Exercise) -> None:
    count, guessing, wrong, label, right = exercise.states(
        r"For (\d+) of the ten .* than ([\d.]+), for each .* larger than (\d+); for the label (\d) .* below ([\d.]+)\. "
    )
    losses = -exercise.found.logits.log_softmax(dim=0)
    assert guessing == pytest.approx(torch.tensor(10.0).log().item(), abs=0.001)
    assert int((losses > wrong).sum()) == count
    assert losses[int(label)] < right
    label, rate, by, most = exercise.states(
        r"label (\d), .* most at ([\d.]+): by more than (\d+)\. .* by (\d+) at most"
    )
    images, labels = mini_test_set.load()

    def after(rate: float) -> tuple[float, float]:
        """The loss, and how many test digits are recognized."""
        stepped = after_one_step(exercise.classifier, exercise.image, int(label), rate)
        loss = -stepped.logits(exercise.image[None])[0].log_softmax(dim=0)[int(label)]
        return loss.item(), len(labels) * accuracy(stepped.logits(images), labels)

    stays, *others = (after(step) for step in (0, 0.00001, 0.0001, rate))
    falling = [loss for loss, _ in (stays, *others)]
    assert falling == sorted(falling, reverse=True)
    assert falling[0] - falling[-1] > by
    assert all(abs(recognized - stays[1]) <= most for _, recognized in others)


def training(exercise: Exercise) -> None:
    most, low, high, steps, digit = exercise.states(
        r"more than (\d+) %; .* between ([\d.]+) and ([\d.]+): .* After ([\d,]+) steps .* the prediction is (\d)"
    )
    snapshots = exercise.classifier.snapshots
    scores = [image_logits(snapshot.network(), exercise.image[None]).softmax(dim=1)[0] for snapshot in snapshots]
    assert 100 * scores[0].max() < most
    assert low < snapshots[0].loss < high
    late = [int(score.argmax()) for snapshot, score in zip(snapshots, scores, strict=True) if snapshot.step >= steps]
    assert late
    assert set(late) == {digit}


def overfitting(exercise: Exercise) -> None:
    def run(**settings: object) -> tuple[float, float]:
        """Training and validation accuracy at the end, in percent."""
        recipe = Recipe(**settings)
        network = MLP(relu=recipe.activation == "relu")
        samples, validation = (
            kind(exercise.mnist, recipe) for kind in (training_samples, lambda d, _: validation_samples(d))
        )
        *_, last = train(network, samples, recipe, validation)
        return 100 * last.accuracy, 100 * last.validation_accuracy

    digits, epochs, right, low, high = exercise.states(
        r"With (\d+) digits and (\d+) epochs .* (\d+) % .* between (\d+) and (\d+) %"
    )
    on_training, on_validation = run(digits=int(digits), epochs=int(epochs))
    assert on_training == right
    assert low < on_validation < high
    digits, epochs, least, less = exercise.states(
        r"With ([\d,]+) digits and (\d+) epochs it .* than (\d+) % .* least (\d) perc"
    )
    more, linear = (
        run(digits=int(digits), epochs=int(epochs), activation=activation)[1] for activation in ("relu", "none")
    )
    assert more > least
    assert more - linear >= less


def no_digit(exercise: Exercise) -> None:
    (prediction,) = exercise.classifier.predict(exercise.ink)
    assert prediction.verdict == NOT_A_DIGIT
    assert sum(prediction.probabilities) == pytest.approx(exercise.states(r"add up to (\d+) %")[0] / 100)
    assert "the answer says “not a digit”" in exercise.answer
    circle = exercise.strokes[:1]  # of the smiley's face: an O
    (prediction,) = exercise.classifier.predict(draw(circle)[None])
    assert [prediction.verdict, prediction.digit] == [DIGIT, *exercise.states(r"an O is a (\d)")]


def attribution(exercise: Exercise) -> None:
    digit, apart, percent = exercise.states(
        r"prediction is still (\d)\. .* more than (\d) apart\. .* less than (\d+) %"
    )
    winner, other, found = int(digit), 9, exercise.found
    shares = found.contributions[winner] - found.contributions[other]
    difference, intercept, blank = (
        values[winner] - values[other] for values in (found.logits, found.intercepts, found.blank)
    )
    assert shares.sum() + intercept == pytest.approx(difference.item(), abs=1e-4)
    assert abs(intercept - blank) > apart / 10
    after = reference_pass(exercise.classifier, torch.where((shares < 0).view(28, 28), 0, exercise.image)).logits
    assert after.argmax() == winner
    assert abs(after[winner] - after[other] - difference + shares.clamp(max=0).sum()) > apart
    changed = smallest_change(exercise.classifier, exercise.image)
    change, ink = (
        (image.float() - paper).norm() for image, paper in ((changed, exercise.image.float()), (exercise.image, 0))
    )
    assert exercise.classifier.logits(changed[None]).argmax() != winner
    assert 100 * change / ink < percent


OUTCOMES = [
    drawn_backwards,
    preprocessing,
    a_row,
    neurons,
    softmax,
    one_step,
    training,
    overfitting,
    no_digit,
    attribution,
]


def test_sheet_and_answers_have_the_same_exercises() -> None:
    assert [title for title, _ in SHEET] == [title for title, _ in ANSWERS]
    assert len(SHEET) == len(OUTCOMES) == 10


@pytest.mark.parametrize("number", range(10), ids=lambda number: OUTCOMES[number].__name__)
def test_an_exercise(number: int, open_page: OpenPage, site: str, pretrained: Classifier, mnist: Digits) -> None:
    (address,) = re.findall(rf"\]\(({SERVED}[^)]+)\)", SHEET[number][1])
    page = open_page(address.replace(SERVED, site))
    expect(page.locator(".tabs-notice")).to_be_hidden()
    kind, asked, fields = re.search(r"\?(\w+)=(\w+)#(.*)", address).groups()
    chosen = [field for field in re.split("[&*]", fields) if not field.startswith("drawing=")]
    page.wait_for_function(LINKED, arg=chosen)
    strokes, view = page.evaluate(STATE)
    assert view == (asked if kind == "view" else "input")
    OUTCOMES[number](Exercise(ANSWERS[number][1], pretrained, mnist, strokes))
