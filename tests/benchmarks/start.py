"""What it takes until there is something to draw on: python -m tests.benchmarks.start --data DIR [--rounds 5]

In one run, in turns: importing torch and Gradio alone, and `python app.py` with a checkpoint until the first page is
served; then the parts of a first launch, in one process; then the page: what it weighs beside Gradio's own files, and
when a browser that has never seen it can draw.
"""

import argparse
import gzip
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from model.opening import PRETRAINED
from tests.launching import ROOT, Launch, clean_environment
from tests.page.chromium import FLAGS, find_or_install
from tests.page.hand import PAD

FIRST_LAUNCH = """
import sys, time
began = time.perf_counter()

def part(name):
    global began
    print(f"{name:>12}{time.perf_counter() - began:8.2f} s", file=sys.stderr)
    began = time.perf_counter()

import torch, gradio
part("torch, Gradio")
import urllib.request
from pathlib import Path
from demo.launch import serve
from model import checkpoint
from model.mnist import load_mnist
from model.opening import DEFAULT_RECIPE, Opened, train_classifier
part("our own")
digits = load_mnist(Path(sys.argv[1]))
part("data")
classifier = train_classifier(digits, DEFAULT_RECIPE)
part("training")
checkpoint.save(classifier, Path(sys.argv[2]))
part("save")
_, address, _ = serve(Opened(classifier, ""), prevent_thread_lock=True, quiet=True)
urllib.request.urlopen(address).read()
part("serve")
"""

# Presses Space, by which the pen makes a dot, at every frame until there is a reading of it.
READY = """new Promise((done) => {
  const look = () => {
    const pad = document.querySelector(`canvas[aria-label="%s"]`);
    pad?.dispatchEvent(new KeyboardEvent("keydown", { key: " ", bubbles: true }));
    if (pad && (Live.reading()?.digit ?? null) !== null) done(performance.now());
    else requestAnimationFrame(look);
  };
  look();
})"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", help="folder with MNIST; without it, no first launch is timed")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rounds = [(_imports(), _first_page(folder)) for _ in range(arguments.rounds)]
        imports, pages = (statistics.median(times) for times in zip(*rounds, strict=True))
        ratio = statistics.median(page / alone for alone, page in rounds)
        print(f"import torch, gradio: {imports:.2f} s; start to the first page: {pages:.2f} s; ratio {ratio:.2f}\n")
        if arguments.data:
            print("a first launch, in one process", flush=True)
            run = [sys.executable, "-c", FIRST_LAUNCH, str(Path(arguments.data).absolute()), str(folder / "mlp.pt")]
            subprocess.run(run, cwd=ROOT, env=clean_environment(), stdout=subprocess.DEVNULL, check=True)
        with Launch(folder / "log", "--checkpoint", PRETRAINED) as launch, sync_playwright() as playwright:
            launch.wait_until_serving()
            url = f"http://127.0.0.1:{launch.port}/"
            with urllib.request.urlopen(url) as answer:
                plain = answer.read()
            asked = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
            with urllib.request.urlopen(asked) as answer:
                packed = answer.read()
            assert gzip.decompress(packed) == plain
            print(f"\nthe page, beside Gradio's own files: {len(packed):,} bytes sent, {len(plain):,} unpacked")
            browser = playwright.chromium.launch(executable_path=find_or_install(playwright), args=FLAGS)
            ready = [_ready(browser, url) for _ in range(2 * arguments.rounds)]
            print(f"navigation to the first ink read: {statistics.median(ready):.0f} ms, at most {max(ready):.0f}")


def _imports() -> float:
    """Seconds to import torch and Gradio, in a process of its own."""
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "import torch, gradio"], env=clean_environment(), check=True)
    return time.monotonic() - began


def _first_page(folder: Path) -> float:
    """Seconds from the start until the page is served."""
    began = time.monotonic()
    with Launch(folder / "log", "--checkpoint", PRETRAINED) as launch:
        launch.wait_until_serving()
        return time.monotonic() - began


def _ready(browser: Browser, url: str) -> float:
    """Milliseconds from navigation until the first ink is read, with nothing in the browser's cache."""
    page = browser.new_page()
    page.goto(url, wait_until="commit")
    milliseconds = page.evaluate(READY % PAD)
    page.context.close()
    return milliseconds


if __name__ == "__main__":
    main()
