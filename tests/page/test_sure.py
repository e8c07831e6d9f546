"""How sure, how wrong: softmax, cross-entropy and one step of learning, as torch computes them."""

import re

import pytest
import torch
from playwright.sync_api import Page, expect
from torch.nn import functional as F

from model.framing import frame
from model.trace import after_one_step, trace
from tests.page.conftest import Server
from tests.page.hand import STROKES, draw, expect_torch, ink_on

WORKS_ALONE = True


@pytest.fixture
def sure(new_page, server: Server) -> Page:
    page = new_page(f"{server.url}?view=sure")
    draw(page, STROKES[7])
    expect_torch(page)
    return page


def picture_of(page: Page) -> torch.Tensor:
    return frame(ink_on(page))[0]


def column(page: Page, number: int) -> list[float]:
    cells = page.get_by_role("table", name="Digit by digit").locator(f"td:nth-child({number})").all_inner_texts()
    return [float(re.match(r"[-\d.e]+", cell.replace("−", "-"))[0]) for cell in cells]


def test_logits_powers_and_probabilities(sure: Page, pretrained) -> None:
    logits = trace(pretrained, picture_of(sure)).logits
    assert column(sure, 2) == pytest.approx(logits.tolist(), abs=0.0051)
    assert column(sure, 3) == pytest.approx((logits - logits.max()).exp().tolist(), rel=0.06, abs=1e-4)
    assert column(sure, 4) == pytest.approx((100 * logits.softmax(0)).tolist(), abs=0.0051)


@pytest.mark.parametrize(("label", "rate"), [(7, 0.01), (1, 0.001), (1, 0.1)])
def test_the_loss_and_what_a_step_would_do(sure: Page, pretrained, label: int, rate: float) -> None:
    sure.get_by_role("radio", name=str(label)).check(force=True)
    sure.get_by_role("button", name=str(rate), exact=True).click()
    picture = picture_of(sure)
    before, after = trace(pretrained, picture).logits, after_one_step(pretrained, picture, label, rate)
    expect(sure.locator(".sure-step")).to_contain_text(f"−{rate} ×")
    assert column(sure, 5) == pytest.approx((100 * after.softmax(0)).tolist(), abs=0.0051)
    losses = [F.cross_entropy(logits, torch.tensor(label)).item() for logits in (before, after)]
    expect(sure.locator(".sure-loss")).to_contain_text(f"= {losses[0]:.4f}")
    expect(sure.locator(".sure-step")).to_contain_text(f"to {losses[1]:.4f}")
    expect(sure.get_by_role("img", name=f"loss {losses[0]:.4f}")).to_be_visible()


def test_by_keyboard(sure: Page) -> None:
    sure.get_by_role("radio", name="0").focus()
    sure.keyboard.press("ArrowRight")
    expect(sure.locator(".sure-loss")).to_contain_text("You meant 1")


def test_what_was_meant_stays_while_the_pen_moves_on(sure: Page) -> None:
    sure.get_by_role("radio", name="7").check(force=True)
    draw(sure, [[[60, 60], [90, 60]]])
    expect_torch(sure)
    expect(sure.locator(".sure-loss")).to_contain_text("You meant 7")
