"""Digit Sketchpad: settings, classifier, page, launch."""

import sys

from demo import zerogpu
from demo.process import (
    bypass_proxy,
    give_freed_memory_back,
    prepare_output,
    raise_open_file_limit,
)


def main() -> int:
    """Run the whole product; returns the exit status."""
    prepare_output()
    give_freed_memory_back()
    raise_open_file_limit()
    try:
        # Imported step by step: PyTorch and Gradio take seconds, for which neither --help nor the training should wait,
        # and Ctrl+C may come during them.
        from demo.settings import parse_settings

        settings = parse_settings()
        bypass_proxy(settings.host)
        train = zerogpu.prepare()  # before PyTorch is imported

        from model import runtime
        from model.pipeline import load_or_train

        runtime.configure()
        loaded = load_or_train(settings.checkpoint, settings.data, settings.recipe, settings.retrain, train=train)

        from demo.launch import launch_page

        return launch_page(loaded, settings)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
