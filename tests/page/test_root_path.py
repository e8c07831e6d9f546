"""The page below a path of its own, as behind a proxy that strips that path, and behind one that does not."""

from pathlib import Path

import pytest

from model.paths import PRETRAINED
from tests.launching import Launch
from tests.page.conftest import OpenPage
from tests.page.drawing import STROKES, draw, expect_answer, expect_verified


@pytest.mark.parametrize("path", ["", "digits/"], ids=["stripped", "not stripped"])
def test_it_predicts_and_is_verified(open_page: OpenPage, tmp_path: Path, path: str) -> None:
    with Launch(tmp_path / "log", "--checkpoint", PRETRAINED, GRADIO_ROOT_PATH="/digits") as launch:
        launch.wait_until_said("is open at")
        page = open_page(f"http://127.0.0.1:{launch.port}/{path}")
        draw(page, STROKES[3])
        expect_answer(page, 3)
        expect_verified(page)
