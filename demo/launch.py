"""Serving the page with Gradio, and one clear line if that is not possible."""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

import gradio as gr
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from demo.assets import head
from demo.components import DeferredComponent, components
from demo.page import build_page
from demo.server.connections import limit_connections, open_connections
from demo.server.endpoints import endpoints
from demo.server.gradio_internals import outermost
from demo.server.headers import SPACE_ANCESTORS
from demo.server.limits import RequestLimits
from demo.server.log import FORMATS, take_over_logs
from demo.server.modules import modules_route
from demo.server.routes import Kind
from demo.services import create_services
from demo.settings import can_bind
from model.data.images import MAX_FILE_BYTES
from model.paths import ASSETS
from model.pipeline import LoadedClassifier

LOCALHOST, FIRST_PORT = "127.0.0.1", 7860  # Gradio's defaults
# Gradio keeps the components' state of so many sessions, 38 kB each. This page does not need it, but beyond that number
# a session's state is made anew for every request. Only who trains or asks the API has a session.
MAX_SESSIONS = 250
# Gradio compresses its own files, but neither the page nor its modules.
COMPRESSION = Middleware(GZipMiddleware, minimum_size=1_500, compresslevel=6)


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
    page = build_page(services).queue(max_size=None)  # demo/server/turns.py limits the calls, by address
    plain = endpoints(services, {"open_connections": open_connections})
    if not has_metrics:
        del plain[Kind.METRICS]
    limits = Middleware(RequestLimits, plain=plain, ancestors=ancestors, is_space=is_space)
    _, local, public = page.launch(
        head=head(part.module for part in components(page) if not isinstance(part, DeferredComponent)),
        favicon_path=ASSETS / "site" / "icon.png",
        footer_links=["api", "gradio"],
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        max_file_size=MAX_FILE_BYTES,
        state_session_capacity=MAX_SESSIONS,
        root_path=os.environ.get("GRADIO_ROOT_PATH", "").rstrip("/"),
        app_kwargs={
            "routes": [modules_route()],
            "middleware": [COMPRESSION],
            "lifespan": outermost(limits),
        },
        **options,
    )
    limit_connections(page.server.config)
    return page, local, public
