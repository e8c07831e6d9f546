"""What may be wrong with a process's surroundings at its start."""

import os
import subprocess
import sys
from urllib.request import getproxies, proxy_bypass

import pytest

from demo.process import bypass_proxy
from model.paths import ROOT

SPEAK = "from demo.process import prepare_output; prepare_output(); print('7 × 7 – → ５'); print('done')"


def test_output_that_cannot_encode_every_letter():
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    spoken = subprocess.run([sys.executable, "-c", SPEAK], cwd=ROOT, env=environment, capture_output=True)
    assert (spoken.returncode, spoken.stderr) == (0, b"")
    assert spoken.stdout.endswith(b"done\n")


@pytest.mark.parametrize("name", ["no_proxy", "NO_PROXY"])
def test_the_own_server_is_asked_without_a_proxy(monkeypatch, name):
    for variable in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv(name, "example.org")
    bypass_proxy("[::1]")
    assert getproxies()["no"] == "example.org,localhost,127.0.0.1,::1"
    assert [bool(proxy_bypass(host)) for host in ("127.0.0.1", "example.org", "example.com")] == [True, True, False]
