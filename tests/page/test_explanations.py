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
from model.preprocessing import ALL_STEPS, preprocess
from tests import mini_test_set
from tests.page.conftest import OpenPage
from tests.page.drawing import STROKES, choose_sample, draw, in_percents, percents
from tests.perturbation import smallest_change
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


def test_what_each_preprocessing_step_found(open_view: OpenPage) -> None:
    page = open_view("input")
    expect(card(page, "crop").locator(".input-found")).to_contain_text("Draw a digit")
    ink = choose_sample(page, 7)
    expect(card(page, "crop").locator(".input-found")).to_contain_text("There is ink")
    said = {name: card(page, name).locator(".input-found").inner_text() for name in SWITCHES}
    (rows,), (columns,) = ((ink.amax(dim=axis) > ink.max() // 3).nonzero(as_tuple=True) for axis in (1, 0))
    height, width = len(rows), len(columns)
    edges = [int(edge) + 1 for edge in (rows[0], rows[-1], columns[0], columns[-1])]
    assert numbers(said["crop"]) == [*edges, width, height]
    side = max(width, height)
    assert numbers(said["square"]) == [side - width, width, height, side, side]
    assert numbers(said["resize"])[2:4] == pytest.approx([side / 20] * 2, abs=0.06)

    def first_ink(image: torch.Tensor, axis: int) -> int:
        return int(image.amax(dim=axis).nonzero()[0])

    image = preprocess(ink[None])[0].float()
    uncentered = preprocess(ink[None], replace(ALL_STEPS, center=False))[0]
    right, down = (first_ink(image, axis) - first_ink(uncentered, axis) for axis in (0, 1))
    shifts = [(right, "right" if right > 0 else "left"), (down, "down" if down > 0 else "up")]
    words = " and ".join(f"{abs(by)} {where}" for by, where in shifts if by)
    assert words
    assert f"Shifted {words}: " in said["center"]
    place = torch.arange(28) + 0.5
    mass = [(image.sum(dim=axis) @ place / image.sum()).item() for axis in (0, 1)]
    assert numbers(said["center"].partition(": ")[2])[:2] == pytest.approx(mass, abs=0.06)


def test_a_step_that_is_left_out_changes_every_prediction(open_view: OpenPage, pretrained: Classifier) -> None:
    page = open_view("input")
    ink = choose_sample(page, 7)
    truth = pretrained.predict(ink[None])[0]
    for name in SWITCHES:
        without = pretrained.predict(ink[None], replace(ALL_STEPS, **{name: False}))[0]
        answers = card(page, name).get_by_role("cell")
        expect(answers).to_have_count(2)
        for text, prediction in zip(answers.all_inner_texts(), (truth, without), strict=True):
            assert numbers(text) == pytest.approx([prediction.digit, 100 * max(prediction.probabilities)], abs=0.1)
        switch(page, name).press("Space")
        expect(switch(page, name)).not_to_be_checked()
        assert percents(page) == pytest.approx(in_percents(without.probabilities), abs=0.11)
        notice = page.locator(".readout-steps")
        expect(notice).to_contain_text("Preprocessing changed: without ")
        notice.get_by_role("button", name="Take all preprocessing steps").click()
        expect(notice).to_be_hidden()
        expect(switch(page, name)).to_be_checked()
        assert percents(page) == pytest.approx(in_percents(truth.probabilities), abs=0.11)

    for name in ("crop", "center"):  # without these, the place of the digit matters
        switch(page, name).click()
    page.get_by_role("button", name="Move it to a corner, small").click()
    assert percents(page)[7] < in_percents(truth.probabilities)[7] - 5
    page.locator(".input-reset").click()
    assert max(range(10), key=percents(page).__getitem__) == 7
    expect(page.locator(".input-reset")).to_be_disabled()


# --- neurons ----------------------------------------------------------------------------------------------------------

NEURONS = [  # layer, neuron, its inputs and its sum in the reference pass
    ("hidden layer 1", 10, "input", "pre1"),
    ("hidden layer 2", 33, "hidden1", "pre2"),
    ("output", 5, "hidden2", "logits"),
]


def tiles(page: Page, layer: str) -> Locator:
    return page.get_by_role("radiogroup", name=layer).get_by_role("radio")


def test_activations_and_sums_of_neurons(open_view: OpenPage, pretrained: Classifier) -> None:
    page = open_view("neurons")
    image, found = drawn(page, 5, pretrained)
    for layer, values in (("hidden layer 1", found.hidden1), ("hidden layer 2", found.hidden2)):
        words = ["inactive" if value == 0 else f"{value:.2f}" for value in values.tolist()]
        labels = [f"neuron {i} of {layer}: {word}" for i, word in enumerate(words, start=1)]
        expect(tiles(page, layer).first).to_have_attribute("aria-label", labels[0])
        assert tiles(page, layer).evaluate_all("tiles => tiles.map(({ ariaLabel }) => ariaLabel)") == labels
        off = tiles(page, layer).evaluate_all("tiles => tiles.map(({ classList }) => classList.contains('is-off'))")
        assert off == (values == 0).tolist()

    dead = [f"{neuron + 1} of layer {i}" for i, its in enumerate(pretrained.dead_neurons, 1) for neuron in its]
    expect(page.locator(".neurons-dead")).to_contain_text(", ".join(dead))

    detail = page.locator(".neurons-neuron")
    layers = pretrained.network.layers()
    for number, (layer, neuron, before, after) in enumerate(NEURONS):
        tiles(page, layer).nth(neuron).click()
        name = "Digit 5" if layer == "output" else f"Neuron {neuron + 1} of {layer}"
        expect(detail.get_by_role("heading")).to_have_text(name)
        inputs, weights = getattr(found, before), layers[number].weight[neuron].detach()
        products = weights * inputs
        ranked = products.abs().argsort(descending=True, stable=True)[:8]
        expected = torch.stack([inputs[ranked], weights[ranked], products[ranked]], dim=1).flatten()
        cells = numbers(detail.locator("tbody td").all_inner_texts())
        assert cells == pytest.approx(expected.tolist(), abs=0.0051)

        note = page.get_by_role("note", name="The sum written out").inner_text()
        written = numbers(note, r"-?\d+\.\d+")
        total = getattr(found, after)[neuron].item()
        bias = layers[number].bias[neuron].item()
        rest = [float(products[products.abs().argsort(descending=True, stable=True)[3:]].sum())]
        if number == 0:
            others = products.index_fill(0, products.abs().argsort(descending=True, stable=True)[:3], 0)
            rest = [float(others[image.flatten() > 0].sum()), float(others[image.flatten() == 0].sum())]
            assert "more of ink" in note
        assert written[6 : 8 + len(rest)] == pytest.approx([*rest, bias, total], abs=0.0051)
        terms = sum(a * b for a, b in zip(written[:6:2], written[1:6:2], strict=True))
        assert terms + sum(rest) + bias == pytest.approx(total, abs=0.3)  # factors have two decimals
        if layer != "output":
            assert written[-1] == pytest.approx(max(0, total), abs=0.0051)


STRONGEST = """tiles => tiles.reduce((best, tile) => {
  const share = ({ style }) => parseFloat(/([\\d.]+)%/.exec(style.backgroundColor)?.[1] ?? "0");
  return share(tile) > share(best) ? tile : best;
}).textContent"""


def test_neurons_are_switched_off_and_the_bars_follow(open_view: OpenPage, pretrained: Classifier) -> None:
    page = open_view("neurons")
    image, found = drawn(page, 3, pretrained)
    winner = int(found.logits.argmax())
    expect(tiles(page, "output").nth(winner)).to_have_class(re.compile("is-winner"))
    assert tiles(page, "output").evaluate_all(STRONGEST) == str(winner)

    network = copy.deepcopy(pretrained.network)
    weaker = (found.hidden1.argsort()[:32], found.hidden2.argsort()[:32])
    with torch.no_grad():
        for layer, off in zip(network.layers(), weaker, strict=False):
            layer.weight[off] = 0
            layer.bias[off] = 0
    expected = replace(pretrained, network=network).predict_images(image[None])[0].probabilities
    page.get_by_role("button", name="Switch off the weaker half").click()
    expect(page.locator(".neurons-switched")).to_contain_text("64 of 128 hidden neurons are off")
    assert percents(page) == pytest.approx(in_percents(expected), abs=0.11)
    tiles(page, "hidden layer 1").nth(int(weaker[0][0])).click()
    page.get_by_role("button", name="Switch it on").click()
    expect(page.locator(".readout-off")).to_contain_text("63 neurons are switched off")
    page.get_by_role("button", name="Switch all neurons on").click()
    expect(page.locator(".readout-off")).to_be_hidden()
    assert percents(page) == pytest.approx(in_percents(found.logits.softmax(0).tolist()), abs=0.11)


def test_errors_flow_back_once_a_label_is_chosen(open_view: OpenPage, pretrained: Classifier) -> None:
    page = open_view("neurons")
    _, found = drawn(page, 3, pretrained)
    page.get_by_label("Backpropagation, if I meant a").select_option("5")
    pre1 = found.pre1.clone().requires_grad_()
    pre2 = pretrained.network.hidden2(pre1.relu())
    logits = pretrained.network.output(pre2.relu())
    errors = torch.autograd.grad(F.cross_entropy(logits, torch.tensor(5)), [pre1, pre2, logits])
    for layer, expected in zip(("hidden layer 1", "hidden layer 2", "output"), errors, strict=True):
        expect(tiles(page, layer).first).to_have_attribute("aria-label", re.compile(r": −?0\.\d{4}|: −?\d\.\d{4}"))
        labels = tiles(page, layer).evaluate_all("tiles => tiles.map(({ ariaLabel }) => ariaLabel.split(': ')[1])")
        assert numbers(labels) == pytest.approx(expected.tolist(), abs=1e-4)
    strongest = int(errors[0].abs().argmax())
    tiles(page, "hidden layer 1").nth(strongest).click()
    error = page.get_by_role("note", name="The error written out")
    expect(error).to_contain_text(f"{errors[0][strongest]:.4f}".replace("-", "−"))
    expect(page.get_by_role("img", name="How the loss changes with each pixel")).to_be_visible()


def test_a_neuron_of_the_first_layer_shows_its_784_weights(open_view: OpenPage, pretrained: Classifier) -> None:
    page = open_view("neurons")
    tiles(page, "hidden layer 1").nth(3).click()
    image = page.get_by_role("img", name="The 784 weights of neuron 4 of hidden layer 1")
    pixels = image.evaluate("canvas => [...canvas.getContext('2d').getImageData(0, 0, 28, 28).data]")
    red, _, blue, _ = torch.tensor(pixels).view(784, 4).unbind(1)
    weights = pretrained.network.hidden1.weight[3]
    clear = weights.abs() > 0.05 * weights.abs().max()
    assert torch.equal((red > blue)[clear], (weights > 0)[clear])


def test_neurons_are_chosen_by_touch_and_keyboard_and_light_up_while_the_pen_is_down(open_view: OpenPage) -> None:
    page = open_view("neurons", has_touch=True)
    lit = """() => [...document.querySelectorAll(".neurons-layer .tile:not(.is-off)")]
      .map(({ style }) => style.backgroundColor).filter(Boolean).join()"""
    draw(page, [STROKES[5][0][:4]], lift=False)
    before = page.wait_for_function(lit).json_value()
    page.mouse.move(300, 400)
    page.wait_for_function(f"before => ({lit})() !== before", arg=before)
    page.mouse.up()

    heading = page.locator(".neurons-neuron").get_by_role("heading")
    tiles(page, "hidden layer 2").nth(9).tap()
    expect(heading).to_have_text("Neuron 10 of hidden layer 2")
    page.keyboard.press("ArrowDown")
    expect(heading).to_have_text("Neuron 18 of hidden layer 2")
    page.keyboard.press("ArrowLeft")
    expect(tiles(page, "hidden layer 2").nth(16)).to_be_focused()
    page.locator(".neurons-from").first.click()  # back to a neuron that it has its input from
    expect(heading).to_contain_text("of hidden layer 1")


# --- why --------------------------------------------------------------------------------------------------------------


# The ninths of a digit's 20 x 20 pixels, with the margin beside them, in words.
NINTHS = (
    ("at the top left", "at the top", "at the top right"),
    ("on the left", "in the middle", "on the right"),
    ("at the bottom left", "at the bottom", "at the bottom right"),
)
THIRDS = (slice(0, 11), slice(11, 17), slice(17, 28))


def heaviest_place(shares: Tensor) -> str:
    """Where the sum of the positive shares (784,) is largest."""
    positive = shares.clamp(min=0).view(28, 28)
    sums = {
        name: float(positive[rows, columns].sum())
        for names, rows in zip(NINTHS, THIRDS, strict=True)
        for name, columns in zip(names, THIRDS, strict=True)
    }
    return max(sums, key=sums.__getitem__)


def test_the_map_and_the_bias_term_make_the_difference(open_view: OpenPage, pretrained: Classifier) -> None:
    page = open_view("why")
    expect(page.get_by_text("Draw a digit, and its ink is colored")).to_be_visible()
    image, found = drawn(page, 7, pretrained)
    why, against = (page.get_by_label(name, exact=True) for name in ("Why this digit", "And not that one"))
    table = page.get_by_role("table", name="The whole sum")
    winner, second = found.logits.argsort(descending=True)[:2].tolist()
    for one, other in [(winner, second), (9, 7), (0, 3)]:
        if (one, other) != (winner, second):  # these are chosen until the visitor chooses
            why.select_option(str(one))
            against.select_option(str(other))
        expect(why).to_have_value(str(one))
        expect(against).to_have_value(str(other))
        expect(table).to_contain_text(f"logit of {one} − logit of {other}")
        shares = found.contributions[one] - found.contributions[other]
        difference = found.logits[one] - found.logits[other]
        intercept, blank = (values[one] - values[other] for values in (found.intercepts, found.blank))
        sums = [shares.clamp(min=0).sum(), shares.clamp(max=0).sum(), intercept, difference, difference]
        assert numbers(table.locator("td").all_inner_texts()) == pytest.approx([*map(float, sums)], abs=2e-4)
        rounding, *papers = numbers(page.locator(".why-check").inner_text())
        assert rounding < 1e-9
        assert papers == pytest.approx([float(blank), float(intercept)], abs=0.0051)
        raising, lowering = heaviest_place(shares), heaviest_place(-shares)
        expect(page.locator(".why-verdict")).to_contain_text(
            f"above that of {other}, most of all {raising}; blue ink lowers it, most of all {lowering}. "
        )

        erased = page.get_by_role("table", name="Ink erased").locator("td").all_inner_texts()
        for sign, cells in ((-1, erased[:3]), (1, erased[3:])):
            without = torch.where((sign * shares > 0).view(28, 28), 0, image)
            after = reference_pass(pretrained, without).logits
            promised = -(sign * shares).clamp(min=0).sum() * sign
            truly = after[one] - after[other] - difference
            assert numbers(cells[:2]) == pytest.approx([float(promised), float(truly)], abs=0.0051)
            assert cells[2].startswith(str(int(after.argmax())))

    changed = smallest_change(pretrained, image)
    assert changed is not None
    size, most = (float((changed.float() - image.float()).norm(p=order)) for order in (2, torch.inf))
    sentence = numbers(page.locator(".why-smallest").inner_text().replace("L2", ""))
    assert sentence[:3] == [winner, int(pretrained.logits(changed[None]).argmax()), round(size)]
    expect(page.get_by_role("img", name="The change:")).to_have_accessible_name(
        re.compile(f"at most {most:.0f} of 255")
    )

    why.select_option("3")  # the same digit twice: they change places
    expect(against).to_have_value("0")
    page.get_by_role("button", name="Winner and runner-up").press("Enter")
    expect(why).to_have_value(str(winner))
    expect(against).to_have_value(str(second))

    colored = page.locator(".why-map").evaluate(
        """canvas => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, 28, 28);
          const color = (i) => data.slice(4 * i, 4 * i + 3).join();
          return Array.from({ length: 784 }, (_, i) => color(i) !== color(0));
        }"""
    )
    assert sum(colored) > 40
    assert not (torch.tensor(colored) & (image.flatten() == 0)).any()  # only ink is colored


# --- loss -------------------------------------------------------------------------------------------------------------


def column(page: Page, number: int) -> list[float]:
    cells = page.get_by_role("table", name="Digit by digit").locator(f"td:nth-child({number})").all_inner_texts()
    return [numbers(cell)[0] for cell in cells]


def test_softmax_loss_and_what_a_step_would_do(open_view: OpenPage, pretrained: Classifier) -> None:
    page = open_view("loss")
    image, found = drawn(page, 7, pretrained)
    logits = found.logits
    expect(page.locator(".loss-softmax")).to_contain_text("The highest logit")
    assert column(page, 2) == pytest.approx(logits.tolist(), abs=0.0051)
    assert column(page, 3) == pytest.approx((logits - logits.max()).exp().tolist(), rel=0.06, abs=1e-4)
    assert column(page, 4) == pytest.approx((100 * logits.softmax(0)).tolist(), abs=0.0101)
    for label, rate in [(7, "0.00001"), (1, "0.001"), (1, "0.0001")]:
        page.get_by_role("radio", name=str(label)).check(force=True)
        page.get_by_role("button", name=rate, exact=True).click()
        after = after_one_step(pretrained, image, label, float(rate)).logits(image[None])[0]
        losses = [F.cross_entropy(scores, torch.tensor(label)).item() for scores in (logits, after)]
        expect(page.locator(".loss-step")).to_contain_text(f"−{rate} ×")
        expect(page.locator(".loss-step")).to_contain_text(re.compile(f"(to|stays at) {losses[1]:.4f}"))
        expect(page.locator(".loss-loss")).to_contain_text(f"= {losses[0]:.4f}")
        expect(page.get_by_role("img", name=f"loss {losses[0]:.4f}")).to_be_visible()
        assert column(page, 5) == pytest.approx((100 * after.softmax(0)).tolist(), abs=0.0101)
        images, labels = mini_test_set.load()
        stepped = after_one_step(pretrained, image, label, float(rate))
        counts = [int((some.logits(images).argmax(1) == labels).sum()) for some in (pretrained, stepped)]
        expect(page.locator(".loss-accuracy")).to_contain_text(
            re.compile(rf"recognizes {counts[0]} \(.*, and after the step {counts[1]} ")
        )

    page.get_by_role("slider", name="Logit of 4").press("End")  # a logit of 40, without a drawing
    logits = logits.clone().index_fill(0, torch.tensor(4), 40.0)
    expect(page.locator(".loss-step")).to_contain_text("no drawing gives these")
    expect(page.locator(".loss-curve")).to_contain_text("beyond this chart")
    assert column(page, 2) == pytest.approx(logits.tolist(), abs=0.0051)
    assert column(page, 4) == pytest.approx((100 * logits.softmax(0)).tolist(), abs=0.0101)
    expect(page.locator(".loss-loss")).to_contain_text(f"= {F.cross_entropy(logits, torch.tensor(1)):.4f}")
    page.get_by_role("button", name="The drawing’s logits again").click()
    expect(page.locator(".loss-step")).not_to_contain_text("no drawing gives these")
    assert column(page, 2) == pytest.approx(found.logits.tolist(), abs=0.0051)

    page.get_by_role("radio", name="0").focus()
    page.keyboard.press("ArrowRight")
    before = page.locator(".loss-loss").inner_text()
    draw(page, [[[60, 60], [90, 60]]])
    expect(page.locator(".loss-loss")).not_to_have_text(before)
    expect(page.locator(".loss-loss")).to_contain_text("You meant 1")  # which stays while the drawing changes
