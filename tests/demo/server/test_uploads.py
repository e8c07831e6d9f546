"""The page's API and the pad's event, as clients see them: gradio_client, plain HTTP, and anyone who sends anything."""

import io
import json
import re
import shutil
import subprocess
from dataclasses import asdict, replace

import gradio_client
import numpy as np
import pytest
from PIL import Image

from model.data.images import MAX_FILE_BYTES, ink_from_pixels
from model.data.pen import CANVAS_SIDE, draw
from model.preprocessing import ALL_STEPS
from tests.demo.conftest import STEPS, Visitor, own_address, packed

STROKES = {
    7: [[(40, 40), (100, 40), (60, 110)]],
    1: [[(70, 30), (70, 110)]],
    0: [[(70, 30), (40, 70), (70, 110), (100, 70), (70, 30)]],
}
SEVEN = 255 - draw(STROKES[7]).numpy()
pytestmark = pytest.mark.filterwarnings("ignore")  # Gradio's and Pillow's own


@pytest.fixture(scope="module")
def client(page) -> gradio_client.Client:
    return gradio_client.Client(page.local_url, verbose=False, headers=own_address())


@pytest.fixture
def classify(client, tmp_path):
    """Send an image, or any bytes, to /classify."""

    def send(content, name: str = "image.png"):
        path = tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            Image.fromarray(content).save(path)
        return client.predict(gradio_client.handle_file(path), api_name="/classify")

    return send


def error_of(classify, content) -> str:
    with pytest.raises(Exception) as caught:  # noqa: PT011
        classify(content)
    assert "Traceback" not in str(caught.value)
    return str(caught.value)


# --- /classify --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.gif", "a.bmp", "a.webp", "a.tiff", "A B ü.PNG"])
def test_an_image_of_every_format(classify, name):
    answer = classify(SEVEN, name)
    assert answer.keys() == {"digit", "probabilities", "verdict"}
    assert (answer["digit"], answer["verdict"]) == (7, "digit")
    assert np.argmax(answer["probabilities"]) == 7
    assert sum(answer["probabilities"]) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("image", [255 - SEVEN, np.dstack([SEVEN] * 3), np.kron(SEVEN, np.ones((5, 5), np.uint8))])
def test_dark_colored_and_large(classify, image):
    assert classify(image)["digit"] == 7


@pytest.mark.parametrize("tone", [0, 255])
def test_blank(classify, tone):
    answer = classify(np.full((90, 120), tone, np.uint8))
    assert answer == {"digit": None, "probabilities": [0] * 10, "verdict": "blank"}


def test_it_predicts_as_the_classifier_does(classify, pretrained):
    random = np.random.default_rng(0)
    for _ in range(5):
        image = 255 - draw([random.uniform(10, 130, (4, 2)).tolist()]).numpy()
        (direct,) = pretrained.predict(ink_from_pixels(image[None, ..., None]))
        assert classify(image) == direct.as_dict()


def test_too_many_pixels(classify):
    assert "4 megapixels" in error_of(classify, np.full((2001, 2000), 255, np.uint8))


def test_too_many_bytes(classify, http):
    huge = bytes(MAX_FILE_BYTES + 100_000)
    assert "maximum file size" in error_of(classify, huge)
    assert http.post("/gradio_api/upload", files={"files": ("huge.png", huge)}).status_code == 413


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"seven", b"<svg/>"])
def test_not_an_image(classify, content):
    assert "image" in error_of(classify, content)


def test_a_missing_image(client):
    with pytest.raises(Exception, match="Send an image file"):
        client.predict(None, api_name="/classify")


def test_the_documentation_lists_it(client):
    api = client.view_api(return_format="dict")
    assert list(api["named_endpoints"]) == ["/classify"]
    assert api["unnamed_endpoints"] == {}
    endpoint = api["named_endpoints"]["/classify"]
    assert [parameter["parameter_name"] for parameter in endpoint["parameters"]] == ["image"]
    assert len(endpoint["returns"]) == 1
    assert "verdict" in endpoint["description"]


def test_with_plain_http(http):
    """What cURL does: one request uploads, one starts the call, and one fetches its result."""
    file = io.BytesIO()
    Image.fromarray(SEVEN).save(file, "PNG")
    (path,) = http.post("/gradio_api/upload", files={"files": ("seven.png", file.getvalue())}).json()
    data = [{"path": path, "meta": {"_type": "gradio.FileData"}}]
    event = http.post("/gradio_api/call/classify", json={"data": data}).json()["event_id"]
    kind, answer, *_ = http.get(f"/gradio_api/call/classify/{event}").text.splitlines()
    assert kind == "event: complete"
    assert json.loads(answer.removeprefix("data: "))[0]["digit"] == 7


