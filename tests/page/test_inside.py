"""What happens inside: every number of the view is one of the trace's."""

import re

import pytest
import torch
from playwright.sync_api import Page, expect

from model.framing import frame
from model.trace import Trace, trace
from tests.page.conftest import Server
from tests.page.hand import STROKES, draw, expect_torch, ink_on, touch

WORKS_ALONE = True


@pytest.fixture
def inside(new_page, server: Server) -> Page:
    return new_page(f"{server.url}?view=inside", has_touch=True)


@pytest.fixture
def drawn(inside: Page, pretrained) -> Trace:
    """A five on the page, and the trace of just that ink."""
    draw(inside, STROKES[5])
    expect_torch(inside)
    return trace(pretrained, frame(ink_on(inside))[0])


def tiles(page: Page, layer: str):
    return page.get_by_role("radiogroup", name=layer).get_by_role("radio")


def detail(page: Page):
    return page.locator(".inside-neuron")


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+\.\d+", text.replace("−", "-"))]


@pytest.mark.parametrize(("layer", "name"), [("hidden layer 1", "hidden1"), ("hidden layer 2", "hidden2")])
def test_tiles_say_the_activations_and_mark_what_is_off(inside: Page, drawn: Trace, layer: str, name: str) -> None:
    expected = [
        f"neuron {i + 1} of {layer}: " + ("off" if value == 0 else f"{value:.2f}")
        for i, value in enumerate(getattr(drawn, name).tolist())
    ]
    ours = tiles(inside, layer).evaluate_all("tiles => tiles.map((tile) => tile.ariaLabel)")
    assert ours == expected
    off = tiles(inside, layer).evaluate_all("tiles => tiles.map((tile) => tile.classList.contains('is-off'))")
    assert off == (getattr(drawn, name) == 0).tolist()


@pytest.mark.parametrize(
    ("layer", "neuron", "before", "after"),
    [
        ("hidden layer 1", 10, "input", "pre1"),
        ("hidden layer 2", 33, "hidden1", "pre2"),
        ("output", 5, "hidden2", "logits"),
    ],
)
def test_a_neurons_sum_is_written_out(inside, drawn: Trace, pretrained, layer, neuron, before, after) -> None:
    tiles(inside, layer).nth(neuron).click()
    who = f"Digit {neuron}" if layer == "output" else f"Neuron {neuron + 1} of {layer}"
    expect(detail(inside).get_by_role("heading")).to_contain_text(who)
    weights, biases = list(pretrained.network.children())[["pre1", "pre2", "logits"].index(after)].parameters()
    inputs = getattr(drawn, before)
    weights = weights.detach()
    products = weights[neuron] * inputs
    ranked = products.abs().argsort(descending=True)[:8]
    cells = detail(inside).locator("tbody td").all_inner_texts()
    expected = torch.stack([inputs[ranked], weights[neuron][ranked], products[ranked]], dim=1).flatten()
    assert numbers(" ".join(cells)) == pytest.approx(expected.tolist(), abs=0.0051)

    written = numbers(detail(inside).get_by_role("note").inner_text())
    total = getattr(drawn, after)[neuron].item()
    assert written[7] == pytest.approx(biases[neuron].item(), abs=0.0051)
    assert written[8] == pytest.approx(total, abs=0.0051)
    assert sum(a * b for a, b in zip(written[:6:2], written[1:6:2], strict=True)) + written[6] + written[7] == (
        pytest.approx(total, abs=0.3)  # factors are shown with two decimals
    )
    if layer != "output":
        assert written[-1] == pytest.approx(max(0, total), abs=0.0051)


def test_a_first_layers_neuron_shows_its_784_weights(inside: Page, drawn: Trace, pretrained) -> None:
    tiles(inside, "hidden layer 1").nth(3).click()
    picture = detail(inside).get_by_role("img", name="The 784 weights of neuron 4 of hidden layer 1")
    pixels = picture.evaluate("canvas => [...canvas.getContext('2d').getImageData(0, 0, 28, 28).data]")
    red, _, blue, _ = torch.tensor(pixels).view(784, 4).unbind(1)
    weights = pretrained.network.hidden1.weight[3]
    clear = weights.abs() > 0.05 * weights.abs().max()
    assert torch.equal((red > blue)[clear], (weights > 0)[clear])


def test_keyboard_and_touch_choose_neurons_and_walk_back_through_the_layers(inside: Page, drawn: Trace) -> None:
    tiles(inside, "hidden layer 2").nth(9).tap()
    expect(detail(inside).get_by_role("heading")).to_contain_text("Neuron 10 of hidden layer 2")
    inside.keyboard.press("ArrowDown")
    expect(detail(inside).get_by_role("heading")).to_contain_text("Neuron 18 of hidden layer 2")
    inside.keyboard.press("ArrowLeft")
    expect(tiles(inside, "hidden layer 2").nth(16)).to_be_focused()
    detail(inside).get_by_role("button").first.click()
    expect(detail(inside).get_by_role("heading")).to_contain_text("of hidden layer 1")


def test_neurons_light_up_while_the_pen_is_down(inside: Page) -> None:
    lit = "() => document.querySelectorAll('.inside-layer .tile:not(.is-off)[style]').length"
    draw(inside, [STROKES[5][0][:4]], lift=False)
    inside.wait_for_function(f"({lit})() > 10")
    before = inside.evaluate("Live.reading().version")
    inside.mouse.move(300, 400)
    inside.wait_for_function(f"Live.reading().version > {before}")
    inside.mouse.up()


def test_by_touch_at_390_pixels(new_page, server: Server) -> None:
    page = new_page(f"{server.url}?view=inside", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    touch(page, STROKES[5])
    expect_torch(page)
    tiles(page, "output").nth(5).tap()
    expect(detail(page).get_by_role("heading")).to_contain_text("Digit 5")
