"""The plain endpoints: each is one request with one answer, and needs no session and nothing of Gradio.

/verify answers the page at pen-up, /predict anyone with an image, /ready and /metrics the operator.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

from demo.payloads import PayloadError, parse_drawing
from demo.server.metrics import metrics
from demo.server.plain import Answer, Endpoint, as_json
from demo.server.routes import Kind
from demo.server.turns import NoTurnError
from demo.server.uploads import predict_file
from demo.services import Services
from model.data.images import ImageError

Gauges = Mapping[str, Callable[[], float]]


def endpoints(services: Services, gauges: Gauges) -> dict[Kind, Endpoint]:
    """The plain endpoints, by what they are for.

    Args:
        services: what they ask.
        gauges: more figures for the operator, by name.
    """
    classifier, turns = services.loaded.classifier, services.turns
    all_gauges = {"jobs_waiting": lambda: services.jobs.waiting, "images_waiting": lambda: len(turns), **gauges}

    async def verify(sent: Any, _: str) -> Answer:
        """PyTorch's prediction for a drawing, with its version: the page can tell whether it is still the newest.

        It is by the classifier that predicts in the page: the visitor's own, or else the shared one. It is computed
        right here, as predicting takes less time than another thread would.
        """
        began = time.perf_counter()
        try:
            drawing = parse_drawing(sent)
        except PayloadError as error:
            return as_json({"version": error.version, "error": str(error)})
        predicting, fingerprint = services.visitors.classifier_for(drawing.ticket, drawing.network)
        (prediction,) = predicting.predict(drawing.ink, drawing.steps)
        metrics.verified(time.perf_counter() - began)
        return as_json({"version": drawing.version, "network": fingerprint, **prediction.as_dict()})

    async def predict(image: bytes, address: str) -> Answer:
        try:
            return as_json(await turns.run(address, lambda: predict_file(classifier, image)))
        except ImageError as error:
            return as_json({"detail": str(error)}, 422)
        except NoTurnError as error:
            return as_json({"detail": str(error)}, 429)

    async def ready(_: Any, __: str) -> Answer:
        problem = services.jobs.problem()
        if not problem and turns.is_full:
            problem = "So many images are waiting that no more are taken."
        return as_json({"detail": problem or "The server is ready."}, 503 if problem else 200)

    async def figures(_: Any, __: str) -> Answer:
        return Answer(200, metrics.text(all_gauges).encode(), "text/plain; version=0.0.4; charset=utf-8")

    return {Kind.VERIFY: verify, Kind.PREDICT: predict, Kind.READY: ready, Kind.METRICS: figures}
