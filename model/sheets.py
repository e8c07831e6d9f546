"""Contact sheets: many small pictures on one, to look at."""

from collections.abc import Sequence

import torch
from PIL import Image, ImageDraw
from torch import Tensor

from model.framing import SIDE
from model.styles import load_styles, write_styles

ZOOM = 2
CELL = SIDE * ZOOM + 2  # pixels of the sheet
CAPTION = 12  # pixels under a row of captioned pictures
TITLE = 230  # pixels to the left of a row


def sheet(rows: Sequence[tuple[str, Tensor, Sequence[str]]]) -> Image.Image:
    """Rows of pictures, ink dark on white.

    Args:
        rows: of a title, pictures (N, 28, 28), uint8, and a caption for each of them, or none at all.
    """
    heights = [CELL + (CAPTION if captions else 0) for _, _, captions in rows]
    width = TITLE + CELL * max((len(pictures) for _, pictures, _ in rows), default=0)
    image = Image.new("L", (width, max(sum(heights), 1)), 255)
    pen = ImageDraw.Draw(image)
    top = 0
    for (title, pictures, captions), height in zip(rows, heights, strict=True):
        pen.text((4, top + CELL // 3), title, fill=0)
        for column, picture in enumerate(pictures):
            left = TITLE + CELL * column
            small = Image.fromarray(255 - picture.numpy())
            image.paste(small.resize((SIDE * ZOOM, SIDE * ZOOM), Image.Resampling.NEAREST), (left, top))
            if captions:
                pen.text((left + CELL // 3, top + CELL - 3), captions[column], fill=0)
        pen.line([(0, top + height - 1), (width, top + height - 1)], fill=200)
        top += height
    return image


def styles_sheet(columns: int = 24, seed: int = 0) -> Image.Image:
    """Every style in a row of its own, written as it is trained on."""
    rows = []
    for style in load_styles():
        pictures, _ = write_styles([style], columns, seed)
        rows.append((style.name, pictures, ()))
    return sheet(rows)


def misread_sheet(pictures: Tensor, labels: Tensor, answers: Tensor, columns: int = 24, most: int = 96) -> Image.Image:
    """What was misread, up to `most` of each digit, in the order of what it was read as, which stands beneath."""
    rows = []
    for digit in range(10):
        (places,) = torch.where(labels == digit)
        shown = places[torch.linspace(0, len(places) - 1, min(len(places), most)).round().long()]
        shown = shown[answers[shown].argsort(stable=True)]
        for start in range(0, len(shown), columns):
            part = shown[start : start + columns]
            title = f"{digit}: {len(places)} misread" if start == 0 else ""
            rows.append((title, pictures[part], [str(answer) for answer in answers[part].tolist()]))
    return sheet(rows)
