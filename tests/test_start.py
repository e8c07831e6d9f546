"""What starting and opening the page cost, as far as it can be told without a clock."""

import json
import subprocess
import sys

from demo.page import build_page
from model.checkpoint import load
from model.opening import PRETRAINED, Opened
from tests.launching import ROOT, clean_environment

SERVE = """
import sys
import torch, gradio
before = {name.partition(".")[0] for name in sys.modules}
sys.argv[1:] = ["--checkpoint", "assets/pretrained.pt"]
from demo.launch import serve
from demo.settings import parse_settings
from model.opening import open_classifier
settings = parse_settings()
serve(open_classifier(settings.checkpoint), prevent_thread_lock=True, quiet=True)
after = {name.partition(".")[0] for name in sys.modules}
print(sorted(after - before - sys.stdlib_module_names))
"""


def test_serving_imports_nothing_beside_torch_gradio_and_the_server() -> None:
    run = [sys.executable, "-c", SERVE]
    done = subprocess.run(run, cwd=ROOT, env=clean_environment(), capture_output=True, text=True)
    assert done.stdout.splitlines()[-1:] == ["['demo', 'model', 'uvicorn']"], done.stderr


def test_what_the_page_is_told_is_json_and_nothing_else() -> None:
    """Gradio copies it, and whatever hangs on it, for each visitor: it must not lead to the networks."""
    page = build_page(Opened(load(PRETRAINED), "It came along"))
    json.dumps(page.get_config_file())
