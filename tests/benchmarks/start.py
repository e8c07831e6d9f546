"""How long it takes until there is something to draw on: python -m tests.benchmarks.start [--rounds 3] [--other DIR]

In one run, in turns: importing torch and Gradio alone; `python app.py` with a checkpoint until the first page is
served; and a first launch, which trains. `--other` names another version of the repository, whose launches take turns
with these. Then the page: its size beside Gradio's own files, and when a browser that has never seen it can draw.
"""

import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, Request, sync_playwright

from demo.site import FOLDER
from model.paths import DATA, PRETRAINED, ROOT
from tests.benchmarks import harness
from tests.launching import clean_environment, free_port
from tests.page.chromium import FLAGS, find_or_install
from tests.page.drawing import PAD

# Presses Space, which makes a dot, at every frame until the bars show a prediction.
READY = """new Promise((done) => {
  const look = () => {
    const pad = document.querySelector(`canvas[aria-label="%s"]`);
    pad?.dispatchEvent(new KeyboardEvent("keydown", { key: " ", bubbles: true }));
    const bars = [...document.querySelectorAll("[role=meter]")];
    if (pad && bars.some((bar) => Number(bar.ariaValueNow) > 0)) done(performance.now());
    else requestAnimationFrame(look);
  };
  look();
})"""


def main() -> None:
    """Measure, and print."""
    parser = harness.parser(__doc__, rounds=3)
    parser.add_argument("--other", type=Path, metavar="DIR", help="another version's first launches, to compare with")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        measures = {
            "import torch, gradio": _imports,
            "start to the first page": lambda: _first_page(ROOT, PRETRAINED),
            "first launch, training included": lambda: _first_page(ROOT, folder / f"{time.monotonic()}.pt"),
        }
        if other := arguments.other and arguments.other.absolute():
            measures["first launch of the other"] = lambda: _first_page(other, folder / f"{time.monotonic()}.pt")
        harness.in_turns(measures, arguments.rounds)
    _measure_page(2 * arguments.rounds)


def _measure_page(rounds: int) -> None:
    port = free_port()
    process = _launch(ROOT, PRETRAINED, port)
    try:
        url = _wait_until_serving(port)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_or_install(playwright), args=FLAGS)
            first, whole = _weight(browser, url)
            print(f"sent until the first prediction, beside Gradio's own files: {first:,} bytes; in all: {whole:,}")
            ready = [_ready(browser, url) for _ in range(rounds)]
        print(f"navigation to the first prediction: {statistics.median(ready):.0f} ms, at most {max(ready):.0f}")
    finally:
        process.kill()
        process.wait()


def _imports() -> float:
    """Seconds to import torch and Gradio, in a process of its own."""
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "import torch, gradio"], env=clean_environment(), check=True)
    return time.monotonic() - began


def _first_page(repository: Path, checkpoint: Path) -> float:
    """Seconds from the start until the page is served."""
    began, port = time.monotonic(), free_port()
    process = _launch(repository, checkpoint, port)
    try:
        _wait_until_serving(port)
        return time.monotonic() - began
    finally:
        process.kill()
        process.wait()


def _launch(repository: Path, checkpoint: Path, port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "app.py", "--port", str(port), "--checkpoint", str(checkpoint)]
    environment = clean_environment(DIGITS_DATA=str(DATA / "MNIST" / "raw"))
    nowhere = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=repository, env=environment, stdout=nowhere, stderr=nowhere)


def _wait_until_serving(port: int) -> str:
    url = f"http://127.0.0.1:{port}/"
    while True:
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                answer.read()
            return url
        except OSError:
            time.sleep(0.02)


def _weight(browser: Browser, url: str) -> tuple[int, int]:
    """Bytes of the page and its modules, as they are sent: until the first prediction, and in all."""
    page = browser.new_page()
    sent: list[Request] = []
    page.on("requestfinished", lambda request: sent.append(request))
    page.goto(url, wait_until="commit")
    page.evaluate(READY % PAD)
    first = len(sent)
    page.wait_for_load_state("networkidle")
    sizes = [file.sizes()["responseBodySize"] * (file.url == url or FOLDER in file.url) for file in sent]
    page.context.close()
    return sum(sizes[:first]), sum(sizes)


def _ready(browser: Browser, url: str) -> float:
    """Milliseconds from navigation until the first prediction, with nothing in the browser's cache."""
    page = browser.new_page()
    page.goto(url, wait_until="commit")
    milliseconds: float = page.evaluate(READY % PAD)
    page.context.close()
    return milliseconds


if __name__ == "__main__":
    main()
