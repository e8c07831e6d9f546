"""From image files and arrays to ink: one gray array, 0 is background, 255 the darkest ink.

The background may be light or dark, white, tinted or transparent: it is whatever most of the border shows, and how far
a pixel's color lies from it is ink. Where the border shows no such background, the image is a photograph, whose ink
photographs.py finds. Files are untrusted: their pixels and scans are counted before they are decoded. One is
decoded at a time, and what needs wider numbers than bytes is computed in bands of rows, so memory stays bounded.
"""

import io
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image, ImageOps
from torch import Tensor

from model.data.errors import ImageError as ImageError
from model.data.photographs import check_single_digit, ink_from_photograph

MAX_FILE_BYTES = 2_000_000
MAX_PIXELS = 4_000_000
MAX_SIDE = 65_000  # pixels: up to here preprocessing counts exactly, and without a peak of memory
MAX_SCANS = 100  # of a progressive JPEG, which usually has 10; each takes as long as a whole image
MAX_TILE = 2_048  # pixels: the longest side of a TIFF file's tiles
BAND_PIXELS = 2**18  # pixels that are converted at once
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF")
FAINTEST = 1 / 8  # of the darkest ink: anything paler is the paper's texture or the noise of compression
LOWEST_CONTRAST = 20  # of 255: an image with less of it is blank
JPEG_START, JPEG_SCAN = b"\xff\xd8", b"\xff\xda"  # compressed data never has these bytes in a row
TIFF_TILE = (322, 323)  # the tags of a tile's width and length
UNIFORM_TONES = 2  # of 255: so far from the background's tone, compression moves the pixels of a clean drawing
UNIFORM_SHARE = 0.7  # of the border: an image with less of a uniform background is a photograph

Pixels = npt.NDArray[np.uint8]

_decoding = threading.Lock()  # decoders take up to 16 bytes for each pixel: together they would exhaust the memory


def load_image(source: Path | bytes) -> Tensor:
    """Load an image file (its path, or its bytes), a drawing or a photograph, as ink.

    Returns:
        (1, H, W), uint8: of a drawing, in the image's size; of a photograph, in its working size.

    Raises:
        ImageError: if it is missing, too large, damaged, not an image, or an image of several digits.
    """
    content = _read_file(source)
    with _decoding:
        pixels = _decode(content)
        if _is_photograph(pixels):
            return ink_from_photograph(_gray(pixels))
        ink = ink_from_pixels(pixels[None])
    check_single_digit(ink[0].numpy())
    return ink


def _decode(content: bytes) -> Pixels:
    """The pixels (H, W, C) of an image file; an ImageError if it is too large, damaged, or not an image."""
    try:
        image = Image.open(io.BytesIO(content), formats=_formats())  # only its header
        _check_size(image, content)
        ImageOps.exif_transpose(image, in_place=True)
        return _pixels(image)
    except ImageError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ImageError(f"The image has more than {MAX_PIXELS / 1e6:g} megapixels; make it smaller.") from None
    except Exception:  # a damaged file can make Pillow's decoders raise anything
        formats = "PNG, JPEG, GIF, BMP, WebP and TIFF"
        raise ImageError(f"The file is damaged, or not an image; {formats} can be read.") from None


def _check_size(image: Image.Image, content: bytes) -> None:
    """Check what decoding an image will take; an ImageError or DecompressionBombError if it is too much."""
    if image.width * image.height > MAX_PIXELS:
        raise Image.DecompressionBombError
    if max(image.size) > MAX_SIDE:
        raise ImageError(f"The image is more than {MAX_SIDE:,} pixels long; make it shorter.")
    tags = getattr(image, "tag_v2", {})  # of a TIFF file, whose tiles are decoded whole, however small the image is
    if any(tags.get(tag, 0) > MAX_TILE for tag in TIFF_TILE):
        raise ImageError(f"The TIFF file has tiles more than {MAX_TILE:,} pixels long; save it again without tiles.")
    if content.startswith(JPEG_START) and content.count(JPEG_SCAN) > MAX_SCANS:
        raise ImageError(f"The JPEG file has more than {MAX_SCANS} scans; save it again as an ordinary one.")


