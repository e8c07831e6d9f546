"""The page, from top to bottom."""

from typing import Any

import gradio as gr

from demo.components import EARLY, Component, DeferredComponent
from demo.server.endpoints import classify_upload
from demo.server.gradio_internals import UploadedFile
from demo.site import VIEWS
from model.classifier import Classifier


def build_page(classifier: Classifier) -> gr.Blocks:
    """The page; its API's /classify predicts with this classifier."""
    page = gr.Blocks(title="Digit Sketchpad", analytics_enabled=False, fill_width=True)
    with page:
        Component("page/header")
        with gr.Row(elem_classes="stage"):
            with gr.Row(elem_classes="drawing-area"):
                Component("page/pad", before=EARLY)
                Component("page/picture")
            DeferredComponent("page/doors")
            with gr.Column(elem_classes="views"):
                for view in VIEWS:
                    DeferredComponent(f"views/{view}")
        image = UploadedFile()
        prediction = gr.JSON(visible=False)

        async def classify(image: Any) -> dict[str, Any]:
            """Classify the digit in an image file (PNG, JPEG, GIF, BMP, WebP or TIFF; up to 20 MB).

            The background may be light, dark or transparent. Returns the digit (null for a blank image), the ten
            probabilities in the order 0 to 9, and the verdict ("digit", "unsure", "not a digit" or "blank").
            """
            return await classify_upload(classifier, image)

        image.upload(classify, inputs=image, outputs=prediction, api_name="classify", concurrency_limit=None)
    return page
