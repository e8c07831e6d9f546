"""From image files and stacks to ink, whatever the files are."""

import io
import pickle
import re
import struct
import subprocess
import sys
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from model.data.images import MAX_FILE_BYTES, MAX_SCANS, ImageError, load_image, load_stack
from model.data.pen import draw
from model.paths import ROOT
from model.preprocessing import preprocess
from tests.model.test_checkpoint import Trap

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")  # Pillow's, of damaged files

INK = draw([[(40, 40), (98, 40), (60, 110)]]).numpy()  # (140, 140), a 7
DRAWN = preprocess(torch.from_numpy(INK)[None])
WHITE, BLACK = (255, 255, 255), (0, 0, 0)
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF")


def gray(background: int = 255, ink: int = 0) -> Image.Image:
    return Image.fromarray((background + (ink - background) * (INK / 255)).round().astype(np.uint8))


def colored(background: tuple = WHITE, ink: tuple = BLACK) -> Image.Image:
    image = Image.new("RGB", INK.shape[::-1], background)
    image.paste(ink, (0, 0), Image.fromarray(INK))
    return image


def transparent(ink: tuple) -> Image.Image:
    image = Image.new("RGBA", INK.shape[::-1], (*ink, 0))
    image.putalpha(Image.fromarray(INK))
    return image


def encoded(image: Image.Image, form: str = "PNG", **options) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def stacked(path: Path) -> torch.Tensor:
    return torch.cat(list(load_stack(path)))


def error_of(source: bytes | Path, load=load_image) -> str:
    with pytest.raises(ImageError) as caught:
        load(source)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


SEVEN = preprocess(load_image(encoded(gray())))


def test_a_drawing_gives_the_image_of_its_strokes():
    assert (SEVEN.float() - DRAWN.float()).abs().mean() < 3


def sixteen_bits(brightest: int, is_dark: bool) -> Image.Image:
    return Image.fromarray((np.where(is_dark, INK / 255, 1 - INK / 255) * brightest).astype(np.uint16))


def palette() -> Image.Image:
    image = Image.fromarray((INK > 127).astype(np.uint8), "L").convert("P")
    image.putpalette([0, 0, 0, 10, 0, 0])
    return image


SIDEWAYS = Image.Exif()
SIDEWAYS[0x0112] = 6  # as cameras store it
ONE_BIT = gray().convert("1", dither=Image.Dither.NONE)
GRAYS = [gray(*tones) for tones in ((255, 0), (0, 255), (128, 200), (128, 60))]
SAME_TONE = colored((0, 128, 0), (128, 0, 0))  # ink as dark as the background, but of another color
COLORED = [SAME_TONE, colored(WHITE, (200, 0, 0)), colored((20, 60, 40), (240, 240, 230)), colored().convert("RGBA")]
TRANSPARENT = [transparent(ink) for ink in (BLACK, WHITE, (200, 30, 90))]
INDEXED = [colored(WHITE, (10, 10, 200)).quantize(32), colored((30, 40, 20), (250, 250, 100)).quantize(32)]
DEEP = [sixteen_bits(*most) for most in ((1023, False), (4095, True), (65535, False), (65535, True))]
FILES = {  # by how far their image may lie from the drawing's, in tones a pixel
    1.5: [
        *map(encoded, [*GRAYS, *COLORED, *TRANSPARENT, transparent(BLACK).convert("LA"), *INDEXED, *DEEP]),
        *(encoded(Image.fromarray((scale * (1 - INK / 255)).astype(np.float32)), "TIFF") for scale in (1, 255)),
        *(encoded(colored(), form) for form in FORMATS),
        encoded(colored(), "JPEG", progressive=True),
        encoded(colored(), "TIFF", compression="tiff_lzw"),
        encoded(colored(), "WEBP", lossless=True),
        encoded(colored().convert("CMYK"), "JPEG", quality=90),
        encoded(gray(), "GIF", save_all=True, append_images=[Image.new("L", (140, 140), 255)]),  # the first counts
        encoded(gray().transpose(Image.Transpose.ROTATE_90), "JPEG", quality=95, exif=SIDEWAYS),
    ],
    5.0: [encoded(ONE_BIT), encoded(ONE_BIT, "TIFF", compression="group4"), encoded(palette(), transparency=0)],
}


