"""A camera that Chromium makes up: it shows two photographs of digits in turn."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from tests.benchmarks.photographs import KINDS, photograph
from tests.page.drawing import STROKES

SEVEN = photograph(STROKES[7], KINDS["squared_uneven"], np.random.default_rng(47))
TWO = photograph(STROKES[2], KINDS["squared_uneven"], np.random.default_rng(42))


def fake_camera(folder: Path) -> tuple[str, ...]:
    """The flags for a Chromium with such a camera, whose video (640 x 480) is kept in a folder.

    A seven and a two on squared paper take turns, for two thirds of a second each.
    """
    frames = []
    for content in (SEVEN, TWO):
        frame = Image.new("RGB", (640, 480), (90, 90, 90))
        frame.paste(Image.open(io.BytesIO(content)).resize((480, 480)), (80, 0))
        file = io.BytesIO()
        frame.save(file, "JPEG", quality=85)
        frames += [file.getvalue()] * 20
    video = folder / "digits.mjpeg"
    video.write_bytes(b"".join(frames))
    fakes = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    return *fakes, f"--use-file-for-fake-video-capture={video}"
