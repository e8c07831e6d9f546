"""The command line: python -m demo export DIR."""

import argparse
import sys
from pathlib import Path

from demo.export import export
from model import checkpoint, runtime
from model.checkpoint import CheckpointError
from model.flags import add_checkpoint_flag
from model.paths import PRETRAINED
from model.pipeline import LoadedClassifier


def main() -> int:
    """Run the command that was typed; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m demo", description="The page without a server.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    purpose = "write the page as a static site"
    command = commands.add_parser("export", help=purpose, description=f"{purpose.capitalize()}.")
    command.add_argument("folder", type=Path, metavar="DIR", help="where to put its files")
    add_checkpoint_flag(command)
    arguments = parser.parse_args()
    runtime.configure()
    path = arguments.checkpoint
    try:
        if not path.exists():
            print(f"There is no {path} yet: the pretrained network is exported ({PRETRAINED.name}).", file=sys.stderr)
            path = PRETRAINED
        classifier = checkpoint.load(path)
        files = export(LoadedClassifier(classifier, f"Trained on {classifier.trained_on}"), arguments.folder)
        size = sum(file.stat().st_size for file in files) / 1000
        start = arguments.folder / "index.html"
        print(f"{arguments.folder} has the page in {len(files)} files, {size:,.0f} kB. Open {start}, or serve them.")
        sys.stdout.flush()
        return 0
    except CheckpointError as error:
        print(f"{path} can't be used: {error}.", file=sys.stderr)
    except BrokenPipeError:
        runtime.silence_stdout()
    except OSError as error:
        print(f"{error.filename or 'A file'}: {error.strerror or error}.", file=sys.stderr)
    return 1
