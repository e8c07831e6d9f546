"""The slider through the network's childhood: its figures are the model's, and its readings torch's."""

import base64
import io
import re

import numpy as np
import torch
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from demo.views.childhood import Childhood
from model.network import normalise
from tests.page.hand import STROKES, draw

# What the page's engine makes of the picture that is on the pad, with each snapshot that Python sends.
READ = """sent => JSON.parse(sent).map(({ network }) => {
    const { sureFrom, mean, std } = Live.shared;
    const classifier = new DigitEngine.Classifier({ network, sureFrom, mean, std });
    return Array.from(classifier.read(Live.reading().picture).probabilities);
})"""
SHOWN = "rows => rows.map(row => Number.parseFloat(row.lastElementChild.textContent))"


def opened(page: Page) -> None:
    page.get_by_role("tab", name="Childhood").click()
    expect(page.get_by_label("Moment of the training")).to_be_visible()


def torchs(page: Page, pretrained) -> torch.Tensor:
    """The probabilities (N, 10) that torch finds for the pad's picture with each snapshot's network."""
    picture = torch.tensor(page.evaluate("Array.from(Live.reading().picture)"), dtype=torch.uint8).view(1, 28, 28)
    with torch.inference_mode():
        return torch.cat([snapshot.network()(normalise(picture)).softmax(dim=1) for snapshot in pretrained.snapshots])


def test_every_snapshot_reads_as_torch_reads_with_its_weights(page, pretrained):
    draw(page, STROKES[4])
    sent = Childhood(pretrained.snapshots).snapshots()
    torch.testing.assert_close(torch.tensor(page.evaluate(READ, sent)), torchs(page, pretrained), atol=1e-5, rtol=0)


def test_the_slider_shows_each_moments_figures_and_reading(page, pretrained):
    opened(page)
    draw(page, STROKES[4])
    expected = torchs(page, pretrained)
    slider, view = page.get_by_label("Moment of the training"), page.locator("#view-childhood")
    answers = view.locator(".childhood-answers span")
    expect(answers).to_have_text([str(int(row.argmax())) for row in expected])
    slider.press("Home")
    for snapshot, row in zip(pretrained.snapshots, expected, strict=True):
        words = "Untrained" if snapshot.step == 0 else f"After {snapshot.step:,} step"
        if snapshot.epoch >= 1:
            words = f"After epoch {snapshot.epoch:.0f}"
        expect(view.locator("h3")).to_contain_text(words)
        expect(view.locator(".childhood-accuracy b")).to_have_text(
            f"{snapshot.test_accuracy:.2%}".replace("%", "\u00a0%")
        )
        expect(view.locator(".childhood-loss b")).to_have_text(f"{snapshot.loss:.3f}")
        expect(slider).to_have_attribute(
            "aria-valuetext", re.compile(f"{words}.*: It took .* for a {int(row.argmax())}:")
        )
        shown = torch.tensor(view.locator(".childhood-bars li").evaluate_all(SHOWN))
        assert (shown / 100 - row).abs().max() < 6e-4
        slider.press("ArrowRight")
    expect(view.locator("h3")).to_contain_text("as it reads now")


def painted(canvas: Locator) -> np.ndarray:
    """A canvas's pixels: (rows, columns, 3)."""
    encoded = canvas.evaluate("canvas => canvas.toDataURL()").partition(",")[2]
    with Image.open(io.BytesIO(base64.b64decode(encoded))) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def test_its_weights_are_painted_on_one_scale(page, pretrained):
    opened(page)
    slider, canvas = page.get_by_label("Moment of the training"), page.locator("#view-childhood canvas")
    grown = painted(canvas)
    slider.press("Home")
    expect(canvas).to_have_attribute("aria-label", re.compile("mean size is 0.018"))
    untrained = painted(canvas)
    assert untrained.shape == grown.shape == (8 * 28, 8 * 28, 3)
    assert np.ptp(untrained, axis=2).mean() < np.ptp(grown, axis=2).mean() / 3  # less colour
    # Neuron 10 lies in the second row, third from the left.
    weights = pretrained.snapshots[-1].network().hidden1.weight[10].detach().view(28, 28).numpy()
    red, _, blue = np.moveaxis(grown[28:56, 56:84], 2, 0)
    strong = np.abs(weights) > 0.1
    assert ((red > blue) == (weights > 0))[strong].all()


def test_playing_ends_at_the_trained_network(page, pretrained):
    page.clock.install()
    opened(page)
    view = page.locator("#view-childhood")
    view.get_by_role("button", name="From the start").click()
    expect(view.locator("h3")).to_have_text("Untrained")
    page.clock.run_for(800)
    expect(view.locator("h3")).to_have_text("After 1 step")
    view.get_by_role("button", name="Pause").click()
    view.get_by_role("button", name="Play").click()
    page.clock.run_for(800 * len(pretrained.snapshots))
    expect(view.locator("h3")).to_contain_text("as it reads now")
    expect(view.get_by_role("button", name="From the start")).to_be_visible()


def test_without_motion_it_goes_moment_by_moment(new_page):
    page = new_page(reduced_motion="reduce")
    opened(page)
    view = page.locator("#view-childhood")
    view.get_by_role("button", name="From the start").click()
    view.get_by_role("button", name="Next").click()
    expect(view.locator("h3")).to_have_text("After 1 step")


def test_a_checkpoint_without_snapshots_says_how_to_get_them(page):
    page.route("**/component_server**", lambda route: route.fulfill(json="[]"))
    page.get_by_role("tab", name="Childhood").click()
    expect(page.locator(".childhood-news")).to_contain_text("python -m model train")


def test_without_a_connection_it_says_so_and_tries_again(page):
    asked = re.compile("/gradio_api/|/alive")
    page.route(asked, lambda route: route.abort())
    page.get_by_role("tab", name="Childhood").click()
    expect(page.locator(".childhood-news")).to_contain_text("No connection to Python")
    page.unroute(asked)
    expect(page.get_by_label("Moment of the training")).to_be_visible()
