"""Find a Chromium for the tests, or install one."""

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Playwright

SYSTEM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]


def find_or_install(playwright: Playwright) -> str | None:
    """The path of a Chromium: Playwright's own, else the system's, else one installed now; None where none can be."""
    own = Path(playwright.chromium.executable_path)
    return _present(own) or _on_path() or _install(own)


def _present(path: Path) -> str | None:
    return str(path) if path.exists() else None


def _on_path() -> str | None:
    return next(filter(None, map(shutil.which, SYSTEM_NAMES)), None)


def _install(own: Path) -> str | None:
    print("No Chromium found: installing one for the tests ...", file=sys.stderr)
    _run(sys.executable, "-m", "playwright", "install", "chromium")
    if found := _present(own):
        return found
    if shutil.which("apt-get"):
        sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
        _run(*sudo, "apt-get", "update")
        _run(*sudo, "apt-get", "install", "-y", "--no-install-recommends", "chromium")
    return _on_path()


def _run(*command: str) -> None:
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):  # the next way is tried
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=600, check=False)
