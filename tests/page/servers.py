"""What the page is served by in the tests: the demo in a process of its own, or a plain file server."""

import functools
import http.server
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from gradio.context import Context

from demo.launch import serve
from model.classifier import Classifier
from model.paths import PRETRAINED
from model.pipeline import LoadedClassifier
from tests.launching import Launch, free_port


class Server:
    """The demo as a user starts it, once it is open."""

    def __init__(self) -> None:
        self.launch = Launch(Path(tempfile.mkdtemp()) / "log", "--checkpoint", PRETRAINED)
        self.url = f"http://127.0.0.1:{self.launch.port}/"
        try:
            self.launch.wait_until_said("is open at")
        except BaseException:
            self.launch.kill()
            raise

    def stop(self) -> None:
        """End it this instant."""
        self.launch.kill()


class ServerHere:
    """The demo in this process, where it starts ten times as fast; it can be stopped and started again.

    Args:
        classifier: that predicts.
        root_path: below which a proxy would show it.
    """

    def __init__(self, classifier: Classifier, root_path: str = "") -> None:
        self.port, self._root_path = free_port(), root_path
        self.url = f"http://127.0.0.1:{self.port}/"
        self.start(classifier)

    def start(self, classifier: Classifier) -> None:
        """Serve a classifier, from now on."""
        with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(1) as pool:  # this thread has an event loop
            patch.setenv("GRADIO_ROOT_PATH", self._root_path)
            patch.setenv("GRADIO_ANALYTICS_ENABLED", "False")
            Context.id = 0  # components are numbered as in a process of their own, for pages that were open before
            loaded, options = LoadedClassifier(classifier, "For a test"), {"prevent_thread_lock": True, "quiet": True}
            self._page, *_ = pool.submit(serve, loaded, server_port=self.port, **options).result()

    def close(self) -> None:
        """End it."""
        self._page.close(verbose=False)


class FileServer:
    """A folder of static files, served by a thread of this process; it can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self._handler = functools.partial(_QuietHandler, directory=str(folder))
        self._address = ("127.0.0.1", 0)
        self.start()
        self.url = f"http://127.0.0.1:{self._address[1]}/"

    def start(self) -> None:
        """Serve the files."""
        self._server = http.server.ThreadingHTTPServer(self._address, self._handler)
        self._address = self._server.server_address
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Answer no longer."""
        self._server.shutdown()
        self._server.server_close()


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *message: object) -> None:
        """Log nothing."""
