"""Importing the model defines things and does nothing else; one call sets up the process."""

import subprocess
import sys

from model.data.images import MAX_JPEG_PIXELS
from model.paths import ROOT

FILES = [path for path in (ROOT / "model").rglob("*.py") if path.name != "__main__.py"]

SCRIPT = """
import importlib, os, signal, sys, warnings
import torch, PIL.Image

def state():
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    settings = torch.get_num_threads(), torch.initial_seed(), PIL.Image.MAX_IMAGE_PIXELS, torch.is_grad_enabled()
    return dict(os.environ), repr(warnings.filters), handlers, settings

before = state()
import model.classifier
print(*sorted(name for name in sys.modules if name.startswith("model.")))
for name in sys.argv[1:]:
    importlib.import_module(name)
print(state() == before, {"app", "demo", "gradio", "torchvision", "onnxscript"}.isdisjoint(sys.modules))
sys.modules["model.runtime"].configure()
print(torch.get_num_threads(), PIL.Image.MAX_IMAGE_PIXELS)
"""


def test_imports_set_nothing_and_load_only_what_is_needed():
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in FILES]
    command = [sys.executable, "-c", SCRIPT, *names]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    prediction, *others = result.stdout.splitlines()
    assert prediction == "model.classifier model.detector model.network model.preprocessing"
    assert others == ["True True", f"1 {MAX_JPEG_PIXELS}"]
