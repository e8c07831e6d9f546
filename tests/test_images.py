"""From picture files and stacks to ink, whatever the files are."""

import io
import pickle
import resource
import struct
import subprocess
import sys
import textwrap
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from model.framing import frame
from model.images import LARGEST_FILE, LARGEST_PICTURE, ImageError, load_image, load_stack
from model.pen import draw
from tests.conftest import ROOT

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")  # Pillow's, of damaged files

INK = draw([[(40, 40), (100, 40), (60, 110)]]).numpy()  # (140, 140), a 7
SEVEN = frame(torch.from_numpy(INK)[None])


def grey(paper: int = 255, ink: int = 0) -> Image.Image:
    return Image.fromarray((paper + (ink - paper) * (INK / 255)).round().astype(np.uint8))


def coloured(paper: tuple, ink: tuple) -> Image.Image:
    picture = Image.new("RGB", INK.shape[::-1], paper)
    picture.paste(ink, (0, 0), Image.fromarray(INK))
    return picture


def transparent(ink: tuple) -> Image.Image:
    picture = Image.new("RGBA", INK.shape[::-1], (*ink, 0))
    picture.putalpha(Image.fromarray(INK))
    return picture


def encoded(picture: Image.Image, form: str = "PNG", **options) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def difference(content: bytes) -> float:
    """How far a file's picture lies from the drawing's, in tones a pixel."""
    return (frame(load_image(content)).float() - SEVEN.float()).abs().mean().item()


def error_of(source) -> str:
    with pytest.raises(ImageError) as caught:
        load_image(source)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize(
    "picture",
    [
        grey(255, 0),
        grey(0, 255),
        grey(128, 200),
        grey(128, 60),
        coloured((255, 255, 255), (200, 0, 0)),
        coloured((250, 240, 200), (20, 30, 120)),
        coloured((20, 60, 40), (240, 240, 230)),
        coloured((0, 128, 0), (128, 0, 0)),  # as dark as the paper, but of another colour
        transparent((0, 0, 0)),
        transparent((255, 255, 255)),
        transparent((200, 30, 90)),
        transparent((0, 0, 0)).convert("LA"),
        coloured((255, 255, 255), (0, 0, 0)).convert("RGBA"),
        coloured((255, 255, 255), (10, 10, 200)).quantize(32),
        coloured((30, 40, 20), (250, 250, 100)).quantize(32),
    ],
)
def test_paper_and_ink_of_any_tone_and_colour(picture):
    assert difference(encoded(picture)) < 1.0


def test_black_on_white_is_the_ink_itself():
    np.testing.assert_array_equal(load_image(encoded(grey()))[0], np.where(INK < 255 / 8, 0, INK))


