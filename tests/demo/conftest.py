"""One page for all tests of the demo, served in this process."""

import base64
import contextlib
import io
import zlib
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import gradio as gr
import httpx
import numpy as np
import pytest
from PIL import Image

from demo.launch import serve
from model.classifier import Classifier
from model.pipeline import LoadedClassifier
from tests.launching import free_port

STEPS = {"crop": True, "square": True, "resize": True, "center": True}
ADDRESSES = ip_network("198.18.0.0/15").hosts()  # reserved for tests


def packed(ink) -> str:
    """Ink as the pad packs it."""
    return base64.b64encode(zlib.compress(np.asarray(ink, np.uint8).tobytes())).decode()


def encoded(image, kind: str = "PNG", **options) -> bytes:
    """An image file."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, kind, **options)
    return file.getvalue()


def own_address() -> dict[str, str]:
    """As a proxy on this machine says where its client is: one address may ask only so much."""
    return {"X-Forwarded-For": str(next(ADDRESSES))}


@contextlib.contextmanager
def serving(classifier: Classifier, **options: Any) -> Iterator[gr.Blocks]:
    """A page that is served, on a port of its own: two processes that look for one at once can find the same."""
    loaded = LoadedClassifier(classifier, "for a test")
    page, *_ = serve(loaded, server_port=free_port(), prevent_thread_lock=True, quiet=True, **options)
    yield page
    page.close(verbose=False)


@pytest.fixture(scope="session")
def page(pretrained) -> Iterator[gr.Blocks]:
    """The page, served."""
    with serving(pretrained) as page:
        yield page


@pytest.fixture(scope="session")
def http(page) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=page.local_url, timeout=20, headers=own_address()) as client:
        yield client
