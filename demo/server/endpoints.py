"""What the server answers itself: each is one request with one answer, which any other process would give as well.

/verify answers the page at pen-up, /predict anyone with an image, /ready a load balancer. /classify is /predict for
Gradio's clients, which upload the image first.
"""

import base64
import binascii
import zlib
from dataclasses import asdict
from typing import Any

import anyio
import anyio.to_thread
import gradio as gr
import torch
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from torch import Tensor

from demo.server.gradio_internals import ONLY_UPLOADS, parse_json
from model.classifier import Classifier
from model.data.images import ImageError, load_image
from model.data.pen import CANVAS_SIDE
from model.preprocessing import ALL_STEPS, Steps

INK_BYTES = CANVAS_SIDE * CANVAS_SIDE
DRAWING_FORM = "A drawing has ink, preprocessing steps, each true or false, and its network's fingerprint."

one_at_a_time = anyio.CapacityLimiter(1)  # images: decoding one may take 100 MB


def routes(shared: Classifier, baseline: Classifier) -> list[Route]:
    """The routes of a server whose page has these two networks."""
    default = shared.fingerprint()
    by_fingerprint = {default: shared, baseline.fingerprint(): baseline}

    async def verify(request: Request) -> JSONResponse:
        """PyTorch's prediction for a drawing, by the network that predicts in the page; the shared one's for others.

        It is computed right here, as that takes less time than another thread would.
        """
        ink, steps, fingerprint = parse_drawing(parse_json(await request.body()))
        fingerprint = fingerprint if fingerprint in by_fingerprint else default
        (prediction,) = by_fingerprint[fingerprint].predict(ink, steps)
        return JSONResponse({"network": fingerprint, **prediction.as_dict()})

    async def predict(request: Request) -> JSONResponse:
        if request.headers.get("content-type", "").startswith("multipart/"):
            raise HTTPException(415, "The image itself is the body: curl --data-binary @7.png")
        try:
            return JSONResponse(await predict_image(shared, await request.body()))
        except ImageError as error:
            raise HTTPException(422, str(error)) from None

    async def upload(request: Request) -> JSONResponse:
        """Answers with the file itself, which the call that follows then carries: nothing is stored."""
        async with request.form(max_files=1, max_fields=0) as form:
            file = form.get("files")
            if file is None or isinstance(file, str):
                raise HTTPException(422, "Send one file.")
            return JSONResponse([base64.b64encode(await file.read()).decode()])

    async def ready(_: Request) -> JSONResponse:
        return JSONResponse({"detail": "The server is ready."})

    return [
        Route("/verify", verify, methods=["POST"]),
        Route("/predict", predict, methods=["POST"]),
        Route("/gradio_api/upload", upload, methods=["POST"]),
        Route("/ready", ready),
    ]


async def predict_image(classifier: Classifier, content: bytes) -> dict[str, Any]:
    """The prediction for an image file; an ImageError with one sentence, if it is not an image or too large."""
    predict = lambda: classifier.predict(load_image(content))[0].as_dict()  # noqa: E731
    return await anyio.to_thread.run_sync(predict, limiter=one_at_a_time)


async def classify_upload(classifier: Classifier, image: Any) -> dict[str, Any]:
    """The same for an upload, in base64; a gr.Error with one sentence, if it is not an image or too large."""
    try:
        return await predict_image(classifier, base64.b64decode(image, validate=True))
    except ImageError as error:
        raise gr.Error(str(error), print_exception=False) from None
    except (TypeError, ValueError):
        raise gr.Error(ONLY_UPLOADS, print_exception=False) from None


def parse_drawing(sent: Any) -> tuple[Tensor, Steps, str]:
    """Check what the page sends at pen-up, {"ink", "steps", "network"}; an HTTPException for anything else.

    Returns:
        The ink (1, 140, 140), uint8, which is sent deflated and in base64; the preprocessing steps; and the fingerprint
        of the network that predicts in the page.
    """
    match sent:
        case {"ink": str(packed), "steps": dict(steps), "network": str(network)} if steps.keys() == asdict(
            ALL_STEPS
        ).keys() and {*map(type, steps.values())} == {bool}:
            pass
        case _:
            raise HTTPException(422, DRAWING_FORM)
    try:
        ink = zlib.decompressobj().decompress(base64.b64decode(packed, validate=True), INK_BYTES + 1)
    except (binascii.Error, zlib.error, ValueError):
        raise HTTPException(422, "The ink is not deflated and base64-encoded.") from None
    if len(ink) != INK_BYTES:
        raise HTTPException(422, f"The ink must have {CANVAS_SIDE} x {CANVAS_SIDE} pixels.")
    image = torch.frombuffer(bytearray(ink), dtype=torch.uint8).view(1, CANVAS_SIDE, CANVAS_SIDE)
    return image, Steps(**steps), network
