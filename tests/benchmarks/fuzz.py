"""20,000 hostile requests to the served page, and what became of the server: python -m tests.benchmarks.fuzz

The page is served by a process of its own, `python app.py`, and asked from many addresses of the loopback network
(127.0.1.1, 127.0.1.2, ...), each of them a visitor; this takes Linux. Meanwhile hundreds of requests stay unfinished,
large bodies hardly move, one address floods the page with GETs, and a visitor goes on drawing.
Exits with 1 where anything that SECURITY.md promises did not hold.
"""

import argparse
import itertools
import json
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
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from model.paths import PRETRAINED, ROOT
from tests.benchmarks import hostile
from tests.launching import Launch

MOST_MEMORY = 150  # MB over the idle figure, which is that of a server that has trained once and so has MNIST
MOST_SECONDS = 0.5  # from a visitor's pen-up to PyTorch's answer: the 95th percentile
VISITORS = 40
OPEN = 600  # requests without a complete head
SLOW = 27  # bodies of 1.1 MB that hardly move, from three addresses
FLOOD = 40  # connections of one address that ask for the page, again and again


def main() -> int:
    """Send them, and print what came of it; returns how many promises were broken."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--log", type=Path, help="where to keep the server's log")
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        temporary, uploads = folder / "tmp", folder / "uploads"
        temporary.mkdir()
        canary = folder / "canary.txt"
        canary.write_text(secret := secrets.token_hex(16))
        log = arguments.log or folder / "log"
        flags = ["--checkpoint", PRETRAINED, "--data", folder / "no-data"]
        with Launch(
            log, *flags, TMPDIR=str(temporary), GRADIO_TEMP_DIR=str(uploads), GRADIO_ROOT_PATH=hostile.ROOT_PATH
        ) as launch:
            launch.wait_until_serving()
            before = _files(ROOT)
            broken = _attack(launch, arguments.requests, arguments.seed, canary, secret)
        tracebacks = _tracebacks(log.read_text(errors="replace"))
        print(f"\ntracebacks in the log: {sum(tracebacks.values())}")
        for which, count in tracebacks.most_common():
            print(f"{count:6}  {which}")
        if changed := _files(ROOT) ^ before:
            broken.append(f"files changed: {sorted(changed)[:5]}")
        if canary.read_text() != secret:
            broken.append("the canary was written to")
        left = [path for path in folder.rglob("*") if path.is_file() and not path.is_relative_to(uploads)]
        if strange := set(left) - {canary, log}:
            broken.append(f"files outside of the uploads: {sorted(map(str, strange))[:5]}")
        print(f"\nuploads on disk: {sum(f.stat().st_size for f in uploads.rglob('*') if f.is_file()) / 1e6:.0f} MB")
    print("\n" + ("\n".join(f"BROKEN: {promise}" for promise in broken) or "Every promise held."))
    return len(broken)


def _attack(launch: Launch, count: int, start: int, canary: Path, secret: str) -> list[str]:
    """Send all requests; the promises that did not hold."""
    address = f"http://127.0.0.1:{launch.port}"
    config = httpx.get(f"{address}/config").json()
    kinds = hostile.kinds(
        [function["id"] for function in config["dependencies"]], [block["id"] for block in config["components"]]
    )
    kinds["paths"] |= hostile.st.sampled_from([f"/gradio_api/file={canary}", f"/static/../../../../..{canary}"]).map(
        lambda path: hostile.Request("paths", "GET", path)
    )
    each = -(-count // len(kinds))
    requests = [request for kind in kinds.values() for request in hostile.drawn(kind, each, start)]
    shortfall = count - len(requests)  # Hypothesis may run out of new examples of a small kind
    requests += random.Random(start).choices(requests, k=max(0, shortfall))
    random.Random(start).shuffle(requests)
    requests = hostile.huge() + requests[: count - len(hostile.huge())]

    _train(address, config)
    idle = _memory(launch)
    peak, pen_ups, over = [idle], list[float](), threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            peak.append(_memory(launch))

    def draw() -> None:
        with _visitor(address, "127.0.4.1") as visitor:
            while not over.wait(0.2):
                began = time.monotonic()
                pen_ups.append(time.monotonic() - began if _answers(visitor) else math.inf)

    def flood() -> None:
        with _visitor(address, "127.0.3.1") as visitor:
            while not over.is_set():
                hostile.Request("flood", "GET", "/").send(visitor)

    unfinished = [_unfinished(launch.port, number) for number in range(OPEN)]
    unfinished += [_slow(launch.port, number) for number in range(SLOW)]
    beside = [threading.Thread(target=run, daemon=True) for run in (watch, draw, *[flood] * FLOOD)]
    for thread in beside:
        thread.start()
    visitors = [_visitor(address, f"127.0.1.{number + 1}") for number in range(VISITORS)]
    turns, statuses, broken = itertools.cycle(visitors), Counter(), []
    lock = threading.Lock()

    def send(request: hostile.Request) -> None:
        with lock:
            visitor = next(turns)
        status, content = request.send(visitor)
        with lock:
            statuses[request.kind, status] += 1
            if b"Traceback" in content or b'File "' in content:
                broken.append(f"a traceback in the answer to {request.method} {request.path[:60]}")
            if secret.encode() in content or b"root:x:0" in content:
                broken.append(f"a file was read by {request.method} {request.path[:60]}")

    began = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        for number, _ in enumerate(pool.map(send, requests), 1):
            if number % 2_000 == 0:
                print(f"{number:6} sent, {_memory(launch) - idle:5.0f} MB over idle", flush=True)
    seconds = time.monotonic() - began
    if not launch.serves() or launch.process.poll() is not None:
        broken.append("the page is not alive")
    over.set()
    for thread in beside:
        thread.join()
    for connection in unfinished:
        connection.close()

    print(f"\n{len(requests):,} requests in {seconds:.0f} s, and {OPEN} unfinished requests meanwhile")
    columns = sorted({status for _, status in statuses})
    print(f"{'':18}" + "".join(f"{status or 'closed':>8}" for status in columns))
    for kind in sorted({kind for kind, _ in statuses}):
        print(f"{kind:18}" + "".join(f"{statuses[kind, status] or '':>8}" for status in columns))
    print(
        f"\nmemory: {idle:.0f} MB idle, at most {max(peak) - idle:.0f} MB more, {_memory(launch) - idle:.0f} at the end"
    )
    if max(peak) - idle > MOST_MEMORY:
        broken.append(f"more than {MOST_MEMORY} MB over the idle figure")
    median, most = statistics.median(pen_ups), statistics.quantiles(pen_ups, n=20)[-1]
    print(f"a visitor's pen-up: {1e3 * median:.0f} ms, 95 %: {1e3 * most:.0f} ms, longest {1e3 * max(pen_ups):.0f} ms")
    if most > MOST_SECONDS:
        broken.append(f"a visitor's pen-up took longer than {MOST_SECONDS} s, or was not answered")
    return broken


def _visitor(address: str, host: str) -> httpx.Client:
    return httpx.Client(base_url=address, transport=httpx.HTTPTransport(local_address=host), timeout=30)


def _answers(visitor: httpx.Client) -> bool:
    """Whether a drawing is answered."""
    drawing = {"version": 1, "ink": hostile.INK, "steps": hostile.STEPS, "network": "", "ticket": ""}
    answer = visitor.post("/verify", json=drawing)
    return answer.status_code == 200 and answer.json()["verdict"] == "blank"


def _train(address: str, config: dict) -> None:
    """Have the server train once, for a moment."""
    number, view = next(
        (each["id"], each["targets"][0][0]) for each in config["dependencies"] if each["targets"][0][1] == "start_job"
    )
    body = {"data": [{"recipe": "baseline", "epochs": 1}], "fn_index": number, "session_hash": "first"}
    with httpx.Client(base_url=address, timeout=60) as http:
        (reply,) = http.post(f"{hostile.API}/run/predict", json=body).json()["data"]
        question = {"data": json.loads(reply)["ticket"], "component_id": view, "fn_name": "follow", "session_hash": ""}
        while json.loads(http.post(f"{hostile.API}/component_server", json=question).json())["state"] != "done":
            pass


def _slow(port: int, number: int) -> socket.socket:
    """A connection whose body has begun, and does not go on."""
    connection = socket.create_connection(("127.0.0.1", port), source_address=(f"127.0.5.{number % 3 + 1}", 0))
    head = f"POST {hostile.API}/upload HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\n"
    connection.sendall(f"{head}Content-Length: 1100000\r\n\r\n".encode() + bytes(1_090_000))
    return connection


def _unfinished(port: int, number: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), source_address=(f"127.0.2.{number % 3 + 1}", 0))
    connection.sendall(b"GET / HTTP/1.1\r\nHost: " + b"a" * 8_000)
    return connection


def _memory(launch: Launch) -> float:
    """Resident memory in MB."""
    status = Path(f"/proc/{launch.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1e3


def _files(root: Path) -> set[tuple[str, int]]:
    """The repository's files, and when they were written to."""
    return {
        (str(path), path.stat().st_mtime_ns)
        for path in root.rglob("*")
        if path.is_file() and not {"__pycache__", ".git", ".hypothesis", "node_modules"} & set(path.parts)
    }


def _tracebacks(log: str) -> Counter:
    """Tracebacks by the last place in them and the error."""
    found = Counter()
    for part in log.split("Traceback (most recent call last):\n")[1:]:
        place = re.findall(r'File ".*?([^/]+/[^/]+\.py)", line (\d+), in (\S+)', part.split("\n\n")[0])
        error = next((line for line in part.splitlines() if re.match(r"[A-Za-z_.]+(:|$)", line)), "?")
        found[f"{':'.join(place[-1]) if place else '?'}  {error[:90]}"] += 1
    return found


if __name__ == "__main__":
    sys.exit(main())
