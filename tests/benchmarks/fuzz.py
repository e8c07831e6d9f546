"""A minute of hostile requests, and what became of the server: python -m tests.benchmarks.fuzz [--proxy]

From one address, requests of every kind come as fast as they are answered, hundreds stay unfinished, large bodies
hardly move, and the page is asked for again and again. The process must live, stay below 1 GB, and answer a visitor
within two seconds after the minute; with --proxy, behind HAProxy as deploy/haproxy.cfg has it, a visitor's pen-ups must
be answered within half a second meanwhile (95th percentile). Exits with 1 if a promise of SECURITY.md is broken. Linux
only: visitors are addresses of the loopback network.
"""

import argparse
import contextlib
import itertools
import math
import random
import re
import secrets
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx

from model.paths import PRETRAINED, ROOT
from tests.benchmarks import hostile
from tests.benchmarks.visitors import Use
from tests.deploy.balancer import balanced
from tests.launching import Launch

MOST_MEMORY = 1_000  # MB
MOST_SECONDS = 2.0  # until a visitor is answered, after the attack
MOST_MEANWHILE = 0.5  # seconds behind the proxy: the 95th percentile
ATTACKER, VISITOR = "127.0.1.1", "127.0.4.1"
EACH = 150  # different requests of a kind
SENDERS, FLOODS = 16, 40  # connections that send hostile requests, and that ask for the page
OPEN, SLOW = 600, 27  # requests without a complete head; and bodies of 1.1 MB that hardly move


