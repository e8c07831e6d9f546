"""Every private thing of Gradio's that this project uses or overrides, each with the reason.

tests/demo/server/test_gradio_internals.py fails when one of them changes.
"""

import json
from abc import ABCMeta
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.blocks import Block, BlockContext
from gradio.component_meta import ComponentMeta
from gradio.components.base import server as server  # marks a component's methods that the page may call
from gradio.data_classes import FileData
from gradio.route_utils import CustomCORSMiddleware
from gradio.utils import get_upload_folder, is_in_or_equal
from pydantic import ValidationError
from starlette._utils import get_route_path as route_path  # a path as routes match it: without the root path
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.types import Message, Send

__all__ = ["route_path"]

UPLOAD_SCHEMA = FileData.model_json_schema()
ONLY_UPLOADS = "Upload the image file first: other files and addresses are not accessible."


class WithoutStub(ComponentMeta):
    """The class of component classes. Gradio's writes a .pyi file beside the source file of each when it is imported,
    which type checkers then believe instead of the source. The rest of what it does is for classes with EVENTS.
    """

    def __new__(cls, name: str, bases: tuple[type, ...], attributes: dict[str, Any]) -> "WithoutStub":
        """Make a class as Python does."""
        return ABCMeta.__new__(cls, name, bases, attributes)


class HTML(gr.HTML, metaclass=WithoutStub):
    """gr.HTML for a component that draws itself in the browser."""

    _config: dict[str, Any] | None = None

    def get_config(self, cls: type[Block] | None = None) -> dict[str, Any]:
        """What the page is told of the component. Gradio takes 1 ms to work it out, for each visitor the same again."""
        if self._config is None:
            self._config = super().get_config()
        return dict(self._config)

    def api_info(self) -> dict[str, Any]:
        """What the API's clients are told of the value. Gradio would call it a text."""
        return {"type": "object"}


def with_events(code: str, events: Iterable[str]) -> str:
    """JavaScript for `js_on_load`: Gradio finds a component's events by their quoted names in this text."""
    return f"{code} // events: {', '.join(repr(event) for event in events)}" if events else code


class UploadedFile(gr.File, metaclass=WithoutStub):
    """A file as it was uploaded. `gr.Image` would decode it first, whatever its size, and `gr.File` would copy it."""

    def __init__(self, visible: bool = False) -> None:
        super().__init__(visible=visible)
        self.data_model = None  # with it, Gradio answers anything but a file with a traceback

    def api_info(self) -> dict[str, Any]:
        """What the API's clients are told: that it is a file. Gradio works it out three times for each session."""
        return UPLOAD_SCHEMA

    async def async_move_resource_to_block_cache(self, url_or_file_path: str | Path | None) -> str | None:
        """Take the file as it is. Gradio would fetch a file by its address, from any host and of any size."""
        return None if url_or_file_path is None else str(uploaded(str(url_or_file_path)))

    def preprocess(self, payload: Any) -> Path:  # type: ignore[override]
        """The path of the uploaded file."""
        match payload:
            case {"path": str(path)}:
                return uploaded(path)
        raise gr.Error("Send an image file.", print_exception=False)


def uploaded(path: str) -> Path:
    """The path of a file, if it was uploaded.

    Args:
        path: in the upload folder, or absolute.

    Raises:
        gr.Error: one sentence, for any other file or address.
    """
    if "\0" in path or "://" in path or not is_in_or_equal(upload_folder() / path, upload_folder()):
        raise gr.Error(ONLY_UPLOADS, print_exception=False)
    return upload_folder() / path


def find_upload(value: dict[str, Any]) -> bool:
    """Complete the path of an object in an event, if Gradio takes it for a file ("path" and "meta").

    Returns:
        False if it names no file that was uploaded.
    """
    if not ("path" in value and "meta" in value):
        return True
    try:
        value["path"] = str(uploaded(FileData.model_validate(value).path))
    except (ValidationError, gr.Error):
        return False
    return True


def naming_uploads(send: Send) -> Send:
    """Sends the answer to an upload with the files' paths in the upload folder, which itself nobody needs to know."""
    starts: list[Message] = []

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            starts.append(message)
            return
        body, folder = message.get("body", b""), upload_folder()
        if starts[0]["status"] == 200:
            body = json.dumps(
                [Path(path).absolute().relative_to(folder).as_posix() for path in json.loads(body)]
            ).encode()
            MutableHeaders(scope=starts[0])["content-length"] = str(len(body))
        await send(starts[0])
        await send({**message, "body": body})

    return sending


def upload_folder() -> Path:
    """Where Gradio keeps uploaded files."""
    return Path(get_upload_folder()).absolute()


def outermost(*middleware: Middleware) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """A lifespan that places middleware around all of Gradio's; what `app_kwargs` takes would be inside of it.

    Gradio's own CORS middleware is left out: it lets pages of any origin read answers, with the visitor's cookies. If a
    port is taken, Gradio begins the lifespan of the same app again for the next port.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        cors: object = CustomCORSMiddleware
        gradios = [each for each in app.user_middleware if each.cls is not cors and each not in middleware]
        app.user_middleware = [*middleware, *gradios]
        app.middleware_stack = app.build_middleware_stack()
        yield

    return lifespan


def as_html(block: Block, numbers: dict[HTML, int]) -> str:
    """A block and all in it as static HTML, as Gradio's front end would nest them.

    Args:
        block: of a page.
        numbers: of the components; each becomes an element with its number as data-component.
    """
    if isinstance(block, HTML):
        return f'<div class="html-container" data-component="{numbers[block]}">{block.html_template}</div>'
    if not isinstance(block, BlockContext):
        return ""  # what only the API uses
    inside = "".join(as_html(child, numbers) for child in block.children)
    if isinstance(block, gr.Blocks):
        return inside
    return f'<div class="{" ".join([block.get_block_name(), *block.elem_classes])}">{inside}</div>'
