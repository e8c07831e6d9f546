"""What the server answers, as its clients see it: the page, cURL, Gradio's client, and anyone who sends anything."""

import json
import re

import gradio_client
import numpy as np
import pytest

from demo.server.gradio_internals import ONLY_UPLOADS
from model import checkpoint
from model.data.images import MAX_FILE_BYTES
from model.data.pen import CANVAS_SIDE, draw
from model.paths import BASELINE
from tests.demo.conftest import STEPS, encoded, own_address, packed

STROKES = {7: [[(40, 40), (100, 40), (60, 110)]], 1: [[(70, 30), (70, 110)]]}
SEVEN = 255 - draw(STROKES[7]).numpy()
BLANK = packed(np.zeros((CANVAS_SIDE, CANVAS_SIDE)))
pytestmark = pytest.mark.filterwarnings("ignore")  # Gradio's and Pillow's own


def test_a_load_balancer_is_told_that_the_server_is_ready(http):
    assert http.get("/ready").json() == {"detail": "The server is ready."}
    assert http.head("/ready").status_code == 200


# --- /verify ---------------------------------------------------------------------------------------------------------


def drawing(ink, steps=STEPS, network="") -> dict:
    return {"ink": ink, "steps": steps, "network": network}


@pytest.mark.parametrize("digit", STROKES)
def test_a_drawing_is_answered(http, pretrained, digit):
    ink = draw(STROKES[digit])
    answer = http.post("/verify", json=drawing(packed(ink))).json()
    assert answer.pop("network") == pretrained.fingerprint()
    assert answer == pretrained.predict(ink[None])[0].as_dict()
    assert answer["digit"] == digit


def test_the_network_that_predicts_in_the_page_is_asked(http, pretrained):
    ink = draw(STROKES[7])
    baseline = checkpoint.load(BASELINE)
    for classifier in (pretrained, baseline):
        answer = http.post("/verify", json=drawing(packed(ink), network=classifier.fingerprint())).json()
        assert answer["network"] == classifier.fingerprint()
        assert answer["probabilities"] == classifier.predict(ink[None])[0].probabilities


HOSTILE = [
    *(None, 0, "", True, [], {}, [[]], {"steps": STEPS}, {"ink": BLANK}),
    *(drawing(ink) for ink in (None, 7, "", "?", "é", "AAAA", [], BLANK[:-3], packed(np.zeros(5_000_000)))),
    *(drawing(packed(np.zeros(size))) for size in (0, CANVAS_SIDE**2 - 1, CANVAS_SIDE**2 + 1)),
    *(drawing(BLANK, steps=steps) for steps in (None, [], {}, {"crop": True}, STEPS | {"crop": 1})),
    *(drawing(BLANK, network=network) for network in (None, 1, [])),
]


@pytest.mark.parametrize("sent", HOSTILE, ids=range(len(HOSTILE)))
def test_anything_else_than_a_drawing_is_answered_in_a_sentence(http, sent):
    answer = http.post("/verify", content=json.dumps(sent))
    assert answer.status_code == 422
    assert re.fullmatch(r"[^\n]{10,150}\.", answer.json()["detail"])


# --- /predict --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_an_image_is_classified(http, kind):
    answer = http.post("/predict", content=encoded(SEVEN, kind)).json()
    assert answer.keys() == {"digit", "probabilities", "verdict"}
    assert (answer["digit"], answer["verdict"]) == (7, "digit")


@pytest.mark.parametrize("content", [b"", b"seven", b"GIF89a", encoded(np.full((2001, 2000), 255, np.uint8))])
def test_what_is_no_image_or_too_large_is_answered_in_a_sentence(http, content):
    answer = http.post("/predict", content=content)
    assert answer.status_code == 422
    assert re.fullmatch(r"[^\n]{10,150}", answer.json()["detail"])


# --- /classify -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def client(page) -> gradio_client.Client:
    return gradio_client.Client(page.local_url, verbose=False, headers=own_address())


def test_gradios_client_gets_the_same_answer(client, http, tmp_path):
    (tmp_path / "A B ü.png").write_bytes(encoded(SEVEN))
    answer = client.predict(gradio_client.handle_file(tmp_path / "A B ü.png"), api_name="/classify")
    assert answer == http.post("/predict", content=encoded(SEVEN)).json()


def call(http, data: object) -> str:
    """What plain HTTP gets of a call: one request starts it, and one fetches its result."""
    answer = http.post("/gradio_api/call/classify", json={"data": data})
    return http.get(f"/gradio_api/call/classify/{answer.json()['event_id']}").text if answer.is_success else answer.text


@pytest.mark.parametrize("path", ["/etc/passwd", "http://127.0.0.1:9/a.png", "../a", "a\0b", "a" * 100_000])
@pytest.mark.parametrize("meta", [{}, {"meta": {"_type": "gradio.FileData"}, "url": "http://127.0.0.1:9/"}])
def test_no_file_and_no_address_is_read(http, path, meta):
    said = call(http, [{"path": path} | meta])
    assert said.startswith("event: error")
    assert ONLY_UPLOADS in said or "not an image" in said


@pytest.mark.parametrize("data", [None, [], [None], ["a"], [{}], [{"path": 1}], [{"path": "a"}] * 2, {"path": "a"}])
def test_gradio_gets_nothing_but_an_image(http, data):
    assert json.loads(call(http, data)) == {"detail": ONLY_UPLOADS}


def test_an_upload_is_one_file_that_is_not_too_large(http):
    assert http.post("/gradio_api/upload", files={"files": bytes(MAX_FILE_BYTES + 20_000)}).status_code == 413
    for wrong in ({"data": {"files": "a"}}, {"content": b"--b"}, {"files": {"other": b"a"}}):
        assert 400 <= http.post("/gradio_api/upload", **wrong).status_code < 500
