"""The API: the digit in an image file, which is checked before it is decoded."""

from pathlib import Path
from typing import Any

import gradio as gr

from demo.server.metrics import metrics
from demo.server.turns import NoTurnError
from demo.services import Services
from model.classifier import Classifier
from model.data.images import ImageError, load_image


def predict_file(classifier: Classifier, image: Path | bytes) -> dict[str, Any]:
    """Predict the digit in one image file.

    Raises:
        ImageError: one sentence, if it is not an image or too large.
    """
    prediction = classifier.predict(load_image(image))[0].as_dict()
    metrics.count("images")
    return prediction


async def classify_upload(services: Services, path: Path, address: str) -> dict[str, Any]:
    """Predict the digit in one uploaded image, for Gradio's clients, when it is this address's turn.

    Raises:
        gr.Error: one sentence, if it is not an image or too large, or too many are waiting.
    """
    try:
        return await services.turns.run(address, lambda: predict_file(services.loaded.classifier, path))
    except (ImageError, NoTurnError) as error:
        raise gr.Error(str(error), print_exception=False) from None
