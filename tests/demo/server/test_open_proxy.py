"""Nothing is fetched for a visitor: the server stands beside a public host, in a network of their own."""

import json
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from model.paths import PRETRAINED, ROOT
from tests.launching import clean_environment

PUBLIC = "8.8.8.8"  # in that network it is this machine's; Gradio would fetch from it, as from no private address
NETWORK = ("unshare", "--user", "--map-root-user", "--net")
LOOPBACK = (("link", "set", "lo", "up"), ("addr", "add", f"{PUBLIC}/32", "dev", "lo"))


@pytest.mark.slow
def test_no_public_host_is_asked():
    if (
        not all(map(shutil.which, ("unshare", "ip")))
        or subprocess.run([*NETWORK, "true"], capture_output=True).returncode
    ):
        pytest.skip("Here is no network to be made: it takes Linux, unshare, ip, and the right to use them.")
    command = [*NETWORK, sys.executable, "-m", "tests.demo.server.test_open_proxy"]
    ended = subprocess.run(command, cwd=ROOT, env=clean_environment(), capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    answers, asked = json.loads(ended.stdout.splitlines()[-1])
    assert asked == ["/control"]
    assert answers
    assert {name for name, status in answers.items() if status < 400} == set()


def probe() -> None:
    """In such a network: have the server asked for a stranger's file in every way; print what came of it."""
    from demo.launch import serve
    from model import checkpoint
    from model.pipeline import LoadedClassifier

    for command in LOOPBACK:
        subprocess.run(["ip", *command], check=True)
    asked: list[str] = []

    class Stranger(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    stranger = ThreadingHTTPServer((PUBLIC, 0), Stranger)
    threading.Thread(target=stranger.serve_forever, daemon=True).start()
    file = f"http://{PUBLIC}:{stranger.server_port}/file.png"
    _, local, _ = serve(
        LoadedClassifier(checkpoint.load(PRETRAINED), "for a test"), prevent_thread_lock=True, quiet=True
    )
    with httpx.Client(base_url=local, timeout=20) as client:
        paths = [f"{prefix}/{route}{file}" for prefix in ("", "/gradio_api") for route in ("file=", "file/", "proxy=")]
        answers = {path: client.get(path).status_code for path in paths}
        for described in ({"path": file}, {"path": file, "url": file}, {"path": "x.png", "url": file}, file):
            sent = {
                "data": [described | {"meta": {"_type": "gradio.FileData"}} if isinstance(described, dict) else file]
            }
            event = client.post("/gradio_api/call/classify", json=sent)
            if event.status_code == 200:  # the answer follows, and says what is wrong
                stream = client.get(f"/gradio_api/call/classify/{event.json()['event_id']}").text
                answers[json.dumps(described)] = 400 if "event: error" in stream else 200
            else:
                answers[json.dumps(described)] = event.status_code
        client.get(file.replace("file.png", "control"))
    print(json.dumps([answers, asked]))


if __name__ == "__main__":
    probe()
