"""Opening the door: the page as Gradio serves it, and one clear line where it can't be opened."""

import argparse
import sys
from pathlib import Path
from typing import Any

import gradio as gr
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from demo.assets import ASSETS, head
from demo.door import Door
from demo.page import build_page
from model.images import LARGEST_FILE
from model.opening import Opened

# Of so many sessions, Gradio keeps what their components are, 38 kB each. This page has no need of it, but a session
# beyond them is made anew for every request.
MOST_SESSIONS = 1_000
# Gradio packs its own files, and not the page: 470 kB become 200 kB in 8 ms.
PACKED = Middleware(GZipMiddleware, minimum_size=10_000, compresslevel=4)
MOST_WAITING = 200  # calls of the API that have not been answered


def launch_page(opened: Opened, settings: argparse.Namespace) -> int:
    """Serve the page until it is stopped; returns the exit status."""
    options = {"server_name": settings.host, "server_port": settings.port, "share": settings.share}
    try:
        page, local, public = serve(opened, settings.data, prevent_thread_lock=True, quiet=True, **options)
    except OSError as error:
        if "empty port" not in str(error):
            raise
        which = f"Port {settings.port} is in use, or reserved" if settings.port else "No port from 7860 on is free"
        print(f"{which}: choose another with --port.", file=sys.stderr)
        return 1
    print(f"Digit Sketchpad is open at {public or local} (Ctrl+C closes it).", flush=True)
    if settings.share and not public:
        print("No public link could be had: Gradio's relay can't be reached.", flush=True)
    page.block_thread()
    return 0


def serve(opened: Opened, data: Path | None = None, **options: Any) -> tuple[gr.Blocks, str, str | None]:
    """Serve the page; returns it, its address and its public one.

    Args:
        opened: who reads.
        data: folder to look for MNIST in, when a visitor trains.
        options: of Gradio's `launch`.
    """
    page = build_page(opened, data).queue(max_size=MOST_WAITING)
    _, local, public = page.launch(
        head=head(),
        favicon_path=ASSETS / "icon.png",
        footer_links=["api", "gradio"],
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        max_file_size=LARGEST_FILE,
        state_session_capacity=MOST_SESSIONS,
        app_kwargs={"middleware": [Middleware(Door), PACKED]},
        **options,
    )
    return page, local, public
