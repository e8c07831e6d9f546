"""Firefox and WebKit, Safari's engine: what would break first in a browser that the other tests don't use."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.page.drawing import PAD, STROKES
from tests.page.other_browsers import Browser, Firefox, WebKit

pytestmark = pytest.mark.slow

# What the page says: the answer to assistive technology, the ten bars, and how PyTorch answered.
STATUS = "document.querySelector('[aria-label=\"What the network predicts\"] [role=status]').textContent"
METERS = "JSON.stringify([...document.querySelectorAll('[role=meter]')].map((meter) => Number(meter.ariaValueNow)))"
VERIFIED = "document.querySelector('.picture-verification').textContent.includes('Verified by PyTorch')"
# Whether there is ink at [20, 120] of the pad, where no sample draws itself.
DARK = f"""(() => {{
  const canvas = document.querySelector('[aria-label="{PAD}"]').closest('.pad').querySelector('canvas');
  const [x, y] = [20, 120].map((place) => Math.round(place / 140 * canvas.width));
  return canvas.getContext('2d').getImageData(x, y, 1, 1).data[3] > 128;
}})()"""


@pytest.fixture(scope="module", params=[Firefox, WebKit], ids=["Firefox", "WebKit"])
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """Each of the other browsers in turn."""
    if reason := request.param.missing():
        pytest.skip(f"{reason}.")
    browser = request.param()
    yield browser
    browser.close()


def meters(browser: Browser) -> list[float]:
    """What the ten bars say, 0 to 100."""
    return json.loads(browser.evaluate(METERS))


def expect_answer(browser: Browser, digit: int) -> None:
    """The page predicts this digit."""
    browser.wait_for(f"{STATUS}.includes('Looks like {digit}')")


def test_the_bars_move_mid_stroke_and_pytorch_verifies_at_pen_up(browser: Browser, server: str):
    browser.open(server)
    browser.draw(STROKES[3], lift=False)
    browser.wait_for(f"{METERS} !== '[0,0,0,0,0,0,0,0,0,0]'")
    middle = meters(browser)
    assert 99 < sum(middle) < 101
    browser.act([{"type": "pointerUp", "button": 0}])
    expect_answer(browser, 3)
    browser.wait_for(VERIFIED)


def test_the_static_site_works_from_the_disk(browser: Browser, site_folder: Path):
    browser.open((site_folder / "index.html").as_uri())
    browser.draw(STROKES[7])
    expect_answer(browser, 7)


def test_a_selection_does_not_stop_the_pen(browser: Browser, site: str):
    browser.open(site)
    browser.evaluate("getSelection().selectAllChildren(document.body)")
    browser.draw(STROKES[5])
    expect_answer(browser, 5)


def test_a_tap_is_visible(browser: Browser, site: str):
    browser.open(site)
    assert not browser.evaluate(DARK)
    browser.draw([[[20, 120]]])
    browser.wait_for(DARK)
