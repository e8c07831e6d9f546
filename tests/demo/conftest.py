"""One page for all tests of the demo, served in this process."""

import base64
import contextlib
import json
import zlib
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import numpy as np
import pytest

from demo.launch import serve
from model.classifier import Classifier
from model.pipeline import LoadedClassifier
from tests.launching import free_port

JSON = {"Content-Type": "application/json"}
STEPS = {"crop": True, "square": True, "resize": True, "center": True}


def packed(ink) -> str:
    """Ink as the pad packs it."""
    return base64.b64encode(zlib.compress(np.asarray(ink, np.uint8).tobytes())).decode()


ADDRESSES = ip_network("198.18.0.0/15").hosts()  # reserved for tests


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


class Visitor:
    """Talks to the page as one session of Gradio's."""

    def __init__(self, page: gr.Blocks, session: str = "session") -> None:
        self.page, self.session = page, session
        self.http = httpx.Client(base_url=page.local_url, timeout=30, headers=own_address())

    def trigger(self, event: str, content: object) -> object:
        """Trigger an event of the first component that has it; what the listener answers."""
        number = next(number for number, function in self.page.fns.items() if function.targets[0][1] == event)
        body = {"data": [content], "fn_index": number, "session_hash": self.session}
        answer = self.http.post("gradio_api/run/predict", content=json.dumps(body), headers=JSON)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"][0]

    def call(self, view: type, function: str, argument: object) -> object:
        """Call a server function of a view."""
        (component,) = (number for number, block in self.page.blocks.items() if isinstance(block, view))
        body = {"data": argument, "component_id": component, "fn_name": function, "session_hash": self.session}
        answer = self.http.post("gradio_api/component_server/", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send(self, drawing: object) -> dict:
        """Send a drawing as the page does at pen-up; PyTorch's answer."""
        answer = self.http.post("verify", content=json.dumps(drawing), headers=JSON)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def start(self, settings: object) -> dict:
        """Start a training."""
        return json.loads(str(self.trigger("start_job", settings)))


@pytest.fixture(scope="session")
def server_folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="session")
def page(pretrained, mnist_folder, server_folder) -> Iterator[gr.Blocks]:
    """The page, served."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(server_folder / "uploads"))
        with serving(pretrained, data=mnist_folder) as page:
            yield page


@pytest.fixture(scope="session")
def http(page) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=page.local_url, timeout=20) as client:
        yield client
