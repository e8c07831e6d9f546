"""The command line: python -m model train | evaluate | classify."""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from model import checkpoint
from model.checkpoint import CheckpointError
from model.classifier import Classifier, Reading
from model.evaluation import evaluate
from model.files import try_writing
from model.images import ImageError, load_image, load_stack
from model.mnist import MNISTError, load_mnist
from model.opening import DEFAULT_RECIPE, PRETRAINED, train_classifier
from model.settings import add_model_flags
from model.training import DivergedError


def main() -> int:
    """Run the command that was typed; returns the exit status."""
    arguments = _parser().parse_args()
    try:
        status = arguments.command(arguments)
        sys.stdout.flush()
        return status
    except (MNISTError, DivergedError, CheckpointError) as error:
        print(error, file=sys.stderr)
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what Python flushes at its end
    except OSError as error:
        print(f"{error.filename or 'A file'}: {error.strerror or error}.", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nStopped; nothing was changed.", file=sys.stderr)
        return 130
    return 1


def _train(arguments: argparse.Namespace) -> int:
    """Train, save, and end with the test accuracy in percent."""
    try:
        try_writing(arguments.checkpoint)
    except OSError as error:
        _say(f"Nothing was trained: {arguments.checkpoint} can't be written ({error.strerror}).")
        return 1
    classifier = train_classifier(load_mnist(arguments.data, _say), arguments.recipe or DEFAULT_RECIPE, _say)
    checkpoint.save(classifier, arguments.checkpoint)
    _say(f"Saved {arguments.checkpoint}.")
    print(f"Test accuracy: {classifier.test_accuracy:.2%}")
    return 0


def _evaluate(arguments: argparse.Namespace) -> int:
    """Measure a checkpoint on MNIST's test set."""
    result = evaluate(_classifier(arguments), load_mnist(arguments.data, _say))
    print(
        json.dumps(result) if arguments.json else f"Test accuracy: {result['test_accuracy']:.2%} ({result['recipe']})"
    )
    return 0


def _classify(arguments: argparse.Namespace) -> int:
    """Read pictures and stacks; one JSON object a line, in the order asked for."""
    classifier, failed = _classifier(arguments), False
    for path in arguments.files:
        try:
            for source, reading in _readings(classifier, path):
                print(json.dumps({"source": source, **reading.as_dict()}))
        except ImageError as error:
            failed = True
            print(f"{path}: {error}", file=sys.stderr)
    return int(failed)


def _readings(classifier: Classifier, path: Path) -> Iterator[tuple[str, Reading]]:
    if path.suffix.lower() != ".npy":
        yield str(path), classifier.read(load_image(path))[0]
        return
    index = 0
    for ink in load_stack(path):
        for reading in classifier.read(ink):
            yield f"{path}[{index}]", reading
            index += 1


def _classifier(arguments: argparse.Namespace) -> Classifier:
    """The checkpoint's classifier; where there is none, the one that came along, and a word about it."""
    try:
        return checkpoint.load(arguments.checkpoint)
    except FileNotFoundError:
        _say(
            f"There is no {arguments.checkpoint} yet (python -m model train makes it): {PRETRAINED.name} reads instead."
        )
        return checkpoint.load(PRETRAINED)
    except CheckpointError as error:
        raise CheckpointError(f"{arguments.checkpoint} can't be used: {error}.") from error


def _say(sentence: str) -> None:
    """Tell the user something beside the result, which alone goes to standard output."""
    print(sentence, file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m model", description="Train, measure and use the digit network.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, command in (("train", _train), ("evaluate", _evaluate), ("classify", _classify)):
        subparser = commands.add_parser(name, help=command.__doc__, description=command.__doc__)
        subparser.set_defaults(command=command)
        add_model_flags(subparser)
        if name == "evaluate":
            subparser.add_argument("--json", action="store_true", help="print the result as one JSON object")
        if name == "classify":
            subparser.add_argument(
                "files", nargs="+", type=Path, metavar="FILE", help="a picture, or an .npy stack (N, H, W) of uint8"
            )
    return parser


if __name__ == "__main__":
    sys.exit(main())
