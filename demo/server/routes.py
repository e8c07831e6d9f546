"""The list of what is open: each method and path that this page, its API, a balancer and Gradio's clients need.

Everything else is answered 404, whatever Gradio offers: a new version of it opens nothing.
"""

import re
from dataclasses import dataclass

from starlette._utils import get_route_path
from starlette.types import Scope

from demo.site import FOLDER
from model.data.images import MAX_FILE_BYTES

READ, POST = ("GET", "HEAD"), ("POST",)
API = "/gradio_api"
FILE_COST, PAGE_COST, IMAGE_COST = 0.05, 5.0, 20.0  # in requests; a page that opens asks for about 150 files
MAX_DRAWING = 40_000  # bytes; a drawing takes one or two thousand
MAX_CALL = 6_000_000  # bytes; Gradio's clients send an uploaded image twice, in base64
MULTIPART = 10_000  # bytes that multipart adds to a file


@dataclass(frozen=True)
class Route:
    """What is open at a path.

    Attributes:
        pattern: of the path without the root path.
        cost: of a request, in ordinary requests.
        max_body: bytes that may be sent.
        is_call: whether they are a call of /classify, for Gradio.
    """

    methods: tuple[str, ...]
    pattern: str
    cost: float = 1.0
    max_body: int = 0
    is_call: bool = False


ROUTES = (
    Route(READ, rf"/{FOLDER}/.+|/(assets|static|svelte)/.+|/favicon\.ico|/robots\.txt|/ready", FILE_COST),
    Route(READ, rf"/?|/config/?|/manifest\.json|/pwa_icon(/(192|512))?|({API})?/theme\.css|{API}/info/?", PAGE_COST),
    Route(("GET",), f"{API}/(app_id|startup-events|queue/data|call/classify/[^/]+)"),
    Route(POST, "/verify", max_body=MAX_DRAWING),
    Route(POST, "/predict", IMAGE_COST, MAX_FILE_BYTES),
    Route(POST, f"{API}/upload", IMAGE_COST, MAX_FILE_BYTES + MULTIPART),
    Route(POST, f"{API}/(queue/join|call/classify/?)", IMAGE_COST, MAX_CALL, is_call=True),
)


def find_route(path: str, method: str) -> Route | None:
    """What is open at a path, without the root path, and for a method."""
    return next((route for route in ROUTES if method in route.methods and re.fullmatch(route.pattern, path)), None)


def as_matched(scope: Scope) -> Scope:
    """A request with its path as routes match it.

    Behind a proxy the server has a root path, and the proxy may strip it from the path, or not. Starlette takes both,
    but finds mounted files only where it is not stripped. Gradio knows the root path without the request.
    """
    path = get_route_path(scope)  # without the root path
    # At the root path without a slash, Starlette redirects to the one with it, which the page's addresses need.
    return {**scope, "path": path, "root_path": ""} if path else scope
