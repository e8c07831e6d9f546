"""Why this digit: the map's numbers are those of model/, and nothing is left over."""

import re

import pytest
from playwright.sync_api import Page, expect

from model.framing import frame
from model.trace import trace
from tests.page.conftest import Server
from tests.page.hand import STROKES, draw, expect_torch, ink_on

WORKS_ALONE = True


@pytest.fixture
def why(new_page, server: Server) -> Page:
    page = new_page(f"{server.url}?view=why")
    draw(page, STROKES[7])
    expect_torch(page)
    return page


def drawn(page: Page, classifier):
    return trace(classifier, frame(ink_on(page))[0])


def numbers(page: Page) -> list[float]:
    cells = page.get_by_role("table", name="The whole sum").locator("td").all_inner_texts()
    return [float(re.sub("−", "-", cell)) for cell in cells]


@pytest.mark.parametrize("pair", [None, (9, 7), (0, 3)])
def test_the_map_and_the_bias_term_make_the_difference(why: Page, pretrained, pair) -> None:
    found = drawn(why, pretrained)
    if pair:
        why.get_by_label("Why this digit", exact=True).select_option(str(pair[0]))
        why.get_by_label("And not that one").select_option(str(pair[1]))
    else:
        pair = found.logits.argsort(descending=True)[:2].tolist()
    one, other = pair
    expect(why.get_by_label("Why this digit", exact=True)).to_have_value(str(one))
    expect(why.get_by_label("And not that one")).to_have_value(str(other))
    expect(why.get_by_role("table", name="The whole sum")).to_contain_text(f"logit of {one} − logit of {other}")
    shares = found.contributions[one] - found.contributions[other]
    difference = (found.logits[one] - found.logits[other]).item()
    positive, negative, offset, together, shown = numbers(why)
    assert positive == pytest.approx(shares.clamp(min=0).sum().item(), abs=2e-4)
    assert negative == pytest.approx(shares.clamp(max=0).sum().item(), abs=2e-4)
    assert offset == pytest.approx((found.offsets[one] - found.offsets[other]).item(), abs=2e-4)
    assert together == shown == pytest.approx(difference, abs=1.5e-4)


def test_choosing_one_digit_twice_swaps_the_pair_and_winner_and_runner_up_come_back(why: Page, pretrained) -> None:
    winner, second = drawn(why, pretrained).logits.argsort(descending=True)[:2].tolist()
    why.get_by_label("Why this digit", exact=True).select_option(str(second))
    expect(why.get_by_label("And not that one")).to_have_value(str(winner))
    why.get_by_role("button", name="Winner and runner-up").press("Enter")
    expect(why.get_by_label("Why this digit", exact=True)).to_have_value(str(winner))


def test_only_ink_is_coloured(why: Page) -> None:
    coloured, inked = why.evaluate(
        """() => {
          const { data } = document.querySelector(".why-map").getContext("2d").getImageData(0, 0, 28, 28);
          const paper = [...data.slice(0, 3)].join();
          const pixels = [...Live.reading().picture.keys()];
          const differs = pixels.filter((i) => [...data.slice(4 * i, 4 * i + 3)].join() !== paper);
          return [differs.length, differs.filter((i) => Live.reading().picture[i] > 0).length];
        }"""
    )
    assert coloured == inked > 40


def test_blank_paper_has_nothing_to_say(new_page, server: Server) -> None:
    page = new_page(f"{server.url}?view=why")
    expect(page.get_by_text("Draw a digit, and its ink is coloured")).to_be_visible()
