"""Serving the page with Gradio, and one clear line if that is not possible."""

import argparse
import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.routes import templates
from jinja2.ext import Extension
from starlette.middleware import Middleware
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol

from demo.page import build_page
from demo.server.endpoints import routes
from demo.server.gradio_internals import outermost
from demo.server.headers import SPACE_ANCESTORS
from demo.server.limits import RequestLimits
from demo.settings import can_bind
from demo.site import FOLDER, NO_SCRIPT, head, write_site
from model.data.images import MAX_FILE_BYTES
from model.paths import ASSETS
from model.pipeline import LoadedClassifier, load_baseline

LOCALHOST, FIRST_PORT = "127.0.0.1", 7860  # Gradio's defaults
MAX_CONNECTIONS = 4_000  # more are answered 503
MAX_HEAD = 16_384  # bytes of a request's head
KEEP_ALIVE = 5  # seconds for which a connection may idle
MAX_CALLS = 50  # of /classify that wait; of one that Gradio's client started, the answer is kept until it is fetched
MAX_SESSIONS = 250  # of Gradio's clients, whose state Gradio keeps, 38 kB each
# Gradio compresses files by their names, and the page has none. What has no type, as MNIST, is compressed already.
COMPRESSION = Middleware(
    GZipMiddleware,
    minimum_size=1_500,
    compresslevel=6,
    exclude_content_types=(*DEFAULT_EXCLUDED_CONTENT_TYPES, "application/octet-stream"),
)


class WithNoScript(Extension):
    """Gradio's HTML with a sentence for browsers without JavaScript: what `head` is given arrives by JavaScript."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """A template's source, before it is compiled."""
        return source.replace("<gradio-app", f"{NO_SCRIPT}<gradio-app", 1)


class Files(StaticFiles):
    """A folder of files. A browser asks each time whether it has the newest."""

    def file_response(self, *arguments: Any, **options: Any) -> Response:
        """A file, or 304 for a browser that has it."""
        response = super().file_response(*arguments, **options)
        response.headers["Cache-Control"] = "no-cache"
        return response


def launch_page(loaded: LoadedClassifier, settings: argparse.Namespace) -> int:
    """Serve the page until it is stopped; returns the exit status."""
    options = {"server_name": settings.host, "server_port": settings.port, "share": settings.share}
    try:
        page, local, public = serve(loaded, prevent_thread_lock=True, quiet=True, **options)
    except OSError as error:
        port = settings.port or FIRST_PORT
        problem = f"The page can't be served: {error}."
        if not all(can_bind(host, port) for host in {settings.host or LOCALHOST, LOCALHOST}):
            which = f"Port {port} is in use, or reserved" if settings.port else f"No port from {port} is free"
            problem = f"{which}: choose another with --port."
        print(problem, file=sys.stderr)
        return 1
    if os.environ.get("FORWARDED_ALLOW_IPS", "").strip() == "*":
        warning = "FORWARDED_ALLOW_IPS=* lets every visitor choose the address that is counted: name the proxy."
        print(warning, file=sys.stderr)
    print(f"Digit Sketchpad is open at {public or local} (Ctrl+C closes it).", flush=True)
    if settings.share and not public:
        print("There is no public link: Gradio's relay can't be reached.", flush=True)
    page.block_thread()
    return 0


def serve(loaded: LoadedClassifier, **options: Any) -> tuple[gr.Blocks, str, str | None]:
    """Serve the page for a classifier, with Gradio's options; returns it, its address and its public one.

    Raises:
        OSError: if the port can't be used, or the page's files can't be written.
    """
    is_space = os.environ.get("SYSTEM") == "spaces"
    ancestors = os.environ.get("DIGITS_FRAME_ANCESTORS") or (SPACE_ANCESTORS if is_space else "'self'")
    temporary = Path(tempfile.mkdtemp(prefix="sketchpad-"))
    atexit.register(shutil.rmtree, temporary, ignore_errors=True)
    os.environ.setdefault("GRADIO_TEMP_DIR", str(temporary / "gradio"))  # the usual one may be another user's
    write_site(loaded, temporary / FOLDER)
    templates.env.add_extension(WithNoScript)
    page = build_page(loaded.classifier).queue(max_size=MAX_CALLS)
    _, local, public = page.launch(
        head=head(),
        favicon_path=ASSETS / "site" / "icon.png",
        footer_links=["api", "gradio"],
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        max_file_size=MAX_FILE_BYTES,
        state_session_capacity=MAX_SESSIONS,
        root_path=os.environ.get("GRADIO_ROOT_PATH", "").rstrip("/"),
        app_kwargs={
            "routes": [
                *routes(loaded.classifier, load_baseline().classifier),
                Mount(f"/{FOLDER}", Files(directory=temporary / FOLDER)),
            ],
            "middleware": [COMPRESSION],
            "lifespan": outermost(Middleware(RequestLimits, ancestors=ancestors, is_space=is_space)),
        },
        **options,
    )
    limit_connections(page.server.config)
    return page, local, public


def limit_connections(config: Config) -> None:
    """Have a web server make its connections, from now on, with these limits."""
    config.http_protocol_class = H11Protocol  # the other one has no limit for a head
    config.limit_concurrency = MAX_CONNECTIONS
    config.h11_max_incomplete_event_size = MAX_HEAD
    config.timeout_keep_alive = KEEP_ALIVE