@pytest.mark.parametrize(("content", "most"), [(content, most) for most, files in FILES.items() for content in files])
def test_any_background_color_and_format_gives_the_same_image(content, most):
    image = preprocess(load_image(content))
    assert (image.float() - SEVEN.float()).abs().mean() < most


# --- what can't be read ----------------------------------------------------------------------------------------------


def header_of(width: int, height: int) -> bytes:
    """A PNG that announces a size, with next to nothing behind it."""
    whole = b"\x89PNG\r\n\x1a\n"
    for kind, data in ((b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(b""))):
        whole += struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return whole


@pytest.mark.parametrize(
    "size", [(2001, 2000), (13_000, 13_000), (2**31 - 1, 2**31 - 1), (4_000_001, 1), (1, 4_000_000)]
)
def test_too_many_pixels(size):
    assert re.search("(4|60) megapixels|65,000 pixels", error_of(header_of(*size)))


def test_too_many_bytes(tmp_path):
    path = tmp_path / "huge.png"
    with path.open("wb") as file:
        file.truncate(10**12)  # sparse: takes no room, and would take long to read
    assert "20 MB" in error_of(path)
    assert "20 MB" in error_of(bytes(MAX_FILE_BYTES + 1))


@pytest.mark.parametrize("form", FORMATS)
def test_truncated_or_damaged_anywhere(form):
    random, content = np.random.default_rng(0), encoded(colored(), form)
    for length in np.linspace(0, len(content) - 40, 12, dtype=int):
        assert "damaged" in error_of(content[:length])
    for _ in range(40):
        damaged = bytearray(content)
        for place in random.integers(0, min(len(content), 400), 4):
            damaged[place] = random.integers(256)
        with suppress(ImageError):
            load_image(bytes(damaged))


def test_not_an_image_missing_or_a_folder(tmp_path):
    eps = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"
    for content in (b"", b"a digit, seven", b"\x89PNG\r\n\x1a\n", bytes(5000), b"<svg/>", b"%PDF-1.7\n", eps):
        assert "not an image" in error_of(content)
    for form in set(Image.SAVE) & {"PPM", "AVIF", "ICO", "TGA", "JPEG2000", "PCX", "SGI"}:
        assert "not an image" in error_of(encoded(colored(), form))
    assert "no such file" in error_of(tmp_path / "none.png")
    assert "opened" in error_of(tmp_path)


def bombs() -> list[bytes]:
    blank = Image.new("1", (7_000, 7_000))
    animation = encoded(gray(), "WEBP", save_all=True, append_images=[gray(0, 255)])
    return [
        encoded(blank),
        encoded(blank, "GIF"),
        encoded(blank, "TIFF", compression="tiff_deflate"),
        animation[:24] + (16_382).to_bytes(3, "little") * 2 + animation[30:],  # the canvas's size less 1
    ]


def with_scans(count: int) -> bytes:
    """A progressive JPEG of nothing in so many scans."""
    content = encoded(Image.new("L", (140, 140), 255), "JPEG", progressive=True)
    last = content[content.rindex(b"\xff\xda") : -2]
    return content[:-2] + last * (count - content.count(b"\xff\xda")) + content[-2:]


def test_a_jpeg_of_very_many_scans_is_not_decoded():
    assert not load_image(with_scans(MAX_SCANS)).any()
    for count in (MAX_SCANS + 1, 100_000):  # decoding a few thousand takes seconds
        assert "scans" in error_of(with_scans(count))


def jpeg(width: int, height: int, **options) -> bytes:
    """A photograph of the seven in any size."""
    return encoded(gray(200, 40).resize((width, height), Image.Resampling.NEAREST), "JPEG", **options)


def test_photographs_as_phones_take_them():
    for content in (jpeg(4000, 3000), jpeg(3000, 4000, progressive=True), jpeg(8160, 6120, quality=60)):
        assert load_image(content).any()
    for width, height, progressive in ((7800, 7700, False), (5000, 4900, True)):
        content = jpeg(width, height, progressive=progressive, quality=5)
        assert re.search("more than (60|24) megapixels", error_of(content))


def test_a_heic_photo_is_named_with_the_way_out():
    assert "HEIC" in error_of(b"\0\0\0\x18ftypheic" + bytes(100))


