"""From picture files and arrays to ink: one grey array, 0 is paper, 255 the darkest ink.

Paper may be light or dark, white, tinted or transparent: whatever most of the border shows is paper, and how far a
pixel's colour lies from it is ink. Files are untrusted: their size is checked before they are decoded.
"""

import io
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

LARGEST_FILE = 2_000_000  # bytes
LARGEST_PICTURE = 4_000_000  # pixels
LONGEST_SIDE = 65_000  # pixels: as far as framing counts exactly, and without a spike of memory
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM", "AVIF")
FAINTEST = 1 / 8  # of the darkest ink: anything paler is paper's grain or the noise of compression
LOWEST_CONTRAST = 20  # of 255: a picture with less of it is blank paper

# Pillow reads a file's header first; a picture that announces more pixels than this is refused before it is decoded.
Image.MAX_IMAGE_PIXELS = LARGEST_PICTURE
warnings.filterwarnings("ignore", module="PIL")  # of damaged files; what can't be read is an error all the same
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)


class ImageError(ValueError):
    """A file that can't be read as a drawing; the message is one sentence that says why and what would do."""


def load_image(source: Path | bytes) -> Tensor:
    """Read a picture file (its path, or its bytes) as ink.

    Returns:
        (1, H, W), uint8.

    Raises:
        ImageError: where it is missing, too large, damaged or no picture.
    """
    try:
        image = Image.open(io.BytesIO(_read_file(source)), formats=_formats())
        if image.width * image.height > LARGEST_PICTURE:
            raise Image.DecompressionBombError
        if max(image.size) > LONGEST_SIDE:
            raise ImageError(f"The picture is more than {LONGEST_SIDE:,} pixels long; make it shorter.")
        pixels = _pixels(ImageOps.exif_transpose(image))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ImageError(f"The picture has more than {LARGEST_PICTURE / 1e6:g} megapixels; make it smaller.") from None
    except ImageError:
        raise
    except Exception:  # Pillow's decoders raise whatever a damaged file leads them to
        raise ImageError(
            "The file is damaged, or no picture; PNG, JPEG, GIF, BMP, WebP and TIFF can be read."
        ) from None
    return ink_of(pixels[None])


def load_stack(path: Path, batch: int = 256) -> Iterator[Tensor]:
    """Read an .npy stack of grey drawings (N, H, W), uint8, as batches of ink (up to `batch`, H, W), uint8.

    Raises:
        ImageError: where it is missing, damaged, or of another shape or type.
    """
    try:
        stack = np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError:
        raise ImageError("There is no such file.") from None
    except OSError as error:
        raise ImageError(f"The file can't be opened ({error.strerror or 'damaged'}).") from None
    except Exception:  # numpy's parsers raise whatever a damaged header leads them to
        raise ImageError("The file is damaged, or no .npy array.") from None
    if not isinstance(stack, np.ndarray) or stack.dtype != np.uint8 or stack.ndim != 3:
        raise ImageError("An .npy file must hold drawings as an array (N, H, W) of uint8.")
    if 0 in stack.shape[1:] or stack.shape[1] * stack.shape[2] > LARGEST_PICTURE:
        raise ImageError(f"Each drawing must have 1 to {LARGEST_PICTURE:,} pixels.")
    if max(stack.shape[1:]) > LONGEST_SIDE:
        raise ImageError(f"No drawing may be more than {LONGEST_SIDE:,} pixels long.")
    batch = max(1, min(batch, 4 * LARGEST_PICTURE // max(stack.shape[1:]) ** 2))
    for start in range(0, len(stack), batch):
        yield ink_of(np.array(stack[start : start + batch])[..., None])


def ink_of(pixels: np.ndarray) -> Tensor:
    """Tell ink from paper.

    Args:
        pixels: (N, H, W, C), uint8: C is 1 for grey, 3 for colour, 4 for colour and opacity.

    Returns:
        (N, H, W), uint8.
    """
    border = np.concatenate([pixels[:, 0], pixels[:, -1], pixels[:, 1:-1, 0], pixels[:, 1:-1, -1]], axis=1)
    paper = np.median(border, axis=1).astype(np.int16)  # (N, C)
    colours = min(pixels.shape[3], 3)
    ink = np.zeros(pixels.shape[:3], np.uint8)
    for channel in range(colours):
        difference = np.abs(pixels[..., channel] - paper[:, None, None, channel])
        np.maximum(ink, difference.astype(np.uint8), out=ink)
    if pixels.shape[3] == 4:
        alpha = pixels[..., 3]
        clear = paper[:, 3] < 128  # paper one can see through: what is opaque is ink, whatever its colour
        ink = np.where(clear[:, None, None], alpha, ink * (alpha / 255)).astype(np.uint8)
    darkest = ink.max(axis=(1, 2), keepdims=True)
    ink[(ink < darkest * FAINTEST) | (darkest < LOWEST_CONTRAST)] = 0
    return torch.from_numpy(ink)


def _read_file(source: Path | bytes) -> bytes:
    if isinstance(source, Path):
        try:
            with source.open("rb") as file:
                source = file.read(LARGEST_FILE + 1)
        except FileNotFoundError:
            raise ImageError("There is no such file.") from None
        except OSError as error:
            raise ImageError(f"The file can't be opened ({error.strerror}).") from None
    if len(source) > LARGEST_FILE:
        raise ImageError(f"The file has more than {LARGEST_FILE / 1e6:g} MB; make it smaller.")
    return source


def _formats() -> list[str]:
    Image.init()
    return [name for name in FORMATS if name in Image.OPEN]


def _pixels(image: Image.Image) -> np.ndarray:
    """A picture of any of Pillow's modes as (H, W, C), uint8: grey, colour, or colour and opacity."""
    if image.mode.startswith(("I", "F")):  # 16 or 32 bits of grey: what is brightest, however bright, becomes 255
        grey = np.nan_to_num(np.asarray(image, dtype=np.float64), posinf=0, neginf=0)
        grey = grey - min(grey.min(), 0)
        return (grey * (255 / max(grey.max(), 1e-9))).round().astype(np.uint8)[..., None]
    if image.mode in ("L", "1"):
        image = image.convert("L" if "transparency" not in image.info else "RGBA")
    else:
        see_through = image.has_transparency_data
        image = image.convert("RGBA" if see_through else "RGB")
    return np.atleast_3d(np.asarray(image))
