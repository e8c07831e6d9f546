"""The network as ONNX, read by ONNX Runtime: the same answers as torch's."""

import subprocess
import sys

import numpy as np
import onnxruntime
import pytest
import torch

from model.classifier import Classifier
from model.network import MLP
from model.onnx import OnnxError, export_onnx
from model.recipe import Recipe
from tests.launching import ROOT


@pytest.fixture(params=["trained", "another width and normalisation"])
def classifier(request, pretrained) -> Classifier:
    if request.param == "trained":
        return pretrained
    return Classifier(MLP(hidden=24, seed=3), Recipe(hidden=24), test_accuracy=0.1, mean=0.2, std=0.5)


def test_onnx_runtime_reads_what_torch_reads(classifier, tmp_path):
    export_onnx(classifier, tmp_path / "network.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "network.onnx")
    for count in (1, 2, 300):
        pictures = torch.randint(0, 256, (count, 28, 28), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))
        logits, probabilities = session.run(["logits", "probabilities"], {"pictures": pictures.numpy()})
        assert logits.shape == probabilities.shape == (count, 10)
        expected = [reading.probabilities for reading in classifier.read_pictures(pictures)]
        np.testing.assert_allclose(probabilities, expected, atol=1e-5)


def test_the_command_writes_one_file(tmp_path):
    path = tmp_path / "mlp.onnx"
    command = [sys.executable, "-m", "model", "export", "--checkpoint", "assets/pretrained.pt", "--onnx", str(path)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout == f"{path}\n"
    assert result.stderr == ""
    assert [file.name for file in tmp_path.iterdir()] == ["mlp.onnx"]


def test_a_file_that_cannot_be_written_is_told_in_a_sentence(tmp_path):
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "mlp.onnx"  # a file is no folder
    command = [sys.executable, "-m", "model", "export", "--checkpoint", "assets/pretrained.pt", "--onnx", str(path)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1
    assert "Traceback" not in result.stderr


def test_without_its_packages_it_says_what_to_install(pretrained, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxscript", None)
    with pytest.raises(OnnxError, match="requirements-onnx"):
        export_onnx(pretrained, tmp_path / "mlp.onnx")
