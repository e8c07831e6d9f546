"""The notebook runs from top to bottom, and the outputs that are kept in it are those of its cells."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from docs.run_notebook import FRAME, NOTEBOOK, read, run

MOST_BYTES = 100_000


def said(cell) -> str:
    """What a cell printed."""
    return "".join(output.text for output in cell.outputs if output.output_type == "stream")


def pictures(cell) -> int:
    """How many pictures a cell shows."""
    return sum(output.output_type == "display_data" for output in cell.outputs)


@pytest.mark.slow
def test_it_runs_and_says_what_is_kept(tmp_path: Path) -> None:
    kept = {cell.id: cell for cell in read().cells if cell.cell_type == "code"}
    parameters = {"EPOCHS": 1, "DIGITS": 2_000, "SITE": str(tmp_path / "site"), "NETWORK": str(tmp_path / "network.pt")}
    ran = {cell.id: cell for cell in run(read(), **parameters).cells}
    trained = list(kept).index("training")
    for number, name in enumerate(kept):
        if name != FRAME:
            assert pictures(ran[name]) == pictures(kept[name]), name
        if number < trained or name in ("pretrained", "save"):  # the others depend on how long it trained
            assert said(ran[name]) == said(kept[name]), name
    (frame,) = re.findall('src="(.*?)"', ran[FRAME].outputs[0].data["text/html"])
    assert urlsplit(frame).query == "embed"
    assert (
        "2,000 training digits" in (tmp_path / "site" / "sketchpad" / "network.json").read_text()
    )  # this network, and no other
    assert float(said(ran["test"]).split("%")[0]) > 75
    assert float(said(kept["test"]).split("%")[0]) > 97
    assert "a smiley: not a digit" in said(kept["pretrained"])
    assert "preprocessed: 7" in said(kept["drawing"])
    assert "just shrunk: 7" not in said(kept["drawing"])
    assert not kept[FRAME].outputs
    assert NOTEBOOK.stat().st_size < MOST_BYTES
