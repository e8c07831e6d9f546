"""The API's door: an uploaded image file, checked before it is decoded."""

from pathlib import Path
from typing import Any

import gradio as gr
from gradio.data_classes import FileData

from model.classifier import Classifier
from model.images import ImageError, load_image


class ImageUpload(gr.File):
    """A file as it was uploaded. `gr.Image` would decode it first, whatever its size, and `gr.File` would copy it."""

    def preprocess(self, payload: FileData | None) -> Path | None:
        """The path of the uploaded file."""
        return Path(payload.path) if payload else None


def read_upload(classifier: Classifier, path: Path | None) -> dict[str, Any]:
    """Read one uploaded image.

    Raises:
        gr.Error: one sentence, where it is no image or too large.
    """
    if path is None:
        raise gr.Error("Send an image file.", print_exception=False)
    try:
        return classifier.read(load_image(path))[0].as_dict()
    except ImageError as error:
        raise gr.Error(str(error), print_exception=False) from None
