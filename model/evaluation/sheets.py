"""Contact sheets: many small images on one, to look at."""

from collections.abc import Sequence

import torch
from PIL import Image, ImageDraw
from torch import Tensor

from model.classifier import Classifier
from model.data.styles import load_styles, write_styles
from model.evaluation.datasets import DataSet
from model.evaluation.metrics import predicted_digits
from model.network import DIGITS
from model.preprocessing import SIDE

ZOOM = 2
CELL = SIDE * ZOOM + 2  # pixels of the sheet
CAPTION = 12  # pixels under a row of captioned images
TITLE = 230  # pixels to the left of a row
COLUMNS = 24
MOST = 96  # mistakes of each digit


def sheet(rows: Sequence[tuple[str, Tensor, Sequence[str]]]) -> Image.Image:
    """Rows of images, ink dark on white.

    Args:
        rows: of a title, images (N, 28, 28), uint8, and a caption for each of them, or no captions at all.
    """
    heights = [CELL + (CAPTION if captions else 0) for _, _, captions in rows]
    width = TITLE + CELL * max((len(images) for _, images, _ in rows), default=0)
    whole = Image.new("L", (width, max(sum(heights), 1)), 255)
    pen = ImageDraw.Draw(whole)
    top = 0
    for (title, images, captions), height in zip(rows, heights, strict=True):
        pen.text((4, top + CELL // 3), title, fill=0)
        for column, image in enumerate(images):
            left = TITLE + CELL * column
            small = Image.fromarray(255 - image.numpy())
            whole.paste(small.resize((SIDE * ZOOM, SIDE * ZOOM), Image.Resampling.NEAREST), (left, top))
            if captions:
                pen.text((left + CELL // 3, top + CELL - 3), captions[column], fill=0)
        pen.line([(0, top + height - 1), (width, top + height - 1)], fill=200)
        top += height
    return whole


def styles_sheet() -> Image.Image:
    """Every style in a row of its own, written as it is trained on."""
    return sheet([(style.name, write_styles([style], COLUMNS)[0], ()) for style in load_styles()])


def mistakes_sheet(classifier: Classifier, data_set: DataSet) -> Image.Image:
    """What a classifier gets wrong, up to `MOST` of each digit, sorted by the predicted digit, which is the caption."""
    predicted = predicted_digits(classifier.logits(data_set.images))
    rows = []
    for digit in range(DIGITS):
        (wrong,) = torch.where((data_set.labels == digit) & (predicted != digit))
        shown = wrong[torch.linspace(0, len(wrong) - 1, min(len(wrong), MOST)).round().long()]
        shown = shown[predicted[shown].argsort(stable=True)]
        for start in range(0, len(shown), COLUMNS):
            part = shown[start : start + COLUMNS]
            title = f"{digit}: {len(wrong)} wrong" if start == 0 else ""
            rows.append((title, data_set.images[part], [str(digit) for digit in predicted[part].tolist()]))
    return sheet(rows)
