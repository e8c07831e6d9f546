"""Settings of the whole process. Importing a module sets nothing: every entry point calls `configure` once."""

import os
import sys
import warnings

import torch
from PIL import Image

from model.data.images import MAX_JPEG_PIXELS


def configure() -> None:
    """Set up PyTorch and Pillow; to be called once, before the work begins."""
    # The work is too small to divide: with one thread a core, on a busy machine every step waits for the slowest.
    torch.set_num_threads(1)
    # A second line of defense: Pillow refuses to decode an image of more pixels than load_image admits.
    Image.MAX_IMAGE_PIXELS = MAX_JPEG_PIXELS
    warnings.filterwarnings("ignore", module="PIL")  # about damaged files; one that can't be read is an error anyway
    warnings.filterwarnings("error", category=Image.DecompressionBombWarning)


def silence_stdout() -> None:
    """After a BrokenPipeError: discard what is still to be printed, and what Python flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
