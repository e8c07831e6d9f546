"""Twenty minutes of mixed use, and whether anything grows: python -m tests.benchmarks.soak --data DIR [--plot FILE]

Visitors come and go all the time, each in a Gradio session: they open the page, draw for a while with PyTorch answering
every pen-up, have images classified by the API, start training jobs, stop them or just leave, and close the page.
Memory, threads, open files and temporary files are noted every ten seconds. Linux only: it reads /proc.
"""

import argparse
import asyncio
import io
import os
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import httpx
from PIL import Image

from model.data.pen import draw
from model.paths import PRETRAINED
from tests.benchmarks.plots import Panel, plot
from tests.benchmarks.visitors import Tally, Use, Visitor
from tests.launching import Launch
from tests.page.drawing import DRAWINGS

AT_ONCE = 25  # visitors
STAYS = (5.0, 30.0)  # seconds
UPLOADS, TRAINS = 0.3, 0.08  # shares of the visitors
EVERY = 10.0  # seconds between two samples
GROWTH = {"memory, MB": 10, "threads": 3, "open files": 15, "temporary files": 60}  # from the third quarter to the last


def main() -> int:
    """Print a table; returns how many things grew or went wrong."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", default=os.environ.get("DIGITS_DATA"), help="folder with MNIST; else nobody trains")
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--plot", type=Path, help="SVG file to draw what was noted into")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        temporary = Path(name) / "tmp"
        temporary.mkdir()
        flags = ["--checkpoint", PRETRAINED, *(["--data", arguments.data] if arguments.data else [])]
        places = {"TMPDIR": str(temporary), "GRADIO_TEMP_DIR": str(temporary / "gradio")}
        with Launch(Path(name) / "log", *flags, **places) as launch:
            launch.wait_until_serving()
            soak = Soak(launch, temporary, trains=bool(arguments.data))
            asyncio.run(soak.run(60 * arguments.minutes))
            tracebacks = launch.said.count("Traceback")
    print(f"\n{soak.did.total():,} things done: " + ", ".join(f"{n:,} {what}" for what, n in sorted(soak.did.items())))
    waits = sorted(soak.tally.waited)
    print(f"pen-up to answer: median {1000 * statistics.median(waits):.0f} ms, longest {1000 * waits[-1]:.0f} ms")
    wrong = [f"{count} x {error}" for error, count in Counter(soak.tally.errors).most_common(10)]
    wrong += [f"{tracebacks} tracebacks in the log"] if tracebacks else []
    wrong += soak.grown()
    print("\n" + ("\n".join(f"WRONG: {what}" for what in wrong) or "All flat, and nothing went wrong."))
    if arguments.plot:
        minutes = [seconds / 60 for seconds, _ in soak.samples]
        noted = {what: [values[what] for _, values in soak.samples] for what in GROWTH}
        plot(arguments.plot, [Panel(what, "minutes", minutes, {"": values}) for what, values in noted.items()])
    return len(wrong)


class Soak:
    """The crowd, and what was noted meanwhile."""

    def __init__(self, launch: Launch, temporary: Path, trains: bool) -> None:
        self._launch, self._temporary, self._trains = launch, temporary, trains
        self._random = random.Random(0)
        self._numbers = iter(range(10**9))
        self.tally, self.did = Tally(), Counter()
        self.samples: list[tuple[float, dict[str, float]]] = []

    async def run(self, seconds: float) -> None:
        """Let visitors come and go for so long."""
        until = time.perf_counter() + seconds
        await asyncio.gather(self._note(seconds), *(self._places(until) for _ in range(AT_ONCE)))

    async def _places(self, until: float) -> None:
        """One visitor after the other."""
        while time.perf_counter() < until:
            try:
                await self._visit(min(until, time.perf_counter() + self._random.uniform(*STAYS)))
            except (httpx.HTTPError, LookupError, ValueError) as error:
                self.tally.errors.append(f"{type(error).__name__}: {error}"[:100])

    async def _visit(self, until: float) -> None:
        visitor = Visitor(f"http://127.0.0.1:{self._launch.port}", next(self._numbers), self.tally)
        await visitor.come()
        self.did["visits"] += 1
        try:
            if self._random.random() < UPLOADS:
                said = await visitor.upload("digit.png", _image(self._random))
                if '"verdict"' not in said:
                    self.tally.errors.append(f"upload: {said[:80]}")
                self.did["uploads"] += 1
            if self._trains and self._random.random() < TRAINS:
                await self._train(visitor, until)
            else:
                await visitor.draw(until)
        finally:
            await visitor.leave()

    async def _train(self, visitor: Visitor, until: float) -> None:
        """Train; half of them stop it, the others just leave."""
        ticket = await visitor.start_training(epochs=50, hidden=self._random.choice([32, 64, 128]))
        self.did["training jobs"] += 1
        while time.perf_counter() < until and (await visitor.follow(ticket))["state"] in ("queued", "running"):
            pass
        if self._random.random() < 0.5:
            await visitor.stop_training(ticket)

    async def _note(self, seconds: float) -> None:
        began = time.perf_counter()
        print(f"{'minutes':>8}" + "".join(f"{what:>18}" for what in GROWTH), flush=True)
        while (passed := time.perf_counter() - began) < seconds:
            use = Use.of(self._launch)
            files = sum(path.is_file() for path in self._temporary.rglob("*"))
            values = dict(zip(GROWTH, (use.memory, use.threads, use.files, files), strict=True))
            self.samples.append((passed, values))
            if len(self.samples) % 6 == 1:
                print(f"{passed / 60:8.1f}" + "".join(f"{value:18,.0f}" for value in values.values()), flush=True)
            await asyncio.sleep(EVERY)

    def grown(self) -> list[str]:
        """What is more in the last quarter than in the third."""
        quarter = max(1, len(self.samples) // 4)
        found = []
        for what, most in GROWTH.items():
            values = [values[what] for _, values in self.samples]
            third, last = (statistics.median(part) for part in (values[-2 * quarter : -quarter], values[-quarter:]))
            print(f"{what}: {third:,.0f} in the third quarter, {last:,.0f} in the last")
            if last - third > most:
                found.append(f"{what} grew by {last - third:,.0f}")
        return found


def _image(chance: random.Random) -> bytes:
    """A drawing as a PNG file, each a little different."""
    ink = draw(chance.choice(DRAWINGS)["strokes"], width=chance.uniform(8, 14))
    file = io.BytesIO()
    Image.fromarray(255 - ink.numpy()).save(file, "PNG")
    return file.getvalue()


if __name__ == "__main__":
    sys.exit(main() > 0)
