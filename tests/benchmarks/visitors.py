"""Visitors without a browser: they ask what a page asks, and check each answer against the network's own."""

import asyncio
import base64
import functools
import random
import time
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from model.checkpoint import load
from model.data.pen import draw
from model.paths import PRETRAINED
from tests.launching import Launch
from tests.page.drawing import DRAWINGS

DIGIT_EVERY = 3.0  # seconds
STROKE_EVERY = 0.6  # seconds, between two strokes of a digit
HALL = 300  # visitors behind one address, as in a lecture hall
PATIENCE = 30.0  # seconds: who waits longer than that waits for ever
STEPS = {"crop": True, "square": True, "resize": True, "center": True}


@dataclass(frozen=True)
class Question:
    """What a page asks at pen-up, and what it must be answered."""

    ink: str
    expected: dict


@functools.cache
def _questions() -> list[list[Question]]:
    """For each drawing, what is asked after each of its strokes."""
    classifier = load(PRETRAINED)

    def question(strokes: list) -> Question:
        ink = draw(strokes)
        packed = base64.b64encode(zlib.compress(ink.numpy().tobytes())).decode()
        return Question(packed, classifier.predict(ink[None])[0].as_dict())

    return [[question(d["strokes"][: n + 1]) for n in range(len(d["strokes"]))] for d in DRAWINGS]


@dataclass
class Tally:
    """What a crowd lived through.

    Attributes:
        waited: seconds from pen-up to answer.
        overtaken: pen-ups that nobody asked about, as the pen was up again before the last answer had come.
        told_to_wait: rejected, for now.
        errors: what went wrong.
    """

    waited: list[float] = field(default_factory=list)
    overtaken: int = 0
    told_to_wait: int = 0
    errors: list[str] = field(default_factory=list)


class Visitor:
    """One open page, and a pen."""

    def __init__(self, url: str, number: int, tally: Tally) -> None:
        transport = httpx.AsyncHTTPTransport(verify=False, local_address=f"127.0.1.{1 + number // HALL}")
        self._client = httpx.AsyncClient(base_url=url, timeout=PATIENCE, transport=transport)
        self._random = random.Random(number)
        self._tally = tally

    async def come(self) -> float:
        """Open the page; the seconds until it was there."""
        began = time.perf_counter()
        page = await self._client.get("/")
        assert page.status_code == 200
        return time.perf_counter() - began

    async def leave(self) -> None:
        """Close the page."""
        await self._client.aclose()

    async def draw(self, until: float) -> None:
        """Draw one digit after the other, beginning at any moment of the first three seconds.

        As in the page, a pen-up before the answer to the last one is asked about when that has come, unless the pen is
        up once more by then.
        """
        at = time.perf_counter() + self._random.uniform(0, DIGIT_EVERY)
        while at < until:
            questions = self._random.choice(_questions())
            ups = [at + number * STROKE_EVERY for number in range(len(questions))]
            at += DIGIT_EVERY
            for question, lifted, following in zip(questions, ups, [*ups[1:], at], strict=True):
                await asyncio.sleep(max(0.0, lifted - time.perf_counter()))
                if time.perf_counter() < following:
                    await self._ask(question, lifted)
                else:
                    self._tally.overtaken += 1

    async def _ask(self, question: Question, lifted: float) -> None:
        """Ask, and compare."""
        drawing = {"ink": question.ink, "steps": STEPS, "network": ""}
        try:
            reply = await self._post(drawing)
        except httpx.HTTPError as error:
            self._tally.errors.append(type(error).__name__)
            return
        if reply.status_code in (429, 503):
            self._tally.told_to_wait += 1
        elif reply.status_code != 200:
            self._tally.errors.append(f"{reply.status_code}: {reply.text[:80]}")
        else:
            answer = reply.json()
            if not _same(answer, question.expected):
                self._tally.errors.append(f"wrong: {answer}")
            self._tally.waited.append(time.perf_counter() - lifted)

    async def _post(self, drawing: object) -> httpx.Response:
        """Ask for a prediction, and once more where a connection that was kept open ends without an answer: so do
        browsers, as it may have ended before the server got to know of the request.
        """
        try:
            return await self._client.post("/verify", json=drawing)
        except httpx.RemoteProtocolError:
            return await self._client.post("/verify", json=drawing)


def _same(answer: dict, expected: dict) -> bool:
    near = [abs(a - b) < 1e-5 for a, b in zip(answer["probabilities"], expected["probabilities"], strict=True)]
    return all(near) and all(answer[name] == expected[name] for name in ("digit", "verdict"))


@dataclass(frozen=True)
class Use:
    """What a server uses: resident memory in MB, and seconds of processor time."""

    memory: float
    seconds: float

    @classmethod
    def of(cls, *launches: Launch) -> "Use":
        """What processes use together, at this moment. Linux only: it reads /proc."""
        memory = seconds = 0.0
        for launch in launches:
            proc = Path(f"/proc/{launch.process.pid}")
            status = dict(line.split(":", 1) for line in (proc / "status").read_text().splitlines())
            times = (proc / "stat").read_text().rsplit(")", 1)[1].split()
            memory += int(status["VmRSS"].split()[0]) / 1024
            seconds += (int(times[11]) + int(times[12])) / 100
        return cls(memory, seconds)
