"""A classifier's network as an ONNX file, for other runtimes and languages.

The file takes preprocessed images as they are, bytes from 0 to 255: the normalization is part of it. Preprocessing and
the non-digit detector are not. PyTorch's exporter needs the packages in requirements-onnx.txt.
"""

import logging
import warnings
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from model.classifier import Classifier
from model.files import write_atomically
from model.network import image_logits
from model.preprocessing import SIDE


class OnnxError(Exception):
    """ONNX can't be written here; the message says what to do."""


class _Model(nn.Module):
    def __init__(self, classifier: Classifier) -> None:
        super().__init__()
        self.network, self.mean, self.std = classifier.network, classifier.mean, classifier.std

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        logits = image_logits(self.network, images, self.mean, self.std)
        return logits, F.softmax(logits, dim=1)


def onnx_file(classifier: Classifier) -> bytes:
    """A classifier's network as the content of an ONNX file.

    The file's input is `images` (N, 28, 28), uint8, preprocessed, for any N; its outputs are `logits` and
    `probabilities`, both (N, 10), float32.

    Raises:
        OnnxError: if the packages that this needs are not installed.
    """
    try:
        import onnxscript  # noqa: F401
    except ImportError:
        raise OnnxError("ONNX needs two more packages: pip install -r requirements-onnx.txt") from None
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about operators of torchvision, none of which this network has
        program = torch.onnx.export(
            _Model(classifier).eval(),
            (torch.zeros(2, SIDE, SIDE, dtype=torch.uint8),),
            dynamo=True,
            input_names=["images"],
            output_names=["logits", "probabilities"],
            dynamic_shapes={"images": {0: "N"}},
            verbose=False,
        )
    if program is None:
        raise OnnxError("PyTorch's exporter returned nothing.")
    content: bytes = program.model_proto.SerializeToString()
    return content


def export_onnx(classifier: Classifier, path: Path) -> None:
    """Write the file of `onnx_file`, completely or not at all.

    Raises:
        OnnxError: if the packages that this needs are not installed.
        OSError: if the file can't be written.
    """
    write_atomically(path, onnx_file(classifier))
