"""Every private thing of Gradio's that this project uses or overrides, each with the reason.

tests/demo/server/test_gradio_internals.py fails when one of them changes.
"""

import json
from abc import ABCMeta
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import gradio as gr
from gradio.component_meta import ComponentMeta
from gradio.data_classes import FileData
from gradio.route_utils import CustomCORSMiddleware
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

UPLOAD_SCHEMA = FileData.model_json_schema()
ONLY_UPLOADS = "Upload the image file first: other files and addresses are not accessible."
MAX_MARKS = 200  # brackets and commas of JSON, which is at most so deep then
MAX_NAME = 64  # characters of a session's name


class WithoutStub(ComponentMeta):
    """The class of component classes. Gradio's writes a .pyi file beside the source file of each when it is imported,
    which type checkers then believe instead of the source. The rest of what it does is for classes with EVENTS.
    """

    def __new__(cls, name: str, bases: tuple[type, ...], attributes: dict[str, Any]) -> "WithoutStub":
        """Make a class as Python does."""
        return ABCMeta.__new__(cls, name, bases, attributes)


class UploadedFile(gr.File, metaclass=WithoutStub):
    """A file as it was uploaded, in base64: `gr.File` would fetch one by its address, from any host and of any size."""

    def __init__(self, visible: bool = False) -> None:
        super().__init__(visible=visible)  # which the page is told as a parameter of this class
        self.data_model = None  # with it, Gradio answers anything but a file with a traceback

    def api_info(self) -> dict[str, Any]:
        """What the API's clients are told: that it is a file."""
        return UPLOAD_SCHEMA

    def preprocess(self, payload: Any) -> Any:
        """What `as_call` leaves of the call."""
        return payload


def as_call(body: bytes) -> bytes:
    """A call of /classify, for Gradio, which gets nothing of what was sent but the image and the session's name."""
    match parse_json(body):
        case {"data": [{"path": str(image)}], **others}:
            session = str(others.get("session_hash") or "")[:MAX_NAME]
            return json.dumps({"data": [image], "fn_index": 0, "session_hash": session or None}).encode()
    raise HTTPException(422, ONLY_UPLOADS)


def parse_json(body: bytes) -> Any:
    """A body as JSON; an HTTPException for anything else, and for deeply nested JSON or a great many values."""
    if sum(body.count(mark) for mark in (b"[", b"{", b",")) > MAX_MARKS:
        raise HTTPException(413, f"The limit for JSON is {MAX_MARKS} brackets and commas.")
    try:
        return json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise HTTPException(400, "Only JSON in UTF-8 is taken here.") from None


def outermost(*middleware: Middleware) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """A lifespan that places middleware around all of Gradio's; what `app_kwargs` takes would be inside of it.

    Gradio's own CORS middleware is left out: it lets pages of any origin read answers, with the visitor's cookies. If a
    port is taken, Gradio begins the lifespan of the same app again for the next port. `gr.mount_gradio_app` would need
    none of this, but ZeroGPU hooks into `Blocks.launch`, where the public link of --share is made as well.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        cors: object = CustomCORSMiddleware
        gradios = [each for each in app.user_middleware if each.cls is not cors and each not in middleware]
        app.user_middleware = [*middleware, *gradios]
        app.middleware_stack = app.build_middleware_stack()
        yield

    return lifespan
