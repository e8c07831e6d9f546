"""What Hugging Face Spaces needs of the repository."""

import re

import pytest

from demo import zerogpu
from model.paths import ROOT


def test_the_spaces_gradio_is_the_required_minor_version() -> None:
    version = re.search(r"^sdk_version: (\d+\.\d+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.M)[1]
    assert f"gradio=={version}.*" in (ROOT / "requirements.txt").read_text(encoding="utf-8")


def test_anywhere_else_nothing_is_prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPACES_ZERO_GPU", raising=False)
    assert zerogpu.prepare() is None
