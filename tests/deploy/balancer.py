"""HAProxy as deploy/haproxy.cfg sets it up, in front of two replicas on free ports of this machine."""

import contextlib
import os
import shutil
import socket
import subprocess
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

    def is_up(self, name: str) -> bool:
        """Whether HAProxy finds a replica healthy."""
        return next((row[17] == "UP" for row in self._rows() if row[:2] == ["replicas", name]), False)

    def answered(self, name: str) -> int:
        """How many requests a replica has got from HAProxy."""
        return next(int(row[7]) for row in self._rows() if row[:2] == ["replicas", name])

    def _rows(self) -> list[list[str]]:
        """What HAProxy says of itself, on its administration socket."""
        with socket.socket(socket.AF_UNIX) as admin:
            admin.connect(str(self.folder / "admin.sock"))
            admin.sendall(b"show stat\n")
            said = b"".join(iter(lambda: admin.recv(65_536), b"")).decode()
        return [line.split(",") for line in said.splitlines()]


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
        for name, launch in balancer.replicas.items():
            launch.wait_until(lambda: balancer.is_up(name))  # noqa: B023 - called at once
        yield balancer
    finally:
        for launch in balancer.replicas.values():
            launch.kill()
        proxy.kill()
        proxy.wait()
