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
from starlette.middleware import Middleware
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from demo.page import build_page
from demo.server.connections import limit_connections, open_connections
from demo.server.endpoints import endpoints
from demo.server.gradio_internals import outermost
from demo.server.headers import SPACE_ANCESTORS
from demo.server.limits import RequestLimits
from demo.server.log import FORMATS, take_over_logs
from demo.server.routes import Kind
from demo.services import create_services
from demo.settings import can_bind
from demo.site import FOLDER, head, write_site
from model.data.images import MAX_FILE_BYTES
from model.paths import ASSETS
from model.pipeline import LoadedClassifier

LOCALHOST, FIRST_PORT = "127.0.0.1", 7860  # Gradio's defaults
# Gradio keeps the components' state of so many sessions, 38 kB each. This page does not need it, but beyond that number
# a session's state is made anew for every request. Only who trains or asks the API has a session.
MAX_SESSIONS = 250
# Gradio compresses files by their names, and the page has none. What has no type, as MNIST, is compressed already.
COMPRESSION = Middleware(
    GZipMiddleware,
    minimum_size=1_500,
    compresslevel=6,
    exclude_content_types=(*DEFAULT_EXCLUDED_CONTENT_TYPES, "application/octet-stream"),
)


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
        page, local, public = serve(
            loaded, settings.data, settings.metrics, settings.log, prevent_thread_lock=True, quiet=True, **options
        )
    except OSError:
        port = settings.port or FIRST_PORT
        if all(can_bind(host, port) for host in {settings.host or LOCALHOST, LOCALHOST}):
            raise
        which = (
            f"Port {settings.port} is in use, or reserved" if settings.port else f"No port from {FIRST_PORT} is free"
        )
        print(f"{which}: choose another with --port.", file=sys.stderr)
        return 1
    if os.environ.get("FORWARDED_ALLOW_IPS", "").strip() == "*":
        print(
            "FORWARDED_ALLOW_IPS=* lets every visitor choose the address that is counted: name the proxy.",
            file=sys.stderr,
        )
    print(f"Digit Sketchpad is open at {public or local} (Ctrl+C closes it).", flush=True)
    if settings.share and not public:
        print("There is no public link: Gradio's relay can't be reached.", flush=True)
    page.block_thread()
    return 0


def serve(
    loaded: LoadedClassifier,
    data: Path | None = None,
    has_metrics: bool = False,
    log_format: str = FORMATS[0],
    **options: Any,
) -> tuple[gr.Blocks, str, str | None]:
    """Serve the page; returns it, its address and its public one.

    Args:
        loaded: the classifier that predicts.
        data: folder to look for MNIST in, when a visitor trains.
        has_metrics: whether /metrics is open, to this machine.
        log_format: "text" or "json".
        options: of Gradio's `launch`.
    """
    take_over_logs(log_format)
    is_space = os.environ.get("SYSTEM") == "spaces"
    ancestors = os.environ.get("DIGITS_FRAME_ANCESTORS") or (SPACE_ANCESTORS if is_space else "'self'")
    services = create_services(loaded, data)
    folder = Path(tempfile.mkdtemp(prefix="sketchpad-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    write_site(loaded, folder)
    page = build_page(services).queue(max_size=None)  # demo/server/turns.py limits the calls, by address
    plain = endpoints(services, {"open_connections": open_connections})
    if not has_metrics:
        del plain[Kind.METRICS]
    limits = Middleware(RequestLimits, plain=plain, ancestors=ancestors, is_space=is_space)
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
            "routes": [Mount(f"/{FOLDER}", Files(directory=folder))],
            "middleware": [COMPRESSION],
            "lifespan": outermost(limits),
        },
        **options,
    )
    limit_connections(page.server.config)
    return page, local, public
