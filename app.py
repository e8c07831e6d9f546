"""The front door: settings, network, page, launch."""

import sys

import demo.zerogpu  # noqa: F401  (first: before torch)
from demo.launch import launch_page, parse_settings
from model.opening import open_classifier


def main() -> int:
    """Open the door; returns the exit status."""
    settings = parse_settings()
    opened = open_classifier(settings.checkpoint, settings.data, settings.recipe, settings.retrain)
    return launch_page(opened, settings)


if __name__ == "__main__":
    sys.exit(main())
