"""Opening the door: the server's settings, and one clear line where it can't be opened."""

import argparse
import sys
from typing import Any

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
    try:
        serve(opened, server_name=settings.host, server_port=settings.port, share=settings.share)
    except OSError as error:
        if "empty port" not in str(error):
            raise
        print(f"Port {settings.port} is in use: choose another with --port, or leave it out.", file=sys.stderr)
        return 1
    return 0


def serve(opened: Opened, **options: Any) -> tuple[Any, str, str]:
    """Serve the page, with any options of Gradio's `launch`; returns what that does: app, address, public address."""
    return build_page(opened).launch(
        head=head(),
        favicon_path=ASSETS / "icon.png",
        footer_links=["api", "gradio"],
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        max_file_size=LARGEST_FILE,
        **options,
    )


def _port(text: str) -> int:
    port = int(text)
    if not 1 <= port <= 65_535:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535.")
    return port
