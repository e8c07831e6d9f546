"""The route from which browsers load the page's modules."""

import os

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from demo.assets import SERVED_AT
from model.paths import ASSETS


class Modules(StaticFiles):
    """The modules in assets/, and nothing else of it. Browsers ask each time whether they have the newest version."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A module, or 304 if the browser has it; 404 for any other file."""
        if os.path.splitext(path)[1] != ".js":
            raise HTTPException(404)
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = "no-cache"
        if "content-type" in response.headers:  # Python asks the system for it, which may know a different one
            response.headers["content-type"] = "text/javascript; charset=utf-8"
        return response


def modules_route() -> Mount:
    """The route for Gradio's `app_kwargs`."""
    return Mount(f"/{SERVED_AT}", Modules(directory=ASSETS))
