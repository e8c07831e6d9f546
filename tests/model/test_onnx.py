"""The network as ONNX, run by ONNX Runtime: the same predictions as PyTorch's."""

import sys

import numpy as np
import pytest
import torch

from model.classifier import Classifier
from model.network import MLP
from model.onnx import OnnxError, export_onnx
from model.training.recipe import Recipe


@pytest.mark.slow
def test_onnx_runtime_predicts_what_pytorch_predicts(tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime")
    classifier = Classifier(MLP(hidden=24, seed=3), Recipe(hidden=24), test_accuracy=0.1, mean=0.2, std=0.5)
    export_onnx(classifier, tmp_path / "new" / "network.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "new" / "network.onnx")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["network.onnx"]
    for count in (1, 2, 300):
        images = torch.randint(0, 256, (count, 28, 28), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))
        logits, probabilities = session.run(["logits", "probabilities"], {"images": images.numpy()})
        np.testing.assert_allclose(logits, classifier.logits(images), atol=1e-4)
        expected = [prediction.probabilities for prediction in classifier.predict_images(images)]
        np.testing.assert_allclose(probabilities, expected, atol=1e-5)


def test_without_its_packages_it_says_what_to_install(pretrained, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxscript", None)
    with pytest.raises(OnnxError, match="requirements-onnx"):
        export_onnx(pretrained, tmp_path / "mlp.onnx")
