"""Faults of the server's process: it says so in one sentence, ends in time, and leaves no partial file."""

import os
import re
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from model.paths import ROOT
from tests.benchmarks.hostile import largest
from tests.launching import Launch

pytestmark = pytest.mark.slow

SHORT = "baseline,epochs=1,digits=1000"
LONGEST_END = 2.0  # seconds from SIGTERM to the end


@pytest.fixture
def path(tmp_path):
    return tmp_path / "checkpoints" / "mlp.pt"


def assert_ends(launch: Launch) -> None:
    """SIGTERM ends it in time, without a complaint."""
    began = time.monotonic()
    launch.process.send_signal(signal.SIGTERM)
    assert launch.end() == -signal.SIGTERM
    assert time.monotonic() - began < LONGEST_END
    assert "Traceback" not in launch.said


@pytest.mark.parametrize("moment", ["Training with", "Training the detector"])
def test_terminated_in_a_first_launch(tmp_path, path, mnist_folder, moment):
    with Launch(tmp_path / "log", "--checkpoint", path, "--data", mnist_folder, "--recipe", SHORT) as launch:
        launch.wait_until_said(moment)
        assert_ends(launch)
    assert not path.parent.exists()


# --- disk and memory -------------------------------------------------------------------------------------------------


@pytest.fixture
def in_little_memory() -> Iterator[tuple[str, ...]]:
    """A command in front of another one, which then has the memory that SECURITY.md states."""
    stated = re.search(r"(\d+) MB of memory are enough", (ROOT / "SECURITY.md").read_text(encoding="utf-8"))
    group = Path("/sys/fs/cgroup/memory", f"digit-sketchpad-{os.getpid()}")
    limit = group / "memory.limit_in_bytes"
    if not group.parent.exists():  # the second version of control groups has one tree for all that is limited
        group, limit = Path("/sys/fs/cgroup", group.name), Path("/sys/fs/cgroup", group.name, "memory.max")
    try:
        group.mkdir()
        limit.write_text(str(int(stated[1]) * 10**6))
    except OSError as error:
        pytest.skip(f"memory can't be limited here ({error.strerror})")
    yield "sh", "-c", f'echo $$ > {group}/cgroup.procs && exec "$@"', "sh"
    group.rmdir()


def test_the_memory_that_is_stated_is_enough(tmp_path, path, mnist_folder, in_little_memory):
    """For a first launch, and the largest images, several at once."""
    flags = ("--checkpoint", path, "--data", mnist_folder, "--recipe", "baseline,epochs=1")
    with Launch(tmp_path / "log", *flags, before=in_little_memory) as launch:
        launch.wait_until_serving()
        address = f"http://127.0.0.1:{launch.port}/"

        def classify(image: bytes) -> int:
            return httpx.post(f"{address}predict", content=image, timeout=60).status_code

        with ThreadPoolExecutor(8) as several:
            assert set(several.map(classify, largest())) <= {200, 422}
        assert launch.serves()