def test_the_last_frame_of_an_animation_that_begins_blank():
    blank = Image.new("L", (140, 140), 255)
    for form in ("GIF", "WEBP", "PNG"):
        content = encoded(blank, form, save_all=True, append_images=[blank.point(lambda _: 250), gray()])
        assert (preprocess(load_image(content)).float() - SEVEN.float()).abs().mean() < 6
    frames = [Image.new("1", (1400, 1400), number % 2) for number in range(60)]
    assert "animation" in error_of(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]))


def tiled(side: int) -> bytes:
    """A TIFF of 64 x 64 pixels that is the corner of one tile."""
    tile = zlib.compress(bytes(side * side))
    numbers = {256: 64, 257: 64, 258: 8, 259: 8, 262: 1, 277: 1, 322: side, 323: side, 324: 134, 325: len(tile)}
    tags = b"".join(struct.pack("<HHII", tag, 4, 1, number) for tag, number in numbers.items())
    return b"II*\0" + struct.pack("<IH", 8, len(numbers)) + tags + bytes(4) + tile


def test_a_tile_far_larger_than_its_image_is_not_decoded():
    assert load_image(tiled(64)).shape == (1, 280, 280)
    assert "tiles" in error_of(tiled(4_096))


PEAK = """
import resource, sys
from contextlib import suppress
from pathlib import Path
from model.data.images import ImageError, load_image

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1)

before = peak()
for path in map(Path, sys.argv[1:]):
    with suppress(ImageError):
        load_image(path)
        sys.exit(f"{path} was loaded")
print(peak() - before)
"""


def test_bombs_take_little_memory(tmp_path):
    paths = [tmp_path / f"bomb-{number}" for number in range(4)]
    for path, content in zip(paths, bombs(), strict=True):
        path.write_bytes(content)
        assert len(content) < MAX_FILE_BYTES
    command = [sys.executable, "-c", PEAK, *paths]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert int(told) < 30_000  # kilobytes


# --- stacks ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_stack_of_light_and_dark_backgrounds(tmp_path, order):
    drawings = np.stack([np.asarray(gray(255, 0)), np.asarray(gray(0, 255)), np.full((140, 140), 99, np.uint8)] * 100)
    np.save(tmp_path / "stack.npy", np.asarray(drawings, order=order))
    inks = stacked(tmp_path / "stack.npy")
    assert inks.shape == (300, 140, 140)
    assert inks.dtype == torch.uint8
    light, dark, blank = preprocess(inks).float().view(100, 3, 28, 28).unbind(1)
    assert (light - DRAWN.float()).abs().mean() < 1
    assert (dark - DRAWN.float()).abs().mean() < 1
    assert not blank.any()


def test_stacks_that_are_empty_or_of_another_shape_or_type(tmp_path):
    path = tmp_path / "stack.npy"
    np.save(path, np.zeros((0, 140, 140), np.uint8))
    assert list(load_stack(path)) == []
    shapes = [(9, 9), (3, 9, 9, 1), (3, 0, 9), (1, 2001, 2000), (1, 1, 70_000), ()]
    for array in (*(np.zeros(shape, np.uint8) for shape in shapes), np.zeros((3, 9, 9), np.int8), np.zeros((3, 9, 9))):
        np.save(path, array)
        error_of(path, stacked)
    np.save(path, np.full((3, 8, 8), 16, np.uint8))
    assert error_of(path, stacked) == "The drawings' tones are 0 to 16; scale them to 0 to 255."


def test_a_truncated_or_damaged_stack(tmp_path):
    path = tmp_path / "stack.npy"
    np.save(path, np.zeros((3, 90, 90), np.uint8))
    complete = path.read_bytes()
    for length in (0, 1, 5, 6, 7, 8, 9, 10, 11, 50, 127, 128, 129, len(complete) - 1):
        path.write_bytes(complete[:length])
        assert "damaged" in error_of(path, stacked)


def test_other_files_named_npy_are_refused_and_pickles_never_loaded(tmp_path):
    np.save(tmp_path / "object.npy", np.array([Trap()], object), allow_pickle=True)
    (tmp_path / "pickle.npy").write_bytes(pickle.dumps(Trap()))
    with (tmp_path / "archive.npy").open("wb") as file:
        np.savez(file, np.zeros((3, 9, 9), np.uint8))
    (tmp_path / "image.npy").write_bytes(encoded(gray()))
    (tmp_path / "folder.npy").mkdir()
    for name in ("object", "pickle", "archive", "image", "folder", "missing"):
        error_of(tmp_path / f"{name}.npy", stacked)
