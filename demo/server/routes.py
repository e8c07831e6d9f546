"""The list of what is open: each method and path that this page, its API, its operator and Gradio's clients need.

Everything else is answered 404, whatever Gradio offers: a new version of it opens nothing.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto

from starlette.types import Scope

from demo.server.gradio_internals import route_path
from demo.site import FOLDER


class Kind(Enum):
    """How a request is treated; its cost, in requests, is in demo/server/limits.py."""

    ALIVE = auto()  # answered at once
    READY = auto()  # for a load balancer
    METRICS = auto()  # for the operator
    VERIFY = auto()  # carries a drawing
    PREDICT = auto()  # carries an image
    NOTHING = auto()  # is not open
    KEPT = auto()  # the same for everyone: made once
    FILE = auto()  # of the page, from the disk
    SMALL = auto()  # a small answer
    STREAM = auto()  # stays open
    EVENT = auto()  # carries JSON for Gradio
    CALL = auto()  # carries JSON that asks Gradio for the digit in an uploaded image
    UPLOAD = auto()  # carries a file for Gradio


@dataclass(frozen=True)
class Route:
    """What is open at a path; a trailing slash is up to the pattern."""

    kind: Kind
    methods: tuple[str, ...]
    pattern: re.Pattern[str]


READ = ("GET", "HEAD")
API = "/gradio_api"
NAME = r"[^/]+"  # of a session or an event
ROUTES = tuple(
    Route(kind, methods, re.compile(pattern))
    for kind, methods, pattern in (
        (Kind.ALIVE, READ, "/alive"),
        (Kind.READY, READ, "/ready"),
        (Kind.METRICS, READ, "/metrics"),
        (Kind.VERIFY, ("POST",), "/verify"),
        (Kind.PREDICT, ("POST",), "/predict"),
        (
            Kind.KEPT,
            READ,
            rf"/?|/config/?|/manifest\.json|/pwa_icon(/(192|512))?|(/gradio_api)?/theme\.css|{API}/info/?",
        ),
        (Kind.FILE, READ, rf"/(assets|static|svelte)/.+|/favicon\.ico|/robots\.txt|/{FOLDER}/.+"),
        (Kind.SMALL, ("GET",), f"{API}/(app_id|startup-events)"),  # for a page that reconnects, and Gradio's launch
        (Kind.STREAM, ("GET",), f"{API}/(queue/data|call/classify/{NAME})"),
        (Kind.EVENT, ("POST",), f"{API}/(run/predict|component_server)/?"),
        (Kind.CALL, ("POST",), f"{API}/call/classify/?|{API}/queue/join"),
        (Kind.UPLOAD, ("POST",), f"{API}/upload"),
    )
)

NOTHING = Route(Kind.NOTHING, (), re.compile(""))  # what is not on the list


def find_route(path: str, method: str) -> Route | None:
    """What is open at a path, without the root path, and for a method."""
    return next((route for route in ROUTES if method in route.methods and route.pattern.fullmatch(path)), None)


def as_matched(scope: Scope) -> Scope:
    """A request with its path as routes match it.

    Behind a proxy the server has a root path, and the proxy may strip it from the path, or not. Starlette takes both,
    but finds mounted files only where it is not stripped. Gradio knows the root path without the request.
    """
    path = route_path(scope)
    # At the root path without a slash, Starlette redirects to the one with it, which the page's addresses need.
    return {**scope, "path": path, "root_path": ""} if path else scope
