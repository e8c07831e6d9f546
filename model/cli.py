"""The command line: python -m model train | evaluate | classify | export."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from model import checkpoint, runtime
from model.checkpoint import CheckpointError
from model.classifier import Classifier, Prediction
from model.data.images import ImageError, load_image, load_stack
from model.data.mnist import MNISTError, load_mnist
from model.evaluation.drawings import validation_digits, validation_negatives
from model.evaluation.report import evaluate, table
from model.files import check_writable
from model.flags import add_model_flags
from model.onnx import OnnxError, export_onnx
from model.paths import PRETRAINED
from model.pipeline import train_classifier
from model.training.loop import DivergedError
from model.training.recipe import DEFAULT_RECIPE


def main() -> int:
    """Run the command that was typed; returns the exit status."""
    arguments = _parser().parse_args()
    runtime.configure()
    try:
        status: int = arguments.command(arguments)
        sys.stdout.flush()
        return status
    except (MNISTError, DivergedError, CheckpointError, OnnxError, ImageError) as error:
        _say(str(error))
    except BrokenPipeError:
        runtime.silence_stdout()
    except OSError as error:
        _say(f"{error.filename or 'A file'}: {error.strerror or error}.")
    except KeyboardInterrupt:
        _say("\nStopped; nothing was changed.")
        return 130
    return 1


def _train(arguments: argparse.Namespace) -> int:
    """Train a network, save it, and print the test accuracy in percent."""
    try:
        check_writable(arguments.checkpoint)
    except OSError as error:
        _say(f"Nothing was trained: {arguments.checkpoint} can't be written ({error.strerror}).")
        return 1
    classifier = train_classifier(load_mnist(arguments.data, _say), arguments.recipe or DEFAULT_RECIPE, _say)
    checkpoint.save(classifier, arguments.checkpoint)
    _say(f"Saved {arguments.checkpoint}.")
    print(f"Test accuracy: {classifier.test_accuracy:.2%}")
    return 0


def _evaluate(arguments: argparse.Namespace) -> int:
    """Measure a checkpoint on MNIST's test digits, and on pen strokes by people on whose writing nothing is trained."""
    classifiers = [_classifier(arguments), *(_load(path) for path in arguments.compare)]
    mnist = load_mnist(arguments.data, _say)
    digits = {"MNIST test set": (mnist.test_images, mnist.test_labels), **validation_digits()}
    negatives = validation_negatives()
    results = [evaluate(classifier, digits, negatives) for classifier in classifiers]
    print(json.dumps({**results[0], "compared": results[1:]}) if arguments.json else table(results))
    return 0


def _classify(arguments: argparse.Namespace) -> int:
    """Classify images and stacks; prints one JSON object a line, in the order given."""
    classifier = _classifier(arguments)
    failed = False
    for path in arguments.files:
        try:
            for source, prediction in _predictions(classifier, path):
                print(json.dumps({"source": source, **prediction.as_dict()}))
        except ImageError as error:
            failed = True
            _say(str(error))
    return int(failed)


def _export(arguments: argparse.Namespace) -> int:
    """Write a checkpoint's network for other runtimes."""
    export_onnx(_classifier(arguments), arguments.onnx)
    print(arguments.onnx)
    return 0


def _predictions(classifier: Classifier, path: Path) -> Iterator[tuple[str, Prediction]]:
    """Each drawing of a file: where it is, and the prediction for it; an ImageError names the file."""
    try:
        if path.suffix.lower() == ".npy":
            predictions = (prediction for ink in load_stack(path) for prediction in classifier.predict(ink))
            for index, prediction in enumerate(predictions):
                yield f"{path}[{index}]", prediction
        else:
            yield str(path), classifier.predict(load_image(path))[0]
    except ImageError as error:
        raise ImageError(f"{path}: {error}") from None


def _classifier(arguments: argparse.Namespace) -> Classifier:
    """The checkpoint's classifier; if there is no checkpoint, the pretrained one, and a sentence about it."""
    try:
        return _load(arguments.checkpoint)
    except FileNotFoundError:
        hint = "(python -m model train makes it)"
        _say(f"There is no {arguments.checkpoint} yet {hint}; using the pretrained network, {PRETRAINED.name}.")
        return _load(PRETRAINED)


def _load(path: Path) -> Classifier:
    try:
        return checkpoint.load(path)
    except CheckpointError as error:
        raise CheckpointError(f"{path} can't be used: {error}.") from error


def _say(sentence: str) -> None:
    """Tell the user something besides the result, which alone goes to standard output."""
    print(sentence, file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m model", description="Train, measure and use the digit network.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        subparser = commands.add_parser(name, help=command.__doc__, description=command.__doc__)
        subparser.set_defaults(command=command)
        add_model_flags(subparser)
        return subparser

    add("train", _train)

    evaluate = add("evaluate", _evaluate)
    evaluate.add_argument("--json", action="store_true", help="print the result as one JSON object")
    help = "another checkpoint to measure beside it; may be given several times"
    evaluate.add_argument("--compare", action="append", default=[], type=Path, metavar="FILE", help=help)

    classify = add("classify", _classify)
    help = "an image, or an .npy stack (N, H, W) of uint8"
    classify.add_argument("files", nargs="+", type=Path, metavar="FILE", help=help)
    help = "the ONNX file to write; it normalizes its input"
    add("export", _export).add_argument("--onnx", required=True, type=Path, metavar="FILE", help=help)
    return parser
