"""Faults of the server's process: it says so in one sentence, ends in time, and leaves no partial file."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from model.paths import ROOT
from tests.benchmarks.hostile import largest
from tests.launching import Launch, clean_environment

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

# Trains and saves at each of these places, as the first launch does: without really training, or else with so many MB
# of memory at most beyond what is taken already.
FIRST_LAUNCHES = """
import sys
from pathlib import Path
import numpy, torch, torchvision.datasets
from model import checkpoint, runtime
from model.paths import PRETRAINED
from model.pipeline import load_or_train
from model.training.recipe import parse_recipe
runtime.configure()
megabytes, data, *paths = sys.argv[1:]
train = None if int(megabytes) else lambda *arguments: checkpoint.load(PRETRAINED)
if train is None:
    import resource
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + int(megabytes) * 2**20,) * 2)
for path in map(Path, paths):
    print(load_or_train(path, Path(data), parse_recipe("baseline,epochs=1"), train=train).origin)
"""
IN_A_NAMESPACE = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c")


def test_disks_that_take_no_checkpoint(tmp_path, mnist_folder):
    """The first launch serves what it trained, and says that it is not saved; nothing half-written is left."""
    disks = {"size=64k": "No space left on device", "ro": "Read-only file system"}
    folders = [tmp_path / option for option in disks]
    mounts = " && ".join(f"mkdir -p {folder} && mount -t tmpfs -o {folder.name} tmpfs {folder}" for folder in folders)
    if not shutil.which("unshare") or subprocess.run([*IN_A_NAMESPACE, mounts], check=False).returncode:
        pytest.skip("no disk may be mounted here")
    paths = [folder / "mlp.pt" for folder in folders]
    command = shlex.join(map(str, [sys.executable, "-c", FIRST_LAUNCHES, 0, mnist_folder, *paths]))
    done = first_launches(*IN_A_NAMESPACE, f"{mounts} && {command} && ls -A {shlex.join(map(str, folders))}")
    for path, why in zip(paths, disks.values(), strict=True):
        assert f"Nothing was saved: {path} can't be written ({why}). The next launch trains again.\n" in done
    assert done.count("but not saved") == 2
    assert "mlp.pt" not in done.rpartition("but not saved")[2]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc and RLIMIT_AS")
@pytest.mark.parametrize("megabytes", [20, 100])
def test_too_little_memory_to_train(path, mnist_folder, megabytes):
    """The pretrained network is used, and one sentence says why."""
    *_, why, origin = first_launches(sys.executable, "-c", FIRST_LAUNCHES, megabytes, mnist_folder, path).splitlines()
    assert "Pretrained on" in origin
    assert "memory" in why
    assert not path.exists()


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


def first_launches(*command: object) -> str:
    """Run them; what they say."""
    done = subprocess.run([*map(str, command)], cwd=ROOT, env=clean_environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout
