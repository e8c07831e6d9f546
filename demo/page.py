"""The page, from top to bottom."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from demo.api import ImageUpload, read_upload
from demo.chooser import Chooser
from demo.network import NetworkCard
from demo.readout import Readout
from demo.sketchpad import InkError, Sketchpad, drawing_of
from demo.trainings import Trainings
from demo.views import VIEWS
from demo.views.tabs import Tabs
from demo.views.view import View
from model.mnist import find_mnist, has_mnist
from model.opening import Opened

CACHE = (60, 120)  # seconds: how often uploaded files are looked through, and at what age they are deleted


def build_page(opened: Opened, data: Path | None = None, views: Sequence[type[View]] = VIEWS) -> gr.Blocks:
    """The page for one opened classifier; MNIST, to train on, is looked for in a folder, and else under data/."""
    classifier = opened.classifier
    trainings = Trainings(classifier, lambda: find_mnist(data))

    async def answer(sent: Any, request: gr.Request) -> dict[str, Any]:
        """What torch makes of a drawing, with its version, so that the page can tell whether it is still the newest.

        It reads with the network that the page reads with: the visitor's own, or else the shared one. It is async, and
        takes and gives the values as they are, since reading takes less time than handing it to another thread.
        """
        try:
            drawing = drawing_of(sent)
        except InkError as error:
            return {"version": error.version, "error": str(error)}
        reader, fingerprint = trainings.reader(request.session_hash, drawing.network)
        return {
            "version": drawing.version,
            "network": fingerprint,
            **reader.read(drawing.ink, drawing.steps)[0].as_dict(),
        }

    def classify(image: Any) -> dict[str, Any]:
        """Read the digit in an image file (PNG, JPEG, GIF, BMP, WebP or TIFF; at most 4 megapixels and 2 MB).

        Paper may be light, dark or transparent. Returns the digit (null for blank paper), the ten probabilities in the
        order 0 to 9, and the verdict ("digit", "unsure", "not a digit" or "blank").
        """
        return read_upload(classifier, image)

    def leave(request: gr.Request) -> None:
        trainings.leave(request.session_hash)

    with gr.Blocks(title="Digit Sketchpad", analytics_enabled=False, fill_width=True, delete_cache=CACHE) as page:
        NetworkCard(opened)
        with gr.Row(elem_classes="stage"):
            with gr.Row(elem_classes="bench"):
                Chooser()
                pad = Sketchpad()
                readout = Readout()
            with gr.Column(elem_classes="views"):
                Tabs(views)
                shown = [view.of(classifier, trainings, has_mnist(data)) for view in views]
        pad.input(
            answer,
            inputs=pad,
            outputs=readout,
            queue=False,
            preprocess=False,
            postprocess=False,
            trigger_mode="always_last",
            show_progress="hidden",
            api_visibility="private",
        )
        for view in shown:
            view.listen()
        page.unload(leave)
        image = ImageUpload()
        result = gr.JSON(visible=False)
        image.upload(classify, inputs=image, outputs=result, api_name="classify", concurrency_limit=4)
    return page
