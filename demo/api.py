"""The API's door: an uploaded image file, checked before it is decoded."""

from pathlib import Path
from typing import Any

import gradio as gr
from gradio.data_classes import FileData
from gradio.utils import get_upload_folder, is_in_or_equal

from model.classifier import Classifier
from model.images import ImageError, load_image

SCHEMA = FileData.model_json_schema()
ONLY_UPLOADED = "Upload the image file first: other files and addresses are not read."


class ImageUpload(gr.File):
    """A file as it was uploaded. `gr.Image` would decode it first, whatever its size, and `gr.File` would copy it."""

    def __init__(self, visible: bool = False) -> None:
        super().__init__(visible=visible)
        self.data_model = None  # by which Gradio would meet anything but a file with a traceback

    def api_info(self) -> dict[str, Any]:
        """What clients are told of it: that it is a file. Gradio asks three times for each session."""
        return SCHEMA

    async def async_move_resource_to_block_cache(self, url_or_file_path: str | Path | None) -> str | None:
        """Take the file as it is. Gradio would fetch one by its address, from any host and of any size."""
        return None if url_or_file_path is None else str(uploaded(str(url_or_file_path)))

    def preprocess(self, payload: Any) -> Path:
        """The path of the uploaded file."""
        match payload:
            case {"path": str(path)}:
                return uploaded(path)
        raise gr.Error("Send an image file.", print_exception=False)


def uploaded(path: str) -> Path:
    """The path of a file, if it is one that was uploaded.

    Raises:
        gr.Error: one sentence, for any other file or address.
    """
    if "\0" in path or "://" in path or not is_in_or_equal(path, get_upload_folder()):
        raise gr.Error(ONLY_UPLOADED, print_exception=False)
    return Path(path)


def read_upload(classifier: Classifier, path: Path) -> dict[str, Any]:
    """Read one uploaded image.

    Raises:
        gr.Error: one sentence, where it is no image or too large.
    """
    try:
        return classifier.read(load_image(path))[0].as_dict()
    except ImageError as error:
        raise gr.Error(str(error), print_exception=False) from None
