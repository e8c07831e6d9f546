"""The page, from top to bottom."""

from typing import Any

import gradio as gr

from demo.components import EARLY, Component, DeferredComponent
from demo.server.addresses import address_of
from demo.server.gradio_internals import UploadedFile
from demo.server.uploads import classify_upload
from demo.services import Services
from demo.views import VIEWS
from demo.views.handwriting import HandwritingView
from demo.views.train import TrainView

UPLOADS_KEPT = (60, 120)  # seconds: how often uploaded files are looked through, and at what age they are deleted


def build_page(services: Services) -> gr.Blocks:
    """The page for one classifier."""
    jobs, missing = services.jobs, services.missing
    page = gr.Blocks(title="Digit Sketchpad", analytics_enabled=False, fill_width=True, delete_cache=UPLOADS_KEPT)
    with page:
        Component("page/header")
        with gr.Row(elem_classes="stage"):
            with gr.Row(elem_classes="drawing-area"):
                Component("page/pad", before=EARLY)
                Component("page/picture")
            Component("page/doors")
            with gr.Column(elem_classes="views"):
                DeferredComponent("page/lesson")
                for name in VIEWS:
                    match name:
                        case "train":
                            TrainView(jobs, missing, services.baseline.classifier)
                        case "handwriting":
                            HandwritingView(jobs, missing)
                        case _:
                            DeferredComponent(f"views/{name}")
        image = UploadedFile()
        prediction = gr.JSON(visible=False)

        async def classify(image: Any, request: gr.Request) -> dict[str, Any]:
            """Classify the digit in an image file (PNG, JPEG, GIF, BMP, WebP or TIFF; at most 4 megapixels and 2 MB).

            The background may be light, dark or transparent. Returns the digit (null for a blank image), the ten
            probabilities in the order 0 to 9, and the verdict ("digit", "unsure", "not a digit" or "blank").
            """
            return await classify_upload(services, image, address_of(request.client.host if request.client else ""))

        image.upload(classify, inputs=image, outputs=prediction, api_name="classify", concurrency_limit=None)
    return page
