"""From image files and arrays to ink: one gray array, 0 is background, 255 the darkest ink.

Files are untrusted: their pixels, scans and frames are counted before they are decoded, one at a time. JPEG files, as
phones make them, are decoded at a reduced size, so that memory stays bounded.
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
from model.data.pictures import SIDE, Pixels, find_ink

MAX_FILE_BYTES = 20_000_000
MAX_PIXELS = 4_000_000  # of most formats, which are decoded whole
MAX_JPEG_PIXELS = 60_000_000
MAX_PROGRESSIVE_PIXELS = 24_000_000  # of a progressive JPEG, whose coefficients are all kept while it is decoded
MAX_SIDE = 65_000  # pixels: a longer image takes much memory, however narrow it is
MAX_SCANS = 100  # of a progressive JPEG, which usually has 10; each takes as long as a whole image
MAX_TILE = 2_048  # pixels: the longest side of a TIFF file's tiles
MAX_ANIMATION = 100_000_000  # pixels of all frames together
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF")
ANIMATED = ("PNG", "GIF", "WEBP")
HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")  # brands of the container
JPEG_START, JPEG_SCAN = b"\xff\xd8", b"\xff\xda"  # compressed data never has these bytes in a row
TIFF_TILE = (322, 323)  # the tags of a tile's width and length
FAINTEST = 20  # of 255: of a stack, anything paler is the paper's texture or the noise of compression
SIXTEEN = 16  # the highest tone of drawings on another scale, such as scikit-learn's digits

_decoding = threading.Lock()  # decoders take up to 16 bytes for each pixel: together they would exhaust the memory


def load_image(source: Path | bytes) -> Tensor:
    """Load an image file (its path, or its bytes) as the ink of its digit; of an animation, of its first frame, or, if
    that is blank, its last.

    Returns:
        (1, H, W), uint8: the longer side has 280 pixels.

    Raises:
        ImageError: if it is missing, too large, damaged, not an image, or an image of several digits.
    """
    content = _read_file(source)
    if content[4:8] == b"ftyp" and content[8:12] in HEIC:
        raise ImageError("This is a HEIC photo, which can't be read; share or save it as JPEG.")
    with _decoding:
        try:
            Image.init()
            image = Image.open(io.BytesIO(content), formats=[name for name in FORMATS if name in Image.OPEN])
            _check_size(image, content)
            ink = find_ink(working_pixels(image))
            if not ink.any() and image.format in ANIMATED and (frames := getattr(image, "n_frames", 1)) > 1:
                if frames * image.width * image.height > MAX_ANIMATION:
                    raise ImageError("The animation is too long; save its last frame as an image.")
                image.seek(frames - 1)
                ink = find_ink(working_pixels(image))
            return ink
        except ImageError:
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise ImageError(
                f"The image has more than {MAX_JPEG_PIXELS / 1e6:g} megapixels; make it smaller."
            ) from None
        except Exception:  # a damaged file can make Pillow's decoders raise anything
            formats = "PNG, JPEG, GIF, BMP, WebP and TIFF"
            raise ImageError(f"The file is damaged, or not an image; {formats} can be read.") from None


def _check_size(image: Image.Image, content: bytes) -> None:
    """Check what decoding an image will take; an ImageError if it is too much."""
    is_jpeg = image.format in ("JPEG", "MPO")
    most = MAX_JPEG_PIXELS if is_jpeg else MAX_PIXELS
    if is_jpeg and image.info.get("progressive"):
        most = MAX_PROGRESSIVE_PIXELS
    if image.width * image.height > most:
        kind = "progressive JPEG" if most == MAX_PROGRESSIVE_PIXELS else "JPEG" if is_jpeg else f"{image.format}"
        hint = "make it smaller" if is_jpeg else "make it smaller, or save it as JPEG"
        raise ImageError(f"The {kind} image has more than {most / 1e6:g} megapixels; {hint}.")
    if max(image.size) > MAX_SIDE:
        raise ImageError(f"The image is more than {MAX_SIDE:,} pixels long; make it shorter.")
    tags = getattr(image, "tag_v2", {})  # of a TIFF file, whose tiles are decoded whole, however small the image is
    if any(tags.get(tag, 0) > MAX_TILE for tag in TIFF_TILE):
        raise ImageError(f"The TIFF file has tiles more than {MAX_TILE:,} pixels long; save it again without tiles.")
    if content.startswith(JPEG_START) and content.count(JPEG_SCAN) > MAX_SCANS:
        raise ImageError(f"The JPEG file has more than {MAX_SCANS} scans; save it again as an ordinary one.")


def working_pixels(image: Image.Image) -> Pixels:
    """An image of any of Pillow's modes in the working size: (H, W, 4), uint8, red, green, blue and opacity."""
    factor = max(max(image.size) // (2 * SIDE), 1)
    image.draft(None, (max(image.width // factor, 1), max(image.height // factor, 1)))  # of a JPEG: fewer pixels
    image.load()
    turned = ImageOps.exif_transpose(image)
    if turned.mode.startswith(("I", "F")):
        turned = _scaled_tones(turned)
    scale = SIDE / max(turned.size)
    way = Image.Resampling.BOX if scale < 1 else Image.Resampling.NEAREST
    width, height = (max(round(scale * side), 1) for side in turned.size)
    return np.asarray(turned.convert("RGBA").resize((width, height), way))


def _scaled_tones(image: Image.Image) -> Image.Image:
    """16 or 32 bits of gray as 8: the brightest pixel, however bright, becomes 255."""
    tones = np.nan_to_num(np.asarray(image.convert("F")), posinf=0, neginf=0)
    tones -= min(0, tones.min())
    tones *= 255 / max(tones.max(), 1e-9)
    return Image.fromarray(tones.round().astype(np.uint8))


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
    if 0 < (brightest := stack.max(initial=0)) <= SIXTEEN:
        raise ImageError(f"The drawings' tones are 0 to {brightest}; scale them to 0 to 255.")
    batch = max(1, min(batch, 4 * MAX_PIXELS // max(stack.shape[1:]) ** 2))
    for start in range(0, len(stack), batch):
        yield ink_from_drawings(np.array(stack[start : start + batch]))


def ink_from_drawings(drawings: npt.NDArray[np.uint8]) -> Tensor:
    """Tell ink from the background of drawings (N, H, W), uint8, which is what most of the border shows: (N, H, W)."""
    border = [drawings[:, 0], drawings[:, -1], drawings[:, 1:-1, 0], drawings[:, 1:-1, -1]]
    background = np.median(np.concatenate(border, axis=1), axis=1).astype(np.uint8)[:, None, None]
    ink = np.maximum(drawings, background) - np.minimum(drawings, background)
    ink[ink < FAINTEST] = 0
    return torch.from_numpy(ink)
