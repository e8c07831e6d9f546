"""The views that explain a prediction (input, neurons, why, loss): every number is what `model/` computes."""

import copy
import re
from collections.abc import Iterable
from dataclasses import replace

import pytest
import torch
from playwright.sync_api import Locator, Page, expect
from torch import Tensor
from torch.nn import functional as F

from model.classifier import Classifier
from model.network import MEAN, STD
from model.preprocessing import ALL_STEPS, preprocess
from tests import mini_sets
from tests.page.conftest import OpenPage
from tests.page.drawing import choose_sample, draw, in_percents, percents
from tests.reference import ReferencePass, after_one_step, reference_pass

POWERS = str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789")


def numbers(texts: str | Iterable[str], pattern: str = r"-?\d+(?:\.\d+)?(?:e-\d+)?") -> list[float]:
    """All numbers in texts, like −1.5, 6.4 × 10⁻²¹ or 12.3 %."""
    text = " ".join([texts] if isinstance(texts, str) else texts)
    return [float(number) for number in re.findall(pattern, re.sub(r"\s×\s10⁻", "e-", text).translate(POWERS))]


def drawn(page: Page, digit: int, classifier: Classifier) -> tuple[torch.Tensor, ReferencePass]:
    """Put a digit's sample on the pad: its image, and the reference forward pass for it."""
    image = preprocess(choose_sample(page, digit)[None])[0]
    return image, reference_pass(classifier, image)


# --- input ------------------------------------------------------------------------------------------------------------

SWITCHES = {"crop": "Crop", "square": "Pad to a square", "resize": "Resize", "center": "Center"}


def card(page: Page, name: str) -> Locator:
    return page.locator(f"[data-step={name}]")


def switch(page: Page, name: str) -> Locator:
    return page.get_by_role("switch", name=SWITCHES[name])


def test_a_step_that_is_left_out_changes_every_prediction(open_view: OpenPage, pretrained: Classifier) -> None:
    page = open_view("input")
    ink = choose_sample(page, 7)
    truth = pretrained.predict(ink[None])[0]
    for name in SWITCHES:
        without = pretrained.predict(ink[None], replace(ALL_STEPS, **{name: False}))[0]
        answer = "not a digit" if without.verdict == "not a digit" else str(without.digit)
        expect(card(page, name)).to_contain_text(re.compile(rf"without it\s+{answer}"))
        switch(page, name).press("Space")
        expect(card(page, name)).to_contain_text(re.compile(rf"Left out[^$]*with it\s+{truth.digit}"))
        assert percents(page) == pytest.approx(in_percents(without.probabilities), abs=0.11)
        page.get_by_role("button", name="Take all steps").click()
        expect(switch(page, name)).to_be_checked()


# --- neurons ----------------------------------------------------------------------------------------------------------

NEURONS = [("Layer 1", 10), ("Layer 2", 33), ("Logits", 5)]
CARD = "The chosen neuron"


def tiles(page: Page, layer: str) -> Locator:
    return page.get_by_role("radiogroup", name=layer).get_by_role("radio")


def close(values: Tensor | list[float]) -> object:
    """Numbers that are written as short as their size allows."""
    return pytest.approx(torch.as_tensor(values).tolist(), rel=0.006, abs=0.0051)


def labels(page: Page, layer: str) -> list[str]:
    """What the tiles of a layer say of their neurons."""
    expect(tiles(page, layer).first).to_have_attribute("aria-label", re.compile(": "))
    return tiles(page, layer).evaluate_all("tiles => tiles.map(({ ariaLabel }) => ariaLabel.split(': ').at(-1))")


def test_activations_and_sums_of_neurons(open_view: OpenPage, pretrained: Classifier) -> None:
    page = open_view("neurons")
    image, found = drawn(page, 5, pretrained)
    for layer, values in (("Layer 1", found.hidden1), ("Layer 2", found.hidden2), ("Logits", found.logits)):
        said = [0.0 if "inactive" in label else numbers(label)[0] for label in labels(page, layer)]
        assert said == close(values)

    ink = image.flatten() / 255 / pretrained.std
    inputs, sums = (ink, found.hidden1, found.hidden2), (found.pre1, found.pre2, found.logits)
    for (layer, neuron), given, of_layer, its in zip(NEURONS, inputs, sums, pretrained.network.layers(), strict=True):
        tiles(page, layer).nth(neuron).click()
        name = "digit 5" if layer == "Logits" else f"neuron {neuron + 1} of {layer.lower()}"
        terms = page.get_by_role("group", name=f"The sum of {name}")
        expect(terms).to_be_visible()
        products, total = its.weight[neuron].detach() * given, of_layer[neuron].detach()
        raises, lowers = products.clamp(min=0).sum(), products.clamp(max=0).sum()
        shown = numbers(terms.locator("dd").all_inner_texts())
        assert shown == close([raises, lowers, total - raises - lowers, total])
        passed = numbers(page.get_by_label(CARD).locator(".neuron-result strong").inner_text())
        probability = pytest.approx([100 * float(found.logits.softmax(0)[5])], abs=0.11)
        assert passed == (probability if layer == "Logits" else close([total.relu()]))


