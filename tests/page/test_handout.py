"""The handout for classes: each link opens its state, and what the answers state is so on the included network."""

import copy
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
import torch
from playwright.sync_api import Browser, Page, expect
from torch import Tensor

from model.classifier import NOT_A_DIGIT, Classifier
from model.data.mnist import Digits
from model.data.pen import draw
from model.network import MLP, image_logits
from model.paths import ROOT
from model.preprocessing import preprocess
from model.training.batches import training_samples, validation_samples
from model.training.loop import train
from model.training.recipe import Recipe
from tests import mini_sets
from tests.page.conftest import OpenPage
from tests.page.test_engine import engine as engine  # a page with the modules as they are in assets/
from tests.page.test_engine import smallest_change
from tests.reference import after_one_step, reference_pass

ANSWERS = (ROOT / "docs" / "worksheet-answers.md").read_text(encoding="utf-8")
CHOSEN = 'import("sketchpad/state/state.js").then(({ link }) => link().split("#")[1])'
STROKES = '(text) => import("../state/drawing-code.js").then(({ drawing }) => drawing.parse(text))'


@pytest.fixture(scope="module")
def handout(browser: Browser, site: str) -> Iterator[Page]:
    page = browser.new_page()
    page.on("console", lambda message: pytest.fail(message.text))  # such as what its policy forbids
    page.goto(f"{site}sketchpad/handout/handout.html")
    expect(page.get_by_role("link")).to_have_count(18)
    yield page
    page.context.close()


def drawing(handout: Page, exercise: int) -> tuple[Tensor, Tensor]:
    """Ink (1, 140, 140) and image (28, 28) of what an exercise's link carries."""
    link = handout.locator(".handout-sheet").get_by_role("link").nth(exercise - 1).get_attribute("href")
    ink = draw(handout.evaluate(STROKES, parse_qs(urlsplit(link).fragment)["drawing"][0]))[None]
    return ink, preprocess(ink)[0]


def states(pattern: str) -> list[float]:
    """The numbers in what the answers say."""
    found = re.search(pattern, " ".join(ANSWERS.split()))
    assert found, f"the answers do not say {pattern}"
    return [float(number.replace(",", "")) for number in found.groups()]


def test_exercises_have_answers_and_codes(handout: Page) -> None:
    assert handout.locator(".handout-sheet h3").all_inner_texts() == re.findall("^## (.*)", ANSWERS, re.MULTILINE)
    expect(handout.get_by_text("A wrong prediction teaches you more than none.")).to_be_visible()
    expect(handout.get_by_role("link").get_by_role("img", name="as a QR code")).to_have_count(18)


def test_a_class_sets_its_address_once(handout: Page, site: str) -> None:
    link, field = handout.get_by_role("link").nth(1), handout.get_by_label("The page’s address")
    codes = [link.locator("path").get_attribute("d")]
    field.fill("javascript:alert(1)")
    field.press("Enter")
    assert field.evaluate("field => !field.validity.valid")
    field.fill("https://school.example/digits/?lesson=3#v=2")
    field.press("Enter")
    expect(handout).to_have_url(re.compile("page="))
    for page, used in ((None, "https://school.example/digits/"), ("", site), ("javascript:alert(1)", site)):
        handout.reload() if page is None else handout.goto(f"{handout.url.split('?')[0]}?page={page}")
        expect(link).to_have_attribute("href", f"{used}?lesson=1")
        codes.append(link.locator("path").get_attribute("d"))
    assert codes[0] == codes[2] == codes[3] != codes[1]


@pytest.mark.slow
@pytest.mark.parametrize("which", range(18))
def test_a_link_opens_its_state(handout: Page, open_page: OpenPage, which: int) -> None:
    link = urlsplit(handout.get_by_role("link").nth(which).get_attribute("href"))
    page = open_page(link.geturl())
    expect(page.get_by_role("alert").filter(has_text="The link")).to_have_count(0)
    assert set(parse_qsl(link.query)) <= set(parse_qsl(urlsplit(page.url).query))
    assert set(parse_qsl(link.fragment)) <= set(parse_qsl(page.evaluate(CHOSEN)))


