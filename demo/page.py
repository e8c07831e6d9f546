"""The page, from top to bottom."""

import json
from pathlib import Path
from typing import Any

import gradio as gr

from demo.components import Component
from demo.jobs.queue import MISSING_MNIST, JobQueue
from demo.payloads import PayloadError, parse_drawing
from demo.samples import samples
from demo.server.gradio_internals import UploadedFile
from demo.server.uploads import classify_upload
from demo.views import VIEWS
from demo.views.handwriting import HandwritingView
from demo.views.history import HistoryView
from demo.views.loss import LossView
from demo.views.train import TrainView
from demo.visitors import Visitors
from demo.wire import describe_loaded
from model.data.mnist import find_mnist, has_mnist
from model.pipeline import LoadedClassifier

UPLOADS_KEPT = (60, 120)  # seconds: how often uploaded files are looked through, and at what age they are deleted


def build_page(loaded: LoadedClassifier, data: Path | None = None) -> gr.Blocks:
    """The page for one classifier. MNIST, to train on, is looked for in a folder, then in the repository's data/."""
    classifier = loaded.classifier
    visitors = Visitors(classifier)
    jobs = JobQueue(classifier, visitors, lambda: find_mnist(data))
    missing = "" if has_mnist(data) else MISSING_MNIST

    page = gr.Blocks(title="Digit Sketchpad", analytics_enabled=False, fill_width=True, delete_cache=UPLOADS_KEPT)
    with page:
        Component("page/header", describe_loaded(loaded))
        with gr.Row(elem_classes="stage"):
            with gr.Row(elem_classes="drawing-area"):
                Component("page/network-switch")
                # As text: Gradio copies all props at every event, and thousands of small lists would cost 80 ms.
                pad = Component("page/pad", events=["input"], samples=json.dumps(samples(), separators=(",", ":")))
                readout = Component("page/readout")
            with gr.Column(elem_classes="views"):
                Component("page/tabs", titles=json.dumps(VIEWS))
                Component("page/lesson")
                for name in VIEWS:
                    match name:
                        case "train":
                            TrainView(jobs, missing)
                        case "loss":
                            LossView()
                        case "history":
                            HistoryView(classifier.snapshots)
                        case "handwriting":
                            HandwritingView(jobs, missing)
                        case _:
                            Component(f"views/{name}")
        image = UploadedFile()
        prediction = gr.JSON(visible=False)

        async def verify(sent: Any, request: gr.Request) -> dict[str, Any]:
            """PyTorch's prediction for a drawing, with its version: the page can tell whether it is still the newest.

            It is by the classifier that predicts in the page: the visitor's own, or else the shared one. It is async,
            and takes and gives the values as they are, as predicting takes less time than another thread would.
            """
            try:
                drawing = parse_drawing(sent)
            except PayloadError as error:
                return {"version": error.version, "error": str(error)}
            predicting, fingerprint = visitors.classifier_for(request.session_hash, drawing.network)
            (answer,) = predicting.predict(drawing.ink, drawing.steps)
            return {"version": drawing.version, "network": fingerprint, **answer.as_dict()}

        def classify(image: Any) -> dict[str, Any]:
            """Classify the digit in an image file (PNG, JPEG, GIF, BMP, WebP or TIFF; at most 4 megapixels and 2 MB).

            The background may be light, dark or transparent. Returns the digit (null for a blank image), the ten
            probabilities in the order 0 to 9, and the verdict ("digit", "unsure", "not a digit" or "blank").
            """
            return classify_upload(classifier, image)

        def leave(request: gr.Request) -> None:
            visitors.leave(request.session_hash or "")

        pad.input(
            verify,
            inputs=pad,
            outputs=readout,
            queue=False,
            preprocess=False,
            postprocess=False,
            trigger_mode="always_last",
            show_progress="hidden",
            api_visibility="private",
        )
        image.upload(classify, inputs=image, outputs=prediction, api_name="classify", concurrency_limit=4)
        page.unload(leave)
    return page