# --- /predict ---------------------------------------------------------------------------------------------------------


def encoded(image, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.fromarray(image).save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_the_image_itself_is_the_body(http, classify, kind):
    answer = http.post("/predict", content=encoded(SEVEN, kind))
    assert answer.status_code == 200
    assert (answer.json()["digit"], answer.json()["verdict"]) == (7, "digit")
    assert answer.json() == classify(encoded(SEVEN, kind))


@pytest.mark.parametrize("content", [b"", b"seven", b"GIF89a", encoded(np.full((2001, 2000), 255, np.uint8))])
def test_what_is_no_image_or_too_large_is_answered_in_a_sentence(http, content):
    answer = http.post("/predict", content=content)
    assert answer.status_code == 422
    assert re.fullmatch(r"[^\n]{10,150}", answer.json()["detail"])


def test_a_body_that_is_too_large_is_not_read(http):
    assert http.post("/predict", content=bytes(MAX_FILE_BYTES + 1)).status_code == 413


def test_as_curl_sends_it(page, tmp_path):
    if not shutil.which("curl"):
        pytest.skip("There is no curl.")
    (tmp_path / "7.png").write_bytes(encoded(SEVEN))
    run = ["curl", "-s", "--data-binary", f"@{tmp_path / '7.png'}", f"{page.local_url}predict"]
    assert json.loads(subprocess.run(run, capture_output=True, check=True).stdout)["digit"] == 7


# --- /verify ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def send(page):
    return Visitor(page).send


def drawing(ink, version=1, steps=STEPS, network="", ticket="") -> dict:
    return {"version": version, "ink": ink, "steps": steps, "network": network, "ticket": ticket}


@pytest.mark.parametrize("digit", STROKES)
def test_a_drawing_is_answered(send, pretrained, digit):
    ink = draw(STROKES[digit])
    answer = send(drawing(packed(ink), version=12))
    assert answer.pop("version") == 12
    assert answer.pop("network") == pretrained.fingerprint()
    assert answer == pretrained.predict(ink[None])[0].as_dict()
    assert answer["digit"] == digit


@pytest.mark.parametrize("step", STEPS)
def test_preprocessing_steps_can_be_left_out(send, pretrained, step):
    ink = draw(STROKES[7])
    answer = send(drawing(packed(ink), steps=asdict(replace(ALL_STEPS, **{step: False}))))
    assert (
        answer["probabilities"] == pretrained.predict(ink[None], replace(ALL_STEPS, **{step: False}))[0].probabilities
    )


def test_blank_ink(send):
    answer = send(drawing(packed(np.zeros((CANVAS_SIDE, CANVAS_SIDE)))))
    assert (answer["verdict"], answer["digit"]) == ("blank", None)


EMPTY = packed(np.zeros((CANVAS_SIDE, CANVAS_SIDE)))
HOSTILE = [
    *(None, 0, 1e999, "", "ink", True, [], {}, [1, 2], [[]], {"a": 1}),
    *(drawing(EMPTY, version) for version in (None, "1", 1.5, True, -1, 2**53, 10**30, [], {}, np.nan)),
    *(drawing(ink) for ink in (None, 7, "", "?", "é", "AAAA", "=", [], {}, True, EMPTY[:-3], EMPTY + "!")),
    *(drawing(packed(np.zeros(size))) for size in (0, 1, CANVAS_SIDE**2 - 1, CANVAS_SIDE**2 + 1)),
    *(drawing(EMPTY, steps=steps) for steps in (None, 1, [], {}, {"crop": True}, STEPS | {"crop": 1})),
    *(drawing(EMPTY, network=network) for network in (None, 1, [], {}, "x" * 65)),
    *(drawing(EMPTY, ticket=ticket) for ticket in (None, 1, [], {}, "x" * 65)),
    drawing(packed(np.zeros(5_000_000))),  # 10,000 characters that unpack to megabytes
    drawing("A" * 10_001),
    drawing(packed(np.random.default_rng(0).integers(0, 256, (CANVAS_SIDE, CANVAS_SIDE)))),
    {"ink": EMPTY},
    {"version": 1},
    {"version": "x" * 10_000, "ink": EMPTY},
]


@pytest.mark.parametrize("sent", HOSTILE, ids=range(len(HOSTILE)))
def test_anything_else_than_a_drawing_is_answered_in_a_sentence(send, sent):
    answer = send(sent)
    assert answer.keys() == {"version", "error"}
    assert answer["error"].endswith(".")
    assert len(answer["error"]) < 200
    assert answer["version"] in (None, 1)
    assert answer["version"] is not True
