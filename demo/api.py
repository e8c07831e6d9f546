"""The API's door: an uploaded image file, checked before it is decoded."""

from pathlib import Path
from typing import Any

import gradio as gr
from gradio.data_classes import FileData
from gradio.utils import get_upload_folder, is_in_or_equal

from model.classifier import Classifier
from model.images import ImageError, load_image


class ImageUpload(gr.File):
    """A file as it was uploaded. `gr.Image` would decode it first, whatever its size, and `gr.File` would copy it."""

    async def async_move_resource_to_block_cache(self, url_or_file_path: str | Path | None) -> str | None:
        """Take the file as it is. Gradio would fetch one by its address, from any host and of any size."""
        return None if url_or_file_path is None else str(uploaded(str(url_or_file_path)))

    def preprocess(self, payload: FileData | None) -> Path | None:
        """The path of the uploaded file."""
        return uploaded(payload.path) if payload else None


def uploaded(path: str) -> Path:
    """The path of a file, if it is one that was uploaded.

    Raises:
        gr.Error: one sentence, for any other file or address.
    """
    if "\0" in path or "://" in path or not is_in_or_equal(path, get_upload_folder()):
        raise gr.Error("Upload the image file first: other files and addresses are not read.", print_exception=False)
    return Path(path)


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
