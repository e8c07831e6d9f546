"""HAProxy as deploy/haproxy.cfg sets it up, in front of two replicas on free ports of this machine."""

import contextlib
import os
import shutil
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from model.paths import PRETRAINED, ROOT
from tests.launching import Launch, free_port

HAPROXY = shutil.which("haproxy", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
CONFIG = ROOT / "deploy" / "haproxy.cfg"


class Balancer:
    """Replicas of the product by name, and the proxy's address."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.folder = folder
        self.variables = variables
        self.ports = {"a": free_port(), "b": free_port()}
        self.replicas: dict[str, Launch] = {}
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self, name: str) -> None:
        """Start a replica, again perhaps, without waiting for it."""
        log, port = self.folder / f"{name}.log", self.ports[name]
        self.replicas[name] = Launch(log, "--checkpoint", PRETRAINED, port=port, **self.variables)

    def wait_until_ready(self, *names: str) -> None:
        """Wait until HAProxy sends visitors to replicas."""
        for name in names:
            self.replicas[name].wait_until(lambda: self.is_up(name))  # noqa: B023 - called at once

    def is_up(self, name: str) -> bool:
        """Whether HAProxy finds a replica healthy."""
        rows = [line.split(",") for line in self.ask("show stat").splitlines()]
        return next((row[17] == "UP" for row in rows if row[:2] == ["replicas", name]), False)

    def ask(self, command: str) -> str:
        """What HAProxy answers to a command of its administration socket."""
        with socket.socket(socket.AF_UNIX) as admin:
            admin.connect(str(self.folder / "admin.sock"))
            admin.sendall(command.encode() + b"\n")
            return b"".join(iter(lambda: admin.recv(65_536), b"")).decode()

    def page(self) -> str | None:
        """Open the page as a new visitor; the name of the replica that the cookie keeps this visitor with."""
        with urllib.request.urlopen(f"{self.url}/", timeout=10) as answer:
            assert b"Digit Sketchpad" in answer.read()
            return (answer.headers["Set-Cookie"] or "").partition("replica=")[2].partition(";")[0] or None


@contextlib.contextmanager
def balanced(folder: Path, **variables: str) -> Iterator[Balancer]:
    """Two replicas behind HAProxy, all of them ended at the end."""
    assert HAPROXY, "HAProxy is not installed"
    balancer = Balancer(folder, **variables)
    settings = {"BIND": f"127.0.0.1:{balancer.port}", "ADMIN_SOCKET": str(folder / "admin.sock")}
    settings |= {f"REPLICA_{name.upper()}": f"127.0.0.1:{port}" for name, port in balancer.ports.items()}
    with (folder / "haproxy.log").open("wb") as log:
        proxy = subprocess.Popen([HAPROXY, "-f", CONFIG], env=settings, stdout=log, stderr=subprocess.STDOUT)
    try:
        for name in balancer.ports:
            balancer.start(name)
        for launch in balancer.replicas.values():
            launch.wait_until_said("is open at")
        balancer.wait_until_ready(*balancer.ports)
        yield balancer
    finally:
        for launch in balancer.replicas.values():
            launch.kill()
        proxy.kill()
        proxy.wait()
