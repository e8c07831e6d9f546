"""Kills the first launch again and again, at random moments, and launches again: the next launch must work.

    python -m tests.benchmarks.kill_first_launch [--times 30] [--seed 0]

Each time `python app.py` starts without a checkpoint and is ended by SIGKILL at a random moment between its start and
its serving. The launch after it must serve; the table says what the killed one left behind.
"""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from model import checkpoint
from tests.launching import Launch


def main() -> int:
    """Kill, launch, and print a table; returns how many launches failed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    arguments = parser.parse_args()
    moments = random.Random(arguments.seed)

    with tempfile.TemporaryDirectory() as name:
        path, log = Path(name) / "checkpoints" / "mlp.pt", Path(name) / "log"
        flags = ["--checkpoint", path, "--recipe", "baseline,epochs=1"]
        whole = _serve(log, flags)
        print(f"A first launch serves after {whole:.1f} s.\n")
        print(" time  killed after  it had said         it left        the next launch", flush=True)
        failures = 0
        for number in range(1, arguments.times + 1):
            path.unlink(missing_ok=True)
            after = moments.uniform(0, whole)
            with Launch(log, *flags) as launch:
                time.sleep(after)
            said = " ".join((launch.said.splitlines() or ["nothing"])[-1].split()[:1])
            left = _left(path)
            try:
                verdict = f"serves after {_serve(log, flags):.1f} s"
                checkpoint.load(path)
            except Exception as error:
                failures, verdict = failures + 1, f"FAILED: {error}"
            print(f"{number:5}  {after:10.2f} s  {said:<18}  {left:<13}  {verdict}", flush=True)
    print(f"\n{arguments.times - failures} of {arguments.times} next launches worked.")
    return failures


def _serve(log: Path, flags: list) -> float:
    """Launch until it serves; the seconds that takes."""
    began = time.monotonic()
    with Launch(log, *flags) as launch:
        launch.wait_until_serving()
        return time.monotonic() - began


def _left(path: Path) -> str:
    if path.exists():
        checkpoint.load(path)
        return "a whole file"
    return "half a .part" if list(path.parent.glob(".*.part")) else "nothing"


if __name__ == "__main__":
    sys.exit(main())
