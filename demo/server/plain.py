"""Answers that are made in one piece, without Gradio."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.types import Send


@dataclass(frozen=True)
class Answer:
    """What is answered: a status, and a body of some type."""

    status: int
    body: bytes
    content_type: str = "application/json"


# Takes JSON that was parsed, a body as it is, or None; and the address that it came from.
Endpoint = Callable[[Any, str], Awaitable[Answer]]


def as_json(value: Any, status: int = 200) -> Answer:
    """A value as an answer."""
    return Answer(status, json.dumps(value).encode())


async def send_answer(send: Send, answer: Answer, method: str = "GET") -> None:
    """Send an answer; of one to HEAD, no body."""
    headers = [(b"content-type", answer.content_type.encode()), (b"content-length", str(len(answer.body)).encode())]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else answer.body})