def load_stack(path: Path, batch: int = 256) -> Iterator[Tensor]:
    """Load an .npy stack of gray drawings (N, H, W), uint8, as batches of ink (up to `batch`, H, W), uint8.

    Raises:
        ImageError: if it is missing, damaged, or of another shape or type.
    """
    try:
        stack = np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError:
        raise ImageError("There is no such file.") from None
    except OSError as error:
        raise ImageError(f"The file can't be opened ({error.strerror or 'damaged'}).") from None
    except Exception:  # a damaged header can make NumPy's parsers raise anything
        raise ImageError("The file is damaged, or not an .npy array.") from None
    if not isinstance(stack, np.ndarray) or stack.dtype != np.uint8 or stack.ndim != 3:
        raise ImageError("An .npy file must hold drawings as an array (N, H, W) of uint8.")
    if 0 in stack.shape[1:] or stack.shape[1] * stack.shape[2] > MAX_PIXELS:
        raise ImageError(f"Each drawing must have 1 to {MAX_PIXELS:,} pixels.")
    if max(stack.shape[1:]) > MAX_SIDE:
        raise ImageError(f"No drawing may be more than {MAX_SIDE:,} pixels long.")
    batch = max(1, min(batch, 4 * MAX_PIXELS // max(stack.shape[1:]) ** 2))
    for start in range(0, len(stack), batch):
        yield ink_from_pixels(np.array(stack[start : start + batch])[..., None])


def ink_from_pixels(pixels: Pixels) -> Tensor:
    """Tell ink from background.

    Args:
        pixels: (N, H, W, C), uint8: C is 1 for gray, 3 for color, 4 for color and opacity.

    Returns:
        (N, H, W), uint8.
    """
    background = np.median(_border(pixels), axis=1).astype(np.uint8)  # (N, C)
    ink = np.empty(pixels.shape[:3], np.uint8)
    for rows in _bands(pixels.shape[1], len(pixels) * pixels.shape[2]):
        ink[:, rows] = _distance(pixels[:, rows], background)
    darkest = ink.max(axis=(1, 2), keepdims=True)
    faintest = np.where(darkest < LOWEST_CONTRAST, LOWEST_CONTRAST, np.ceil(darkest * FAINTEST)).astype(np.uint8)
    ink[ink < faintest] = 0
    return torch.from_numpy(ink)


def _distance(pixels: Pixels, background: Pixels) -> Pixels:
    """How far the colors of pixels (N, H, W, C) are from the background's (N, C): (N, H, W)."""
    ink = np.zeros(pixels.shape[:3], np.uint8)
    for channel in range(min(pixels.shape[3], 3)):
        tone, of_background = pixels[..., channel], background[:, None, None, channel]
        np.maximum(ink, np.maximum(tone, of_background) - np.minimum(tone, of_background), out=ink)
    if pixels.shape[3] == 4:
        alpha = pixels[..., 3]
        is_clear = background[:, 3] < 128  # a transparent background: what is opaque is ink, whatever its color
        ink = np.where(is_clear[:, None, None], alpha, ink * (alpha / 255)).astype(np.uint8)
    return ink


def _bands(height: int, width: int) -> Iterator[slice]:
    """The rows of an image in bands of at most BAND_PIXELS, or of one row."""
    step = max(BAND_PIXELS // max(width, 1), 1)
    return (slice(top, min(top + step, height)) for top in range(0, height, step))


def _border(pixels: Pixels) -> Pixels:
    """The outermost pixels (N, B, C) of images (N, H, W, C)."""
    return np.concatenate([pixels[:, 0], pixels[:, -1], pixels[:, 1:-1, 0], pixels[:, 1:-1, -1]], axis=1)


def _is_photograph(pixels: Pixels) -> bool:
    """Whether the border of an image (H, W, C) is too uneven for a drawing's background."""
    if pixels.shape[2] == 4 and pixels[..., 3].min() < 255:
        return False  # cameras store no transparency
    border = _border(pixels[None])[0].astype(np.int16)  # (B, C)
    distance = np.abs(border - np.median(border, axis=0)).max(axis=1)
    return bool((distance <= UNIFORM_TONES).mean() < UNIFORM_SHARE)


def _gray(pixels: Pixels) -> Pixels:
    """An image (H, W, C) without its colors: (H, W)."""
    if pixels.shape[2] == 1:
        return pixels[..., 0]
    gray = np.empty(pixels.shape[:2], np.uint8)
    for rows in _bands(len(pixels), pixels.shape[1]):
        gray[rows] = np.asarray(Image.fromarray(pixels[rows]).convert("L"))
    return gray


def _read_file(source: Path | bytes) -> bytes:
    if isinstance(source, Path):
        try:
            with source.open("rb") as file:
                source = file.read(MAX_FILE_BYTES + 1)
        except FileNotFoundError:
            raise ImageError("There is no such file.") from None
        except OSError as error:
            raise ImageError(f"The file can't be opened ({error.strerror}).") from None
    if len(source) > MAX_FILE_BYTES:
        raise ImageError(f"The file has more than {MAX_FILE_BYTES / 1e6:g} MB; make it smaller.")
    return source


def _formats() -> list[str]:
    Image.init()
    return [name for name in FORMATS if name in Image.OPEN]


def _pixels(image: Image.Image) -> Pixels:
    """An image of any of Pillow's modes as (H, W, C), uint8: gray, color, or color and opacity."""
    image.load()
    if image.mode.startswith(("I", "F")):
        return _scaled_tones(image)
    if image.mode in ("L", "1"):
        mode = "L" if "transparency" not in image.info else "RGBA"
    else:
        mode = "RGBA" if image.has_transparency_data else "RGB"
    pixels = np.empty((image.height, image.width, len(mode)), np.uint8)
    for rows in _bands(image.height, image.width):
        pixels[rows] = np.atleast_3d(np.asarray(_rows(image, rows).convert(mode)))
    return pixels


def _scaled_tones(image: Image.Image) -> Pixels:
    """16 or 32 bits of gray as (H, W, 1), uint8: the brightest pixel, however bright, becomes 255."""

    def tones(rows: slice) -> npt.NDArray[np.float64]:
        return np.nan_to_num(np.asarray(_rows(image, rows), dtype=np.float64), posinf=0, neginf=0)

    bands = list(_bands(image.height, image.width))
    ranges = [(band.min(), band.max()) for band in map(tones, bands)]
    darkest = min(0, *(low for low, _ in ranges))
    scale = 255 / max(max(high for _, high in ranges) - darkest, 1e-9)
    pixels = np.empty((image.height, image.width, 1), np.uint8)
    for rows in bands:
        pixels[rows, :, 0] = ((tones(rows) - darkest) * scale).round().astype(np.uint8)
    return pixels


def _rows(image: Image.Image, rows: slice) -> Image.Image:
    return image.crop((0, rows.start, image.width, rows.stop))
