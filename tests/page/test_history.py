"""The training history: its figures are the model's, and its predictions PyTorch's."""

import re

import torch
from playwright.sync_api import Locator, Page, expect

from model.classifier import Classifier
from model.network import normalize
from model.preprocessing import preprocess
from tests.page.drawing import choose_sample

SHOWN = (
    "rows => rows.map(row => Number.parseFloat(row.querySelector('.digit-bar-percent').textContent.replace('>', '')))"
)


def opened(page: Page) -> Locator:
    """The view, opened and loaded."""
    page.get_by_role("tab", name="Training history").click()
    expect(page.get_by_label("Moment of the training")).to_be_visible()
    return page.locator("#view-history")


def test_the_slider_shows_each_moments_figures_predictions_and_weights(
    served_page: Page, pretrained: Classifier
) -> None:
    view = opened(served_page)
    image = preprocess(choose_sample(served_page, 4)[None])
    with torch.inference_mode():
        expected = torch.cat([taken.network()(normalize(image)).softmax(dim=1) for taken in pretrained.snapshots])
    slider = served_page.get_by_label("Moment of the training")
    expect(view.locator(".history-answers span")).to_have_text([str(int(row.argmax())) for row in expected])
    slider.press("Home")
    for snapshot, row in zip(pretrained.snapshots, expected, strict=True):
        words = "Untrained" if snapshot.step == 0 else f"After {snapshot.step:,} step"
        if snapshot.epoch >= 1:
            words = f"After epoch {snapshot.epoch:.0f}"
        expect(view.locator("h3")).to_contain_text(words)
        accuracy = f"{snapshot.test_accuracy:.2%}".replace("%", "\u00a0%")
        expect(view.locator(".history-accuracy b")).to_have_text(accuracy)
        expect(view.locator(".history-loss b")).to_have_text(f"{snapshot.loss:.3f}")
        answer = re.compile(f"{words}.*: Prediction for your drawing: {int(row.argmax())}, ")
        expect(slider).to_have_attribute("aria-valuetext", answer)
        shown = torch.tensor(view.locator(".history-bars li").evaluate_all(SHOWN))
        assert (shown / 100 - row).abs().max() < 1e-3
        slider.press("ArrowRight")
    expect(view.locator("h3")).to_contain_text("the network as it is now")

    slider.press("Home")  # the weights start as noise
    expect(view.locator("canvas")).to_have_attribute("aria-label", re.compile("mean size is 0.018"))


def test_it_says_whose_training_it_is_and_names_its_ten_values(page: Page) -> None:
    view = opened(page)
    choose_sample(page, 7)
    values = view.get_by_label("Probabilities at this moment").get_by_role("listitem")
    expect(values.nth(7)).to_have_text(re.compile(r"^Probability of 7.*%$"))
    whose = view.get_by_text("this is the training of the shared one")
    expect(whose).to_be_hidden()
    page.locator(".header-network summary").click()
    page.get_by_role("button", name="Predict with the baseline").click()
    expect(whose).to_be_visible()


def test_without_a_connection_it_loads_later_and_without_snapshots_it_says_how_to_get_them(served_page: Page) -> None:
    requests = re.compile("history.json")
    served_page.route(requests, lambda route: route.abort())
    served_page.get_by_role("tab", name="Training history").click()
    news = served_page.locator(".history-news")
    expect(news).to_contain_text("can’t be loaded")
    served_page.unroute(requests)
    served_page.route(requests, lambda route: route.fulfill(json=[]))
    served_page.get_by_role("tab", name="Input").click()
    served_page.get_by_role("tab", name="Training history").click()
    expect(news).to_contain_text("python -m model train")
