"""The page below a path of its own, as behind a proxy that strips that path, and behind one that does not."""

from collections.abc import Iterator

import pytest

from model.classifier import Classifier
from tests.page.conftest import OpenPage
from tests.page.drawing import STROKES, draw, expect_answer, expect_verified
from tests.page.servers import ServerHere


@pytest.fixture(scope="module")
def below_digits(pretrained: Classifier) -> Iterator[str]:
    """The demo with the root path /digits."""
    server = ServerHere(pretrained, root_path="/digits")
    yield server.url
    server.stop()


@pytest.mark.parametrize("path", ["", "digits/"], ids=["stripped", "not stripped"])
def test_it_predicts_and_is_verified(open_page: OpenPage, below_digits: str, path: str) -> None:
    page = open_page(f"{below_digits}{path}")
    draw(page, STROKES[3])
    expect_answer(page, 3)
    expect_verified(page)
