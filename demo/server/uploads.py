"""The API: the digit in an image file, which is checked before it is decoded."""

from pathlib import Path
from typing import Any

import anyio
import gradio as gr
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo.server.routes import PREDICT
from model.classifier import Classifier
from model.data.images import ImageError, load_image

MAX_DECODED = 2  # images of /predict at once: 4 megapixels take up to 160 MB


def predict_file(classifier: Classifier, image: Path | bytes) -> dict[str, Any]:
    """Predict the digit in one image file.

    Raises:
        ImageError: one sentence, if it is not an image or too large.
    """
    return classifier.predict(load_image(image))[0].as_dict()


def classify_upload(classifier: Classifier, path: Path) -> dict[str, Any]:
    """Predict the digit in one uploaded image, for Gradio's clients.

    Raises:
        gr.Error: one sentence, if it is not an image or too large.
    """
    try:
        return predict_file(classifier, path)
    except ImageError as error:
        raise gr.Error(str(error), print_exception=False) from None


def predict_route(classifier: Classifier) -> Route:
    """The route of the plain endpoint: an image as the body of one request, which is answered as /classify is."""
    decoding = anyio.CapacityLimiter(MAX_DECODED)

    async def predict(request: Request) -> Response:
        image = await request.body()
        try:
            answer = await anyio.to_thread.run_sync(predict_file, classifier, image, limiter=decoding)
        except ImageError as error:
            return JSONResponse({"detail": str(error)}, 422)
        return JSONResponse(answer)

    return Route(PREDICT, predict, methods=["POST"])
