"""Starting the page, as far as it can be told without a clock: what is imported, and who is asked."""

import json
import socket
import subprocess
import sys

import pytest

from demo.launch import launch_page
from demo.process import OPEN_FILES
from demo.settings import parse_settings
from model.paths import PRETRAINED, ROOT
from model.pipeline import LoadedClassifier
from tests.launching import clean_environment, free_port

SERVE = f"""
import json, sys, urllib.request
hosts = set()
sys.addaudithook(lambda event, arguments: event == "socket.getaddrinfo" and hosts.add(str(arguments[0])))
sys.addaudithook(lambda event, arguments: event == "socket.connect" and hosts.add(str(arguments[1][0])))
from demo.settings import parse_settings
settings = parse_settings(["--checkpoint", {str(PRETRAINED)!r}])
early = {{"gradio", "torch"}} & set(sys.modules)
from model import runtime
from model.pipeline import load_or_train
runtime.configure()
import torch
loaded = load_or_train(settings.checkpoint)
import gradio
before = {{name.partition(".")[0] for name in sys.modules}}
from demo.launch import serve
page, local, _ = serve(loaded, prevent_thread_lock=True, quiet=True)
urllib.request.urlopen(local).read()
after = {{name.partition(".")[0] for name in sys.modules}} - before - sys.stdlib_module_names
print(json.dumps({{"early": sorted(early), "imported": sorted(after), "hosts": sorted(hosts)}}))
"""


@pytest.fixture(scope="module")
def served() -> dict:
    """What a process did that serves the page, with nothing set that keeps Gradio quiet."""
    environment = clean_environment()
    environment.pop("GRADIO_ANALYTICS_ENABLED", None)
    run = [sys.executable, "-c", SERVE]
    done = subprocess.run(run, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
def test_no_other_host_is_asked(served):
    assert "127.0.0.1" in served["hosts"]
    assert set(served["hosts"]) <= {"127.0.0.1", "localhost", "0.0.0.0", "None"}


@pytest.mark.slow
def test_settings_are_parsed_before_anything_large_is_imported(served):
    assert served["early"] == []


@pytest.mark.slow
def test_serving_imports_nothing_beside_pytorch_gradio_and_its_server(served):
    assert set(served["imported"]) <= {"uvicorn", "websockets"}  # the latter only where it is installed


def test_a_port_in_use(pretrained, capsys):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert launch_page(LoadedClassifier(pretrained, "for a test"), parse_settings(["--port", str(port)])) == 1
    assert capsys.readouterr().err == f"Port {port} is in use, or reserved: choose another with --port.\n"


def test_files_that_can_not_be_written(pretrained, monkeypatch, capsys):
    def fail(*_: object, **options: object) -> None:
        raise OSError(28, "No space left on device", "/tmp/sketchpad")

    monkeypatch.setattr("demo.launch.serve", fail)
    assert launch_page(LoadedClassifier(pretrained, "for a test"), parse_settings(["--port", str(free_port())])) == 1
    said = capsys.readouterr().err
    assert said == "The page can't be served: [Errno 28] No space left on device: '/tmp/sketchpad'.\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_the_limit_of_open_files_is_raised_as_far_as_allowed():
    code = (
        "import resource; allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[1]; "
        "resource.setrlimit(resource.RLIMIT_NOFILE, (64, allowed)); "
        "from demo.process import raise_open_file_limit; raise_open_file_limit(); "
        f"assert resource.getrlimit(resource.RLIMIT_NOFILE) == (min(allowed, {OPEN_FILES}), allowed)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
