"""A classifier's network as an ONNX file, for other runtimes and languages.

The file takes framed pictures as they are, bytes from 0 to 255: the normalisation is inside. Framing stays outside, and
so does the guard. PyTorch's exporter needs two packages that nothing else here does: requirements-onnx.txt.
"""

import logging
import warnings
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from model.classifier import Classifier
from model.files import write_whole
from model.framing import SIDE
from model.network import normalise


class OnnxError(Exception):
    """ONNX can't be written here; the message says what to do."""


class _Reader(nn.Module):
    def __init__(self, classifier: Classifier) -> None:
        super().__init__()
        self.network, self.mean, self.std = classifier.network, classifier.mean, classifier.std

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        logits = self.network(normalise(pictures, self.mean, self.std))
        return logits, F.softmax(logits, dim=1)


def export_onnx(classifier: Classifier, path: Path) -> None:
    """Write a classifier's network, whole or not at all.

    The file's input is `pictures` (N, 28, 28), uint8, framed, for any N; its outputs are `logits` and `probabilities`,
    both (N, 10), float32.

    Raises:
        OnnxError: where the packages that this needs are not there.
        OSError: where the file can't be written.
    """
    try:
        import onnxscript  # noqa: F401
    except ImportError:
        raise OnnxError("ONNX needs two more packages: pip install -r requirements-onnx.txt") from None
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about operators of torchvision, which this network has none of
        program = torch.onnx.export(
            _Reader(classifier).eval(),
            (torch.zeros(2, SIDE, SIDE, dtype=torch.uint8),),
            dynamo=True,
            input_names=["pictures"],
            output_names=["logits", "probabilities"],
            dynamic_shapes={"pictures": {0: "N"}},
            verbose=False,
        )
    content = program.model_proto.SerializeToString()
    write_whole(path, lambda file: file.write(content))
