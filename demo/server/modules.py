"""The route from which browsers load the page's modules."""

import gzip
import hashlib
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from demo.assets import SERVED_AT, code
from model.paths import ASSETS


@dataclass(frozen=True)
class Module:
    """A module as it is sent, and a name for this version of it."""

    plain: bytes
    compressed: bytes
    etag: str


def modules_route() -> Route:
    """The route for Gradio's `app_kwargs`. What it answers is read and compressed once, now."""
    paths = [path.relative_to(ASSETS).as_posix() for path in ASSETS.rglob("*.js")]
    modules = {path: _read(path) for path in paths}

    async def answer(request: Request) -> Response:
        """A module, or 304 if the browser has it, which it asks each time; 404 for any other file."""
        module = modules.get(request.path_params["path"])
        if module is None:
            return Response(status_code=404)
        headers = {"cache-control": "no-cache", "etag": module.etag, "vary": "Accept-Encoding"}
        if module.etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        is_compressed = "gzip" in request.headers.get("accept-encoding", "")
        if is_compressed:
            headers["content-encoding"] = "gzip"
        content = module.compressed if is_compressed else module.plain
        return Response(content, headers=headers, media_type="text/javascript")

    return Route(f"/{SERVED_AT}/{{path:path}}", answer)


def _read(path: str) -> Module:
    plain = code(path).encode()
    return Module(plain, gzip.compress(plain), f'"{hashlib.sha256(plain).hexdigest()[:16]}"')