def test_neurons_are_switched_off_and_the_bars_follow(open_view: OpenPage, pretrained: Classifier) -> None:
    page = open_view("neurons")
    image, found = drawn(page, 3, pretrained)
    network = copy.deepcopy(pretrained.network)
    weaker = [its.argsort(stable=True)[:32] for its in (found.hidden1, found.hidden2)]
    with torch.no_grad():
        for layer, off in zip(network.layers(), weaker, strict=False):
            layer.weight[off] = 0
            layer.bias[off] = 0
    expected = replace(pretrained, network=network).predict_images(image[None])[0].probabilities
    page.get_by_role("button", name="Switch off the weaker half").click()
    notice = page.locator(".picture-notices")
    expect(notice).to_contain_text("64 neurons are switched off")
    assert percents(page) == pytest.approx(in_percents(expected), abs=0.11)
    tiles(page, "Layer 1").nth(int(weaker[0][0])).click()
    page.get_by_role("button", name="Switch it on").click()
    expect(notice).to_contain_text("63 neurons are switched off")
    notice.get_by_role("button", name="Switch all on").click()
    expect(notice).not_to_contain_text("neurons")
    assert percents(page) == pytest.approx(in_percents(found.logits.softmax(0).tolist()), abs=0.11)


def test_each_output_asks_for_a_change_and_errors_flow_back(open_view: OpenPage, pretrained: Classifier) -> None:
    page = open_view("neurons")
    _, found = drawn(page, 3, pretrained)
    page.get_by_label("Backpropagation, if I meant").select_option("5")
    pre1 = found.pre1.clone().requires_grad_()
    pre2 = pretrained.network.hidden2(pre1.relu())
    logits = pretrained.network.output(pre2.relu())
    gradients = torch.autograd.grad(F.cross_entropy(logits, torch.tensor(5)), [pre1, pre2, logits])
    for layer, gradient in zip(("Layer 1", "Layer 2", "Logits"), gradients, strict=True):
        expect(tiles(page, layer).first).to_have_attribute("aria-label", re.compile("asks for"))
        assert numbers(labels(page, layer)) == pytest.approx((-gradient).tolist(), rel=0.006, abs=0.0051)
    strongest = int(gradients[0].abs().argmax())
    tiles(page, "Layer 1").nth(strongest).click()
    expect(page.get_by_label(CARD)).to_contain_text(f"Neuron {strongest + 1}")
    asked = gradients[1] * -pretrained.network.hidden2.weight[:, strongest].detach()
    expected = [asked.clamp(min=0).sum(), asked.clamp(max=0).sum(), asked.sum()]
    shown = page.get_by_role("group", name="What the loss asks for").locator("dd").all_inner_texts()
    assert numbers(shown) == close(expected)


# --- why --------------------------------------------------------------------------------------------------------------


def shown_sum(page: Page) -> list[float]:
    return numbers(page.get_by_role("group", name="The sum").locator("dd").all_inner_texts())


def test_the_map_and_its_sum_make_the_difference(open_view: OpenPage, pretrained: Classifier) -> None:
    page = open_view("why")
    image, found = drawn(page, 7, pretrained)
    why, against = (page.get_by_label(name, exact=True) for name in ("Why this digit", "And not that one"))
    winner, second = found.logits.argsort(descending=True)[:2].tolist()
    for one, other in [(winner, second), (9, 7), (0, 3)]:
        if (one, other) != (winner, second):  # these are chosen until the visitor chooses
            why.select_option(str(one))
            against.select_option(str(other))
        expect(why).to_have_value(str(one))
        expect(against).to_have_value(str(other))
        expect(page.get_by_role("group", name="The sum")).to_contain_text(f"logit of {one} − logit of {other}")
        shares = found.contributions[one] - found.contributions[other]
        difference = found.logits[one] - found.logits[other]
        rest = difference - shares.sum()
        assert shown_sum(page) == close([shares.clamp(min=0).sum(), shares.clamp(max=0).sum(), rest, difference])
        for sign, color in ((-1, "blue"), (1, "orange")):
            without = torch.where((sign * shares > 0).view(28, 28), 0, image)
            after = reference_pass(pretrained, without).logits
            predicted = -(sign * shares).clamp(min=0).sum() * sign
            actual = after[one] - after[other] - difference
            erased = page.get_by_role("group", name=f"without the {color} ink").locator("dd").all_inner_texts()
            assert numbers(erased) == close([predicted, actual])

    why.select_option("3")  # the same digit twice: they change places
    expect(against).to_have_value("0")
    page.get_by_role("button", name="Winner and runner-up").press("Enter")
    expect(why).to_have_value(str(winner))

    colored = page.locator(".why-map canvas").evaluate(
        """canvas => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, 28, 28);
          return Array.from({ length: 784 }, (_, i) => data[4 * i + 3] > 0);
        }"""
    )
    assert sum(colored) > 40
    assert not (torch.tensor(colored) & (image.flatten() == 0)).any()  # only ink is colored


