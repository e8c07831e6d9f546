"""Starting the page, as far as it can be told without a clock: who is asked, and what keeps it from starting."""

import json
import socket
import subprocess
import sys

import pytest

from demo.launch import launch_page
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
from model import runtime
from model.pipeline import load_or_train
runtime.configure()
loaded = load_or_train(settings.checkpoint)
from demo.launch import serve
page, local, _ = serve(loaded, prevent_thread_lock=True, quiet=True)
urllib.request.urlopen(local).read()
print(json.dumps(sorted(hosts)))
"""


@pytest.mark.slow
def test_no_other_host_is_asked():
    """By a process that serves the page, with nothing set that keeps Gradio quiet."""
    environment = clean_environment()
    environment.pop("GRADIO_ANALYTICS_ENABLED", None)
    run = [sys.executable, "-c", SERVE]
    done = subprocess.run(run, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    hosts = json.loads(done.stdout.splitlines()[-1])
    assert "127.0.0.1" in hosts
    assert set(hosts) <= {"127.0.0.1", "localhost", "0.0.0.0", "None"}


def test_files_that_can_not_be_written(pretrained, monkeypatch, capsys):
    def fail(*_: object, **options: object) -> None:
        raise OSError(28, "No space left on device", "/tmp/sketchpad")

    monkeypatch.setattr("demo.launch.serve", fail)
    assert launch_page(LoadedClassifier(pretrained, "for a test"), parse_settings(["--port", str(free_port())])) == 1
    said = capsys.readouterr().err
    assert said == "The page can't be served: [Errno 28] No space left on device: '/tmp/sketchpad'.\n"


def test_a_port_in_use(pretrained, capsys):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert launch_page(LoadedClassifier(pretrained, "for a test"), parse_settings(["--port", str(port)])) == 1
    assert capsys.readouterr().err == f"Port {port} is in use, or reserved: choose another with --port.\n"
