"""The doors of a training, for whoever knocks: its listener and its functions, over plain HTTP."""

import base64
import json
import time
import zlib

import httpx
import numpy as np
import pytest

from demo.launch import serve
from demo.views.hand import Hand
from demo.views.learn import Learn
from model.opening import Opened
from model.pen import draw

pytestmark = pytest.mark.filterwarnings("ignore")  # Gradio's own
INK = base64.b64encode(zlib.compress(draw([[(40, 40), (100, 40), (60, 110)]]).numpy().tobytes())).decode()
STEPS = {"box": True, "square": True, "fit": True, "centre": True}
QUICK = {"recipe": "chapter", "epochs": 1, "batch_size": 4000, "hidden": 8}


class Visitor:
    """Talks to a served page as one session."""

    def __init__(self, page, session: str) -> None:
        self.page, self.session = page, session
        self.http = httpx.Client(base_url=page.local_url, timeout=30)

    def ask(self, listener: str, content: object) -> object:
        (number,) = (
            number
            for number, function in self.page.fns.items()
            if function.name == listener and not isinstance(function.inputs[0], Hand)
        )
        body = {"data": [content], "fn_index": number, "session_hash": self.session}
        answer = self.http.post("gradio_api/run/predict", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"][0]

    def call(self, function: str, argument: object) -> object:
        (view,) = (number for number, block in self.page.blocks.items() if isinstance(block, Learn))
        body = {"data": argument, "component_id": view, "fn_name": function, "session_hash": self.session}
        answer = self.http.post("gradio_api/component_server/", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def start(self, settings: object) -> dict:
        return json.loads(self.ask("start", settings))

    def follow(self, ticket: object) -> dict:
        return json.loads(self.call("follow", ticket))

    def train(self, **settings: object) -> dict:
        """Train to the end; what came of it."""
        ticket = self.start(QUICK | settings)["ticket"]
        until = time.monotonic() + 60
        while (news := self.follow(ticket))["state"] in ("queued", "training"):
            assert time.monotonic() < until
        assert news["state"] == "done", news
        return json.loads(self.call("result", ticket))

    def read_with(self, fingerprint: str) -> str:
        """Ask about a drawing, read with a network; the fingerprint of the one that answered."""
        return self.ask("answer", {"version": 1, "ink": INK, "steps": STEPS, "network": fingerprint})["network"]


@pytest.fixture(scope="module")
def page(pretrained, mnist_folder):
    page, *_ = serve(Opened(pretrained, "for a test"), mnist_folder, prevent_thread_lock=True, quiet=True)
    yield page
    page.close(verbose=False)


def test_two_sessions_read_with_their_own_networks_alone(page, pretrained):
    ann, ben = Visitor(page, "ann"), Visitor(page, "ben")
    of_ann, of_ben = (visitor.train(seed=seed) for seed, visitor in enumerate((ann, ben)))
    shared = pretrained.fingerprint()
    own = [result["network"]["fingerprint"] for result in (of_ann, of_ben)]
    assert len({shared, *own}) == 3
    assert [ann.read_with(one) for one in (shared, *own)] == [shared, own[0], shared]
    assert [ben.read_with(one) for one in (shared, *own)] == [shared, shared, own[1]]
    assert np.sum(of_ann["confusion"]) == 10_000
    assert of_ann["network"]["test_accuracy"] == np.trace(of_ann["confusion"]) / 10_000
    assert all(one["probability"] >= one["ofLabel"] for one in of_ann["mistakes"])


@pytest.mark.parametrize("ticket", [None, 0, "", "x" * 100_000, [], {}, ["a"], {"a": 1}, True])
def test_who_has_no_ticket_is_told_so(page, ticket):
    visitor = Visitor(page, "eve")
    assert visitor.follow(ticket)["state"] == "lost"
    assert visitor.call("result", ticket) == "null"
    assert visitor.call("stop", ticket) is None


@pytest.mark.parametrize(
    "settings", [None, 7, "", [], {}, QUICK | {"epochs": 10**400}, QUICK | {"hidden": [[]]}, QUICK | {"seed": "0"}]
)
def test_hostile_settings_are_answered_in_a_sentence(page, settings):
    answer = Visitor(page, "eve").start(settings)
    assert answer.keys() == {"error"}
    assert answer["error"].endswith(".")
    assert len(answer["error"]) < 200
