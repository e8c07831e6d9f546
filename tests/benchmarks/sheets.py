"""Contact sheets to look at: python -m tests.benchmarks.sheets DIR

The templates as they are trained on, and what a checkpoint misreads: of MNIST's test digits, and of photographs made
from pen strokes.
"""

import argparse
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw
from torch import Tensor

from model import checkpoint, runtime
from model.classifier import DIGIT, NOT_A_DIGIT, Classifier
from model.data.mnist import load_mnist
from model.data.strokes import TEMPLATES, draw, load_drawings
from model.network import DIGITS
from model.paths import PRETRAINED
from model.preprocessing import SIDE
from tests.benchmarks.canvas import WrittenDigit, written_digits
from tests.benchmarks.photographs import PER_WRITER, image_of, take_photographs

ZOOM = 2
GAP = 2  # pixels between images
CAPTION = 12  # pixels under a row of captioned images
TITLE = 230  # pixels to the left of a row
COLUMNS = 24
MOST = 96  # mistakes of each digit
PHOTOGRAPH_ZOOM, PHOTOGRAPH_COLUMNS = 4, 12


def sheet(rows: Sequence[tuple[str, Tensor, Sequence[str]]]) -> Image.Image:
    """Rows of images.

    Args:
        rows: of a title, images (N, H, W), uint8, as they are shown, and a caption for each of them, or no captions.
    """
    heights = [images.shape[1] + GAP + (CAPTION if captions else 0) for _, images, captions in rows]
    width = TITLE + max((len(images) * (images.shape[2] + GAP) for _, images, _ in rows), default=0)
    whole = Image.new("L", (width, max(sum(heights), 1)), 255)
    pen = ImageDraw.Draw(whole)
    top = 0
    for (title, images, captions), height in zip(rows, heights, strict=True):
        pen.text((4, top + SIDE * ZOOM // 3), title, fill=0)
        for column, image in enumerate(images):
            left = TITLE + (images.shape[2] + GAP) * column
            whole.paste(Image.fromarray(image.numpy()), (left, top))
            if captions:
                pen.text((left + images.shape[2] // 3, top + images.shape[1] - 1), captions[column], fill=0)
        pen.line([(0, top + height - 1), (width, top + height - 1)], fill=200)
        top += height
    return whole


def _shown(images: Tensor, zoom: int = ZOOM) -> Tensor:
    """Ink (N, H, W) dark on white, each of its pixels as a square."""
    return 255 - images.repeat_interleave(zoom, dim=1).repeat_interleave(zoom, dim=2)


def templates_sheet() -> Image.Image:
    """Every template in a row of its own, drawn as it is trained on."""
    drawings, generator = load_drawings(), torch.Generator().manual_seed(0)
    rows = (drawings.sources == TEMPLATES).nonzero().flatten().tolist()
    return sheet([(f"{row}", _shown(draw(drawings[torch.tensor([row] * COLUMNS)], generator)), ()) for row in rows])


def mistakes_sheet(classifier: Classifier, images: Tensor, labels: Tensor) -> Image.Image:
    """What a classifier gets wrong, up to `MOST` of each digit, sorted by the predicted digit, which is the caption."""
    predicted = classifier.logits(images).argmax(dim=1)
    rows = []
    for digit in range(DIGITS):
        (wrong,) = torch.where((labels == digit) & (predicted != digit))
        some = wrong[torch.linspace(0, len(wrong) - 1, min(len(wrong), MOST)).round().long()]
        some = some[predicted[some].argsort(stable=True)]
        for start in range(0, len(some), COLUMNS):
            part = some[start : start + COLUMNS]
            title = f"{digit}: {len(wrong)} wrong" if start == 0 else ""
            rows.append((title, _shown(images[part]), [str(digit) for digit in predicted[part].tolist()]))
    return sheet(rows)


def photographs_sheet(
    classifier: Classifier, written: Sequence[WrittenDigit], per_writer: int = PER_WRITER
) -> Image.Image:
    """Photographs made from pen strokes, above what was found in them: all misread ones of each kind, and some others.

    The caption is the label, then the prediction, and the verdict where it is not that this is a digit.
    """
    rows = []
    for kind, taken in take_photographs(written, per_writer):
        labels, contents = zip(*taken, strict=True)
        images = torch.cat([image_of(content) for content in contents])
        predictions = classifier.predict_images(images)
        pairs = list(zip(labels, predictions, strict=True))
        is_wrong = torch.tensor([p.digit != label or p.verdict == NOT_A_DIGIT for label, p in pairs])
        captions = [f"{label}: {p.digit} {p.verdict.removeprefix(DIGIT)}" for label, p in pairs]
        for title, is_shown, most in (("misread", is_wrong, len(pairs)), ("read", ~is_wrong, PHOTOGRAPH_COLUMNS)):
            (places,) = torch.where(is_shown)
            for part in places[:most].split(PHOTOGRAPH_COLUMNS):
                photographs = torch.stack([_photograph(contents[place]) for place in part.tolist()])
                pictures = torch.cat([photographs, _shown(images[part], PHOTOGRAPH_ZOOM)], dim=1)
                rows.append((f"{kind}: {len(places)} {title}", pictures, [captions[place] for place in part.tolist()]))
    return sheet(rows)


def _photograph(content: bytes) -> Tensor:
    """A photograph in the size of the images below it: (H, W), uint8."""
    size = (SIDE * PHOTOGRAPH_ZOOM, SIDE * PHOTOGRAPH_ZOOM)
    return torch.from_numpy(np.array(Image.open(io.BytesIO(content)).convert("L").resize(size, Image.Resampling.BOX)))


def main() -> None:
    """Write the sheets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--checkpoint", type=Path, default=PRETRAINED)
    arguments = parser.parse_args()
    runtime.configure()
    classifier, digits = checkpoint.load(arguments.checkpoint), load_mnist()
    sheets = {
        "templates": templates_sheet(),
        "mistakes": mistakes_sheet(classifier, digits.test_images, digits.test_labels),
        "photographs": photographs_sheet(classifier, written_digits()),
    }
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for name, image in sheets.items():
        image.save(arguments.folder / f"{name}.png")


if __name__ == "__main__":
    main()