def main() -> int:
    """Attack, and print what came of it; returns how many promises were broken."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--proxy", action="store_true", help="two processes behind HAProxy")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        canary = Path(name, "canary.txt")
        canary.write_text(secret := secrets.token_hex(16))
        requests = _requests(canary, arguments.seed)
        files = _files(ROOT)
        with _served(Path(name), arguments.proxy) as (url, launches):
            broken = _attack(url, launches, requests, arguments.seconds, secret, arguments.proxy)
            log = "".join(launch.said for launch in launches)
        print(f"tracebacks in the log: {log.count('Traceback')}\n{log[-2_000:]}")
        if changed := _files(ROOT) ^ files or canary.read_text() != secret:
            broken.append(f"files changed: {changed}")
    print("\n" + ("\n".join(f"BROKEN: {promise}" for promise in broken) or "Every promise held."))
    return len(broken)


@contextlib.contextmanager
def _served(folder: Path, has_proxy: bool) -> Iterator[tuple[str, list[Launch]]]:
    """The page, below a path of its own; its address and processes."""
    if has_proxy:
        with balanced(folder, GRADIO_ROOT_PATH=hostile.ROOT_PATH) as balancer:
            yield balancer.url, list(balancer.replicas.values())
    else:
        with Launch(folder / "log", "--checkpoint", PRETRAINED, GRADIO_ROOT_PATH=hostile.ROOT_PATH) as launch:
            launch.wait_until_serving()
            yield f"http://127.0.0.1:{launch.port}", [launch]


def _requests(canary: Path, seed: int) -> list[hostile.Request]:
    """Of every kind the same number, shuffled."""
    kinds = hostile.kinds()
    read = [f"/gradio_api/file={canary}", f"/static/../../../../..{canary}", f"/sketchpad/../../../..{canary}"]
    kinds["paths"] |= hostile.st.sampled_from(read).map(lambda path: hostile.Request("paths", "GET", path))
    requests = hostile.huge(20) + [
        request for kind in kinds.values() for request in hostile.drawn(kind, EACH, seed)
    ]  # Hypothesis may run out of new examples of a small kind
    random.Random(seed).shuffle(requests)
    return requests


def _attack(
    url: str, launches: list[Launch], requests: list[hostile.Request], seconds: float, secret: str, has_proxy: bool
) -> list[str]:
    """Send requests for so long, and watch; the promises that did not hold."""
    over, lock = threading.Event(), threading.Lock()
    turns, statuses, broken = itertools.cycle(requests), Counter[tuple[str, int]](), list[str]()
    memory, pen_ups = list[float](), list[float]()

    def send() -> None:
        with _client(url, ATTACKER) as client:
            while not over.is_set():
                with lock:
                    request = next(turns)
                status, content = request.send(client)
                with lock:
                    statuses[request.kind, status] += 1
                if b"Traceback" in content or b'File "' in content:
                    broken.append(f"a traceback in the answer to {request.method} {request.path[:60]}")
                if secret.encode() in content or b"root:x:0" in content:
                    broken.append(f"a file was read by {request.method} {request.path[:60]}")

    def flood() -> None:
        with _client(url, ATTACKER) as client:
            while not over.is_set():
                hostile.Request("flood", "GET", "/").send(client)

    def draw() -> None:
        with _client(url, VISITOR) as client:
            while not over.wait(0.2):
                pen_ups.append(_answered(client))

    def watch() -> None:
        while not over.wait(0.1):
            memory.append(max(Use.of(launch).memory for launch in launches))

    port = int(url.rpartition(":")[2])
    unfinished = [_open(port, b"GET / HTTP/1.1\r\nHost: " + b"a" * 8_000) for _ in range(OPEN)]
    head = b"POST /gradio_api/upload HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\n"
    unfinished += [_open(port, head + b"Content-Length: 1100000\r\n\r\n" + bytes(1_090_000)) for _ in range(SLOW)]
    runs: list[Callable[[], None]] = [watch, draw, *[send] * SENDERS, *[flood] * FLOODS]
    threads = [threading.Thread(target=run, daemon=True) for run in runs]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    over.set()
    for connection in unfinished:
        connection.close()
    with _client(url, VISITOR) as client:
        began = time.monotonic()
        while not math.isfinite(_answered(client)) and time.monotonic() - began < 60:
            pass
        after = time.monotonic() - began
    for thread in threads:
        thread.join(5)  # one that waits for an answer may do so for longer
    with lock:
        statuses = statuses.copy()

    columns = sorted({status for _, status in statuses})
    print(f"{statuses.total():,} requests in {seconds:.0f} s")
    print(f"{'':14}", *(f"{status or 'closed':>7}" for status in columns))
    for kind in sorted({kind for kind, _ in statuses}):
        print(f"{kind:14}", *(f"{statuses[kind, status] or '':>7}" for status in columns))
    median, most = statistics.median(pen_ups), statistics.quantiles(pen_ups, n=20)[-1]
    print(f"\nmemory: {memory[0]:.0f} MB at first, at most {max(memory):.0f} MB")
    print(f"a visitor's pen-up: {1e3 * median:.0f} ms, 95 % {1e3 * most:.0f} ms; afterwards {1e3 * after:.0f} ms")
    promises = {
        "a process ended": any(launch.process.poll() is not None for launch in launches),
        f"more than {MOST_MEMORY} MB": max(memory) > MOST_MEMORY,
        f"a visitor waited for more than {MOST_SECONDS} s afterwards": after > MOST_SECONDS,
        f"a visitor's pen-up took more than {MOST_MEANWHILE} s": has_proxy and most > MOST_MEANWHILE,
    }
    return [*dict.fromkeys(broken), *(promise for promise, is_broken in promises.items() if is_broken)]


def _client(url: str, address: str) -> httpx.Client:
    return httpx.Client(base_url=url, transport=httpx.HTTPTransport(local_address=address), timeout=30)


def _answered(visitor: httpx.Client) -> float:
    """Seconds until a drawing is answered; infinite if it is not."""
    began = time.monotonic()
    drawing = {"ink": hostile.INK, "steps": hostile.STEPS, "network": ""}
    with contextlib.suppress(httpx.HTTPError):
        answer = visitor.post("/verify", json=drawing)
        if answer.status_code == 200 and answer.json()["verdict"] == "blank":
            return time.monotonic() - began
    return math.inf


def _open(port: int, content: bytes) -> socket.socket:
    """A connection that has sent so much, and does not go on."""
    connection = socket.create_connection(("127.0.0.1", port), source_address=(ATTACKER, 0))
    connection.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        connection.send(content)
    return connection


def _files(root: Path) -> set[tuple[str, int]]:
    """The repository's files, and when they were written to."""
    skipped = re.compile(r"__pycache__|/\.|node_modules")
    return {(str(p), p.stat().st_mtime_ns) for p in root.rglob("*") if p.is_file() and not skipped.search(str(p))}


if __name__ == "__main__":
    sys.exit(main() > 0)
