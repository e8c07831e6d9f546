"""The command line: python -m model train | evaluate | classify | sheets | export."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from model import checkpoint
from model.checkpoint import CheckpointError
from model.classifier import Classifier, Reading
from model.evaluation import EXACT, collect, evaluate, misread, table
from model.files import try_writing
from model.images import ImageError, load_image, load_stack
from model.labels import LabelsError, load_labels
from model.mnist import MNISTError, load_mnist
from model.onnx import OnnxError, export_onnx
from model.opening import DEFAULT_RECIPE, PRETRAINED, train_classifier
from model.pen import Stroke
from model.refusal import LETTERS, collect_others, evaluate_guard, load_letters
from model.settings import add_model_flags, add_shared_flag
from model.sheets import misread_sheet, styles_sheet
from model.terminal import stop_printing
from model.training import DivergedError
from model.unipen import WRITTEN, Writing, load_writings


def main() -> int:
    """Run the command that was typed; returns the exit status."""
    arguments = _parser().parse_args()
    try:
        status = arguments.command(arguments)
        sys.stdout.flush()
        return status
    except (MNISTError, DivergedError, CheckpointError, OnnxError) as error:
        print(error, file=sys.stderr)
    except BrokenPipeError:
        stop_printing()
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
    """Measure a checkpoint on MNIST, on MNIST through the canvas, and on pen strokes."""
    classifiers = [_classifier(arguments), *(_load(path) for path in arguments.compare)]
    drawings = collect(load_mnist(arguments.data, _say), _writings(arguments))
    digits, others = (
        drawings.get("pen_strokes", drawings["canvas"]).pictures[EXACT],
        collect_others(_letters(arguments)),
    )
    results = [
        {**evaluate(classifier, drawings), "guard": evaluate_guard(classifier, digits, others)}
        for classifier in classifiers
    ]
    if not arguments.json:
        print(table(results))
        return 0
    print(json.dumps({**results[0], "compared": results[1:]}))
    return 0


def _sheets(arguments: argparse.Namespace) -> int:
    """Make contact sheets: the styles as they are trained on, and what a checkpoint misreads, by digit."""
    classifier = _classifier(arguments)
    drawings = collect(load_mnist(arguments.data, _say), _writings(arguments))
    sheets = {"styles": styles_sheet()}
    sheets |= {f"misread-{name}": misread_sheet(*misread(classifier, some)) for name, some in drawings.items()}
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for name, sheet in sheets.items():
        path = arguments.folder / f"{name}.png"
        sheet.save(path)
        print(path)
    return 0


def _classify(arguments: argparse.Namespace) -> int:
    """Read pictures and stacks; one JSON object a line, in the order asked for."""
    if arguments.labels:
        return _score(arguments)
    classifier, failed = _classifier(arguments), False
    for path in arguments.files:
        try:
            for source, reading in _readings(classifier, path):
                print(json.dumps({"source": source, **reading.as_dict()}))
        except ImageError as error:
            failed = True
            _say(f"{path}: {error}")
    return int(failed)


def _score(arguments: argparse.Namespace) -> int:
    """The same where it is known what the drawings are: each line has its label, and the score comes at the end."""
    classifier = _classifier(arguments)
    read = []
    for path in arguments.files:
        try:
            read += _readings(classifier, path)
        except ImageError as error:
            _say(f"{path}: {error}")
            return 1
    try:
        labels = load_labels(arguments.labels, len(read))
    except LabelsError as error:
        _say(f"{arguments.labels}: {error}")
        return 1
    for label, (source, reading) in zip(labels, read, strict=True):
        print(json.dumps({"source": source, "label": label, **reading.as_dict()}))
    right = sum(reading.digit == label for label, (_, reading) in zip(labels, read, strict=True))
    _say(f"Read correctly: {right:,} of {len(labels):,}" + (f" ({right / len(labels):.1%})." if labels else "."))
    return 0


def _export(arguments: argparse.Namespace) -> int:
    """Write a checkpoint's network for other runtimes."""
    export_onnx(_classifier(arguments), arguments.onnx)
    print(arguments.onnx)
    return 0


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
        return _load(arguments.checkpoint)
    except FileNotFoundError:
        _say(
            f"There is no {arguments.checkpoint} yet (python -m model train makes it): {PRETRAINED.name} reads instead."
        )
        return _load(PRETRAINED)


def _load(path: Path) -> Classifier:
    try:
        return checkpoint.load(path)
    except CheckpointError as error:
        raise CheckpointError(f"{path} can't be used: {error}.") from error


def _writings(arguments: argparse.Namespace) -> list[Writing] | None:
    """The pen strokes to measure on; where there are none, a word about it."""
    path = arguments.shared / WRITTEN
    if path.is_file():
        return load_writings(path)
    _say(f"There is no {path}: pen strokes are not measured.")
    return None


def _letters(arguments: argparse.Namespace) -> list[list[Stroke]] | None:
    path = arguments.shared / LETTERS
    return load_letters(path) if path.is_file() else None


def _say(sentence: str) -> None:
    """Tell the user something beside the result, which alone goes to standard output."""
    print(sentence, file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m model", description="Train, measure and use the digit network.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, command in (
        ("train", _train),
        ("evaluate", _evaluate),
        ("classify", _classify),
        ("sheets", _sheets),
        ("export", _export),
    ):
        subparser = commands.add_parser(name, help=command.__doc__, description=command.__doc__)
        subparser.set_defaults(command=command)
        add_model_flags(subparser)
        if name in ("evaluate", "sheets"):
            add_shared_flag(subparser)
        if name == "evaluate":
            subparser.add_argument("--json", action="store_true", help="print the result as one JSON object")
            subparser.add_argument(
                "--compare",
                action="append",
                default=[],
                type=Path,
                metavar="FILE",
                help="another checkpoint to measure beside it, such as the chapter's; may be given several times",
            )
        if name == "sheets":
            subparser.add_argument("folder", type=Path, metavar="DIR", help="where to put the pictures")
        if name == "export":
            subparser.add_argument(
                "--onnx",
                required=True,
                type=Path,
                metavar="FILE",
                help="the ONNX file to write; normalisation is inside",
            )
        if name == "classify":
            subparser.add_argument(
                "files", nargs="+", type=Path, metavar="FILE", help="a picture, or an .npy stack (N, H, W) of uint8"
            )
            subparser.add_argument(
                "--labels",
                type=Path,
                metavar="FILE",
                help="a CSV that says what the drawings are: the header index,label, then a row for each, such as 0,7, "
                "counted from 0 in the order given. Each line then has its label, and the score comes at the end",
            )
    return parser


if __name__ == "__main__":
    sys.exit(main())