def test_switched_off_neurons(handout: Page, pretrained: Classifier) -> None:
    many, all_, digit, least, most = states(r"(\d+) of (\d+) are off, .*? still (\d), .*? (\d+) %.*? with (\d+) off")
    _, image = drawing(handout, 3)
    found = reference_pass(pretrained, image)
    for off in (all_ / 2, many, most):
        network = copy.deepcopy(pretrained.network)
        for layer, hidden in zip(network.layers(), (found.hidden1, found.hidden2), strict=False):
            weaker = hidden.argsort()[: int(off / 2)]
            layer.weight.data[weaker] = layer.bias.data[weaker] = 0
        after = image_logits(network, image[None])[0]
        assert after.argmax() == digit
        assert 100 * after.softmax(dim=0).max() > least
        assert off > all_ / 2 or torch.equal(after, found.logits)


def test_losses_and_one_step(handout: Page, pretrained: Classifier) -> None:
    count, wrong, label, right = states(r"For (\d+) of the .*? larger than (\d+); .*? (\d) it is below ([\d.]+\d)")
    rate, low, by, fewer = states(r"from ([\d.]+) on .*? below ([\d.]+\d)\. .*? by (\d) at most\. .*? fewer than (\d+)")
    _, image = drawing(handout, 5)
    losses = -pretrained.logits(image[None])[0].log_softmax(dim=0)
    assert int((losses > wrong).sum()) == int((losses > torch.tensor(10).log()).sum()) == count
    assert losses[int(label)] < right
    images, labels = mini_sets.load(mini_sets.VALIDATION)
    stepped = [after_one_step(pretrained, image, int(label), step) for step in (0, rate, 1)]
    assert -stepped[1].logits(image[None])[0].log_softmax(dim=0)[int(label)] < low
    before, after, far = (int((network.logits(images).argmax(dim=1) == labels).sum()) for network in stepped)
    assert abs(after - before) <= by
    assert far < fewer


def test_overfitting(mnist: Digits) -> None:
    def run(**settings: object) -> tuple[float, float]:
        recipe = Recipe(**settings)
        network = MLP(relu=recipe.activation == "relu")
        *_, last = train(network, training_samples(mnist, recipe), recipe, validation_samples(mnist))
        return 100 * last.accuracy, 100 * last.validation_accuracy

    right, low, high, least, less = states(r"gets (\d+) % .*? (\d+) and (\d+) % .*? than (\d+) % .*? least (\d) perc")
    on_training, on_validation = run(digits=100, epochs=50)
    assert on_training == right
    assert low < on_validation < high
    with_relu, without = (run(digits=5000, epochs=5, activation=name)[1] for name in ("relu", "none"))
    assert with_relu > max(least, without + less)


def test_a_smiley_and_attribution(handout: Page, engine: Page, pretrained: Classifier) -> None:
    assert pretrained.predict(drawing(handout, 7)[0])[0].verdict == NOT_A_DIGIT
    digit, apart, percent = states(r"prediction is still (\d)\. But .*? than (\d) apart\. .*? than (\d+) %")
    _, image = drawing(handout, 8)
    found = reference_pass(pretrained, image)
    shares = found.contributions[int(digit)] - found.contributions[9]
    after = reference_pass(pretrained, torch.where((shares < 0).view(28, 28), 0, image)).logits
    lead, lead_after = (logits[int(digit)] - logits[9] for logits in (found.logits, after))
    assert after.argmax() == digit
    assert abs(lead_after - lead + shares.clamp(max=0).sum()) > apart
    changed = smallest_change(engine, image)
    assert pretrained.logits(changed[None]).argmax() != digit
    assert 100 * (changed.float() - image.float()).norm() / image.float().norm() < percent