@pytest.mark.parametrize(
    ("form", "options"),
    [
        *((form, {}) for form in ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM")),
        ("JPEG", {"progressive": True}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("WEBP", {"lossless": True}),
    ],
)
def test_every_format(form, options):
    assert difference(encoded(coloured((255, 255, 255), (0, 0, 0)), form, **options)) < 1.5


def test_one_bit():
    assert difference(encoded(grey().convert("1", dither=Image.Dither.NONE))) < 5
    assert difference(encoded(grey().convert("1", dither=Image.Dither.NONE), "TIFF", compression="group4")) < 5


@pytest.mark.parametrize("brightest", [1023, 4095, 65535])
@pytest.mark.parametrize("dark", [False, True])
def test_sixteen_bits(brightest, dark):
    values = np.where(dark, INK / 255, 1 - INK / 255) * brightest
    assert difference(encoded(Image.fromarray(values.astype(np.uint16)))) < 1.0


@pytest.mark.parametrize("scale", [1.0, 255.0])
def test_floating_point(scale):
    assert difference(encoded(Image.fromarray((scale * (1 - INK / 255)).astype(np.float32)), "TIFF")) < 1.0


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none_do_no_harm(value):
    values = (1 - INK / 255).astype(np.float32)
    values[70, 5] = value
    assert load_image(encoded(Image.fromarray(values), "TIFF")).shape == (1, 140, 140)


def test_cmyk_jpeg():
    assert difference(encoded(coloured((255, 255, 255), (0, 0, 0)).convert("CMYK"), "JPEG", quality=90)) < 1.5


def test_palette_with_a_transparent_colour():
    palette = Image.fromarray((INK > 127).astype(np.uint8), "L").convert("P")
    palette.putpalette([0, 0, 0, 10, 0, 0])
    assert difference(encoded(palette, transparency=0)) < 5


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_camera_held_otherwise(orientation):
    undo = {2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE"}
    undo |= {6: "ROTATE_90", 7: "TRANSVERSE", 8: "ROTATE_270"}
    stored = grey().transpose(Image.Transpose[undo[orientation]]) if orientation > 1 else grey()
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert difference(encoded(stored, "JPEG", quality=95, exif=exif)) < 1.5


@pytest.mark.parametrize(
    "picture",
    [
        Image.new("L", (50, 60), 255),
        Image.new("RGB", (50, 60), (10, 90, 30)),
        Image.new("RGBA", (50, 60), (0, 0, 0, 0)),
        Image.new("RGBA", (50, 60), (0, 0, 0, 255)),
        Image.new("1", (50, 60)),
        Image.new("L", (1, 1)),
        Image.new("I;16", (50, 60), 40_000),
        Image.fromarray(np.random.default_rng(0).integers(240, 256, (60, 50), np.uint8)),  # grain
        Image.fromarray(np.random.default_rng(0).integers(40_000, 40_100, (60, 50), np.uint16)),
    ],
)
def test_blank_paper_has_no_ink(picture):
    assert not load_image(encoded(picture)).any()


def test_the_first_picture_of_an_animation():
    content = encoded(grey(), "GIF", save_all=True, append_images=[Image.new("L", (140, 140), 255)])
    assert difference(content) < 1.5


def test_a_path_reads_like_its_bytes(tmp_path):
    path = tmp_path / "seven.png"
    path.write_bytes(encoded(grey()))
    assert torch.equal(load_image(path), load_image(path.read_bytes()))


# --- what can't be read ----------------------------------------------------------------------------------------------


def header_of(width: int, height: int) -> bytes:
    """A PNG that announces a size, with next to nothing behind it."""
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(b"")))
    framed = (struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
              for kind, data in chunks)  # fmt: skip
    return b"\x89PNG\r\n\x1a\n" + b"".join(framed)


@pytest.mark.parametrize("size", [(2001, 2000), (13_000, 13_000), (2**31 - 1, 2**31 - 1), (4_000_001, 1)])
def test_too_many_pixels(size):
    assert "4 megapixels" in error_of(header_of(*size))


def test_four_megapixels_are_read():
    assert load_image(encoded(Image.new("L", (2000, 2000), 255))).shape == (1, 2000, 2000)


@pytest.mark.parametrize("size", [(LARGEST_PICTURE, 1), (1, LARGEST_PICTURE)])
def test_a_picture_like_a_thread_is_refused(size):
    assert "65,000 pixels" in error_of(encoded(Image.new("1", size)))


def test_too_many_bytes(tmp_path):
    path = tmp_path / "huge.png"
    with path.open("wb") as file:
        file.truncate(10**12)  # sparse: takes no room, and would take long to read
    assert "2 MB" in error_of(path)
    assert "2 MB" in error_of(bytes(LARGEST_FILE + 1))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM"])
def test_truncated_anywhere(form):
    content = encoded(coloured((255, 255, 255), (0, 0, 0)), form)
    for length in np.linspace(0, len(content) - 40, 25, dtype=int):
        assert "damaged" in error_of(content[:length])


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF"])
def test_damaged_anywhere_is_read_or_refused(form):
    random, content = np.random.default_rng(0), encoded(coloured((255, 255, 255), (0, 0, 0)), form)
    for _ in range(60):
        damaged = bytearray(content)
        for place in random.integers(0, min(len(content), 400), 4):
            damaged[place] = random.integers(256)
        with suppress(ImageError):
            load_image(bytes(damaged))


@pytest.mark.parametrize("content", [b"", b"a digit, seven", b"\x89PNG\r\n\x1a\n", bytes(5000), b"%PDF-1.7\n"])
def test_no_picture(content):
    assert "no picture" in error_of(content)


def test_scripts_and_documents_are_no_pictures():
    assert "no picture" in error_of(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")
    assert "no picture" in error_of(b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')


def test_missing_and_no_file(tmp_path):
    assert "no such file" in error_of(tmp_path / "none.png")
    assert "opened" in error_of(tmp_path)


def bombs() -> dict[str, bytes]:
    blank = Image.new("1", (13_000, 13_000))
    animation = encoded(grey(), "WEBP", save_all=True, append_images=[grey(0, 255)])
    return {
        "PNG": encoded(blank),
        "GIF": encoded(blank, "GIF"),
        "TIFF": encoded(blank, "TIFF", compression="tiff_deflate"),
        "thread": encoded(Image.new("1", (LARGEST_PICTURE, 1))),
        "WEBP": animation[:24] + (16_382).to_bytes(3, "little") * 2 + animation[30:],  # the canvas's size less 1
    }


def test_bombs_are_refused_without_a_memory_spike(tmp_path):
    paths = []
    for name, content in bombs().items():
        paths.append(tmp_path / f"bomb.{name}")
        paths[-1].write_bytes(content)
        assert len(content) < LARGEST_FILE
    script = """
        import resource, sys
        from pathlib import Path
        from model.images import ImageError, load_image
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for path in sys.argv[1:]:
            try:
                load_image(Path(path))
            except ImageError:
                after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
                print(path, after - before)
    """
    command = [sys.executable, "-c", textwrap.dedent(script), *map(str, paths)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(told) == len(paths)  # each one refused
    kilobytes = int(told[-1].split()[-1]) // (1024 if sys.platform == "darwin" else 1)
    assert kilobytes < 30_000


# --- stacks ----------------------------------------------------------------------------------------------------------


def stacked(path: Path) -> torch.Tensor:
    return torch.cat(list(load_stack(path)))


def stack_error(path: Path) -> str:
    with pytest.raises(ImageError) as caught:
        stacked(path)
    return str(caught.value)


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_stack_of_light_and_dark_paper(tmp_path, order):
    drawings = np.stack([np.asarray(grey(255, 0)), np.asarray(grey(0, 255)), np.full((140, 140), 99, np.uint8)] * 100)
    np.save(tmp_path / "stack.npy", np.asarray(drawings, order=order))
    inks = stacked(tmp_path / "stack.npy")
    assert inks.shape == (300, 140, 140)
    assert inks.dtype == torch.uint8
    pictures = frame(inks)
    assert (pictures[0::3].float() - SEVEN.float()).abs().mean() < 1
    assert (pictures[1::3].float() - SEVEN.float()).abs().mean() < 1
    assert not pictures[2::3].any()


def test_an_empty_stack(tmp_path):
    np.save(tmp_path / "empty.npy", np.zeros((0, 140, 140), np.uint8))
    assert list(load_stack(tmp_path / "empty.npy")) == []


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((3, 9, 9), np.float32),
        np.zeros((9, 9), np.uint8),
        np.zeros((3, 9, 9, 1), np.uint8),
        np.zeros((3, 9, 9), np.int8),
        np.zeros((3, 0, 9), np.uint8),
        np.zeros((1, 2001, 2000), np.uint8),
        np.zeros((1, 1, 70_000), np.uint8),
        np.uint8(7),
    ],
)
def test_stacks_of_another_shape_or_type(tmp_path, array):
    np.save(tmp_path / "stack.npy", array)
    assert stack_error(tmp_path / "stack.npy").endswith(".")


def test_a_truncated_stack(tmp_path):
    path = tmp_path / "stack.npy"
    np.save(path, np.zeros((3, 90, 90), np.uint8))
    whole = path.read_bytes()
    for length in (0, 1, 5, 6, 7, 8, 9, 10, 11, 50, 127, 128, 129, len(whole) - 1):
        path.write_bytes(whole[:length])
        assert "damaged" in stack_error(path)


def test_a_stack_with_a_damaged_header(tmp_path):
    path, random = tmp_path / "stack.npy", np.random.default_rng(0)
    np.save(path, np.zeros((3, 90, 90), np.uint8))
    whole = path.read_bytes()
    for _ in range(300):
        damaged = bytearray(whole)
        for place in random.integers(0, 128, 2):
            damaged[place] = random.integers(256)
        path.write_bytes(damaged)
        with suppress(ImageError):
            assert stacked(path).dtype == torch.uint8


class Trap:
    """Pickled, it makes a file when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_pickled_objects_are_never_loaded(tmp_path):
    sprung = tmp_path / "sprung"
    np.save(tmp_path / "object.npy", np.array([Trap(sprung)], object), allow_pickle=True)
    (tmp_path / "pickle.npy").write_bytes(pickle.dumps(Trap(sprung)))
    for name in ("object.npy", "pickle.npy"):
        assert stack_error(tmp_path / name).endswith(".")
    assert not sprung.exists()


def test_other_files_named_npy(tmp_path):
    with (tmp_path / "archive.npy").open("wb") as file:
        np.savez(file, np.zeros((3, 9, 9), np.uint8))
    (tmp_path / "picture.npy").write_bytes(encoded(grey()))
    (tmp_path / "folder.npy").mkdir()
    for name in ("archive", "picture", "folder", "missing"):
        assert stack_error(tmp_path / f"{name}.npy").endswith(".")


def test_a_stack_of_long_thin_drawings_takes_little_memory(tmp_path):
    np.save(tmp_path / "thin.npy", np.zeros((64, 1, 60_000), np.uint8))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for ink in load_stack(tmp_path / "thin.npy"):
        frame(ink)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000
