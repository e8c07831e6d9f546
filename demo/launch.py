"""Opening the door: the server's settings, and one clear line where it can't be opened."""

import argparse
import sys
from typing import Any

import gradio as gr

from demo.assets import ASSETS, head
from demo.page import build_page
from model.images import LARGEST_FILE
from model.opening import Opened
from model.settings import add_flag, add_model_flags


def parse_settings(arguments: list[str] | None = None) -> argparse.Namespace:
    """The settings from the command line and the environment."""
    parser = argparse.ArgumentParser(
        description="Draw a digit in the browser and watch a small neural network read it. "
        "Trains the network at the first launch, and keeps it.",
        epilog="Each flag can be given as the environment variable in brackets instead.",
    )
    add_flag(parser, "host", "address to serve on; 0.0.0.0 lets other machines in (default: this machine alone)")
    add_flag(parser, "port", "port to serve on (default: the first free one from 7860)", type=_port)
    add_model_flags(parser)
    add_flag(parser, "retrain", "train anew even though there is a checkpoint", action="store_true")
    add_flag(parser, "share", "also open a public link through Gradio's relay, for a week", action="store_true")
    return parser.parse_args(arguments)


def launch_page(opened: Opened, settings: argparse.Namespace) -> int:
    """Serve the page until it is stopped; returns the exit status."""
    options = {"server_name": settings.host, "server_port": settings.port, "share": settings.share}
    try:
        page, local, public = serve(opened, prevent_thread_lock=True, quiet=True, **options)
    except OSError as error:
        if "empty port" not in str(error):
            raise
        print(f"Port {settings.port} is in use: choose another with --port, or leave it out.", file=sys.stderr)
        return 1
    print(f"Digit Sketchpad is open at {public or local} (Ctrl+C closes it).", flush=True)
    if settings.share and not public:
        print("No public link could be had: Gradio's relay can't be reached.", flush=True)
    page.block_thread()
    return 0


def serve(opened: Opened, **options: Any) -> tuple[gr.Blocks, str, str | None]:
    """Serve the page, with any options of Gradio's `launch`; returns the page, its address and its public one."""
    page = build_page(opened)
    _, local, public = page.launch(
        head=head(),
        favicon_path=ASSETS / "icon.png",
        footer_links=["api", "gradio"],
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        max_file_size=LARGEST_FILE,
        **options,
    )
    return page, local, public


def _port(text: str) -> int:
    port = int(text)
    if not 1 <= port <= 65_535:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535.")
    return port
