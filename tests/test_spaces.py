"""What Hugging Face Spaces needs of the repository."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
FRONT_MATTER = dict(
    line.split(": ", 1) for line in (ROOT / "README.md").read_text(encoding="utf-8").split("---\n")[1].splitlines()
)
REQUIREMENTS = (ROOT / "requirements.txt").read_text().split()


def test_front_matter_is_complete() -> None:
    needed = {
        "title", "emoji", "colorFrom", "colorTo", "sdk", "sdk_version", "python_version", "app_file",
        "short_description", "license", "startup_duration_timeout",
    }  # fmt: skip
    assert needed <= FRONT_MATTER.keys()
    assert FRONT_MATTER["sdk"] == "gradio"
    assert (ROOT / FRONT_MATTER["app_file"]).is_file()
    assert len(FRONT_MATTER["short_description"].strip('"')) <= 60


def test_the_spaces_gradio_is_one_that_is_required() -> None:
    required = next(line for line in REQUIREMENTS if line.startswith("gradio"))
    low, high = re.fullmatch(r"gradio>=([\d.]+),<([\d.]+)", required).groups()
    assert version(low) <= version(FRONT_MATTER["sdk_version"]) < version(high)


def test_requirements_are_the_four_packages() -> None:
    assert [re.match(r"[a-z]+", line)[0] for line in REQUIREMENTS] == ["torch", "torchvision", "gradio", "numpy"]


def test_zerogpu_has_versions_that_are_required() -> None:
    """ZeroGPU runs Python 3.10 or 3.12, and torch 2.8 to 2.11."""
    assert FRONT_MATTER["python_version"].strip('"') in ("3.10", "3.12")
    offered = re.search(r"`torch>=([\d.]+),<([\d.]+)`", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert offered.groups() == ("2.8", "2.12")
    required = next(line for line in REQUIREMENTS if line.startswith("torch>="))
    assert version(required.removeprefix("torch>=")) <= version("2.11")


def test_zerogpu_finds_a_function_that_asks_for_its_gpu(tmp_path: Path) -> None:
    (tmp_path / "spaces.py").write_text(
        "import sys\nassert 'torch' not in sys.modules\nGPU = lambda f: print(f.__name__)"
    )
    environment = {**os.environ, "SPACES_ZERO_GPU": "true", "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", "import app"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.stdout == "gpu_name\n", done.stderr


def version(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))
