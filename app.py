"""The front door: settings, network, page, launch."""

import sys

from demo import zerogpu  # first: before torch
from demo.process import allow_many_open_files, end_on_sigterm, give_freed_memory_back


def main() -> int:
    """Open the door; returns the exit status."""
    sys.stdout.reconfigure(line_buffering=True)  # a log has each sentence when it is said
    end_on_sigterm()
    give_freed_memory_back()
    allow_many_open_files()
    try:
        # Imported step by step: Gradio takes seconds, which nobody should wait for before the training begins, and
        # Ctrl+C may come during them.
        from demo.settings import parse_settings

        settings = parse_settings()

        from model.opening import open_classifier

        opened = open_classifier(
            settings.checkpoint, settings.data, settings.recipe, settings.retrain, training=zerogpu.train
        )

        from demo.launch import launch_page

        return launch_page(opened, settings)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