ADD_NETWORK = """async ({ parameters, activation }) => {
  const { active, offer, predictWith } = await import("sketchpad/state/networks.js");
  const { Network } = await import("sketchpad/engine/network.js");
  const network = new Network({ parameters: new Float32Array(parameters), widths: [784, 16, 10], activation });
  const classifier = active.value.classifier.with({ network, detector: null });
  offer({ value: { ...active.value, name: "run-1", classifier } });
  predictWith("run-1");
}"""


def test_a_network_with_tanh_is_explained_by_gradient_times_ink(open_view: OpenPage) -> None:
    page = open_view("why")
    network = torch.nn.Sequential(torch.nn.Linear(784, 16), torch.nn.Tanh(), torch.nn.Linear(16, 10))
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for part in network.parameters():
            part.copy_(torch.randn(part.shape, generator=generator) / 10)
    parameters = torch.cat([part.detach().flatten() for part in network.parameters()]).tolist()
    page.evaluate(ADD_NETWORK, {"parameters": parameters, "activation": "tanh"})
    image = preprocess(choose_sample(page, 4)[None])[0].flatten()
    x = ((image / 255 - MEAN) / STD).requires_grad_()
    logits = network(x)
    one, other = logits.argsort(descending=True)[:2].tolist()
    difference = logits[one] - logits[other]
    shares = torch.autograd.grad(difference, x)[0] * image / 255 / STD
    raises, lowers = shares.clamp(min=0).sum(), shares.clamp(max=0).sum()
    expect(page.get_by_role("group", name="The sum")).to_contain_text("what is not linear")
    rest = difference.detach() - raises - lowers
    assert shown_sum(page) == close([raises, lowers, rest, difference.detach()])


# --- loss -------------------------------------------------------------------------------------------------------------


def column(page: Page, number: int) -> list[str]:
    return page.get_by_role("table", name="Digit by digit").locator(f"td:nth-child({number})").all_inner_texts()


def term(page: Page, name: str) -> Locator:
    return page.locator(".loss dt", has_text=name).locator("+ dd")


def test_softmax_loss_and_one_step(open_view: OpenPage, pretrained: Classifier) -> None:
    page = open_view("loss")
    image, found = drawn(page, 7, pretrained)
    expect(page.get_by_text("Say which digit you meant")).to_be_visible()
    assert numbers(column(page, 2)) == close(found.logits)
    for label, rate in ((7, "0.01"), (1, "0.00001"), (1, "0.0003")):
        page.get_by_role("radio", name=str(label), exact=True).check()
        slider = page.get_by_role("slider", name="Learning rate")
        slider.fill(str(["0.00001", "0.00003", "0.0001", "0.0003", "0.001", "0.003", "0.01"].index(rate)))
        expect(slider).to_have_attribute("aria-valuetext", rate)
        stepped = after_one_step(pretrained, image, label, float(rate))
        target = torch.tensor(label)
        losses = [float(F.cross_entropy(some.logits(image[None])[0], target)) for some in (pretrained, stepped)]
        images, labels = mini_sets.load(mini_sets.VALIDATION)
        counts = [int((some.logits(images).argmax(1) == labels).sum()) for some in (pretrained, stepped)]
        before, _, after = term(page, "loss").inner_text().partition("→")
        for said, loss in ((before, losses[0]), (after, losses[1])):
            assert ("practically 0" in said) if loss < 1e-6 else numbers(said) == pytest.approx([loss], rel=0.05)
        expect(term(page, "validation digits")).to_have_text(re.compile(rf"{counts[0]}\s+→\s+{counts[1]}"))
        probabilities = [float(some.logits(image[None])[0].softmax(0)[label]) for some in (pretrained, stepped)]
        assert numbers(term(page, f"p({label})").inner_text()) == pytest.approx(in_percents(probabilities), abs=0.11)

    page.get_by_role("slider", name="Logit of 4").press("End")  # a logit that no drawing gives
    expect(page.get_by_role("button", name="Reset logits")).to_be_enabled()
    logits = torch.tensor(numbers(column(page, 2)))
    assert logits[4] == logits.max()
    shown = {digit: numbers(text) for digit, text in enumerate(column(page, 4)) if text.strip()}
    assert shown == {4: [pytest.approx(100 * float(logits.softmax(0)[4]), abs=0.11)]}
    expect(page.locator(".loss-formula")).to_contain_text(f"= {F.cross_entropy(logits, torch.tensor(1)):.1f}")
    expect(page.get_by_role("slider", name="Learning rate")).to_be_hidden()
    page.get_by_role("button", name="Reset logits").click()
    expect(page.get_by_role("button", name="Reset logits")).to_be_disabled()
    assert numbers(column(page, 2)) == close(found.logits)
    draw(page, [[[60, 60], [90, 60]]])
    expect(page.get_by_role("radio", name="1", exact=True)).to_be_checked()  # it stays while the drawing changes
