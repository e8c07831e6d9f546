"""Opening the door: how Gradio serves the page, and one clear line where it can't."""

import argparse
import sys
from typing import Any

from demo.assets import ASSETS, head
from demo.page import build_page
from model.images import LARGEST_FILE
from model.opening import Opened


def launch_page(opened: Opened, settings: argparse.Namespace) -> int:
    """Serve the page until it is stopped; returns the exit status."""
    try:
        build_page(opened).launch(
            server_name=settings.host, server_port=settings.port, share=settings.share, **launch_options()
        )
    except OSError as error:
        if "empty port" not in str(error):
            raise
        which = f"Port {settings.port} is in use, or reserved" if settings.port else "No port from 7860 on is free"
        print(f"{which}: choose another with --port.", file=sys.stderr)
        return 1
    return 0


def launch_options() -> dict[str, Any]:
    """How Gradio serves the page, wherever it does."""
    return {
        "head": head(),
        "favicon_path": ASSETS / "icon.png",
        "footer_links": ["api", "gradio"],
        "run_history": False,
        "enable_monitoring": False,
        "ssr_mode": False,
        "max_file_size": LARGEST_FILE,
    }
