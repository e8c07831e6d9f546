"""The API of the page, as its clients see it: gradio_client, plain HTTP, and whoever sends what no page would."""

import base64
import io
import json
import urllib.request
import zlib
from dataclasses import asdict, replace

import gradio_client
import httpx
import numpy as np
import pytest
from PIL import Image

from demo.launch import serve
from model.framing import ALL_STEPS
from model.images import LARGEST_FILE
from model.opening import Opened
from model.pen import PAPER, draw

STROKES = {
    7: [[(40, 40), (100, 40), (60, 110)]],
    1: [[(70, 30), (70, 110)]],
    0: [[(70, 30), (40, 70), (70, 110), (100, 70), (70, 30)]],
}
pytestmark = pytest.mark.filterwarnings("ignore")  # Gradio's and Pillow's own

JSON = {"Content-Type": "application/json"}
SEVEN = 255 - draw(STROKES[7]).numpy()


@pytest.fixture(scope="module")
def page(pretrained):
    """The page, served."""
    page, *_ = serve(Opened(pretrained, "for a test"), prevent_thread_lock=True, quiet=True)
    yield page
    page.close(verbose=False)


@pytest.fixture(scope="module")
def address(page) -> str:
    return page.local_url.rstrip("/")


@pytest.fixture(scope="module")
def client(address) -> gradio_client.Client:
    return gradio_client.Client(address, verbose=False)


@pytest.fixture
def classify(client, tmp_path):
    """Send a picture, or any bytes, to /classify."""

    def send(content, name: str = "picture.png"):
        path = tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            Image.fromarray(content).save(path)
        return client.predict(gradio_client.handle_file(path), api_name="/classify")

    return send


def error_of(classify, *arguments) -> str:
    with pytest.raises(Exception) as caught:  # noqa: PT011
        classify(*arguments)
    sentence = str(caught.value)
    assert "Traceback" not in sentence
    return sentence


# --- /classify -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.gif", "a.bmp", "a.webp", "a.tiff", "A B ü.PNG"])
def test_a_picture_of_every_format(classify, name):
    answer = classify(SEVEN, name)
    assert answer.keys() == {"digit", "probabilities", "verdict"}
    assert (answer["digit"], answer["verdict"]) == (7, "digit")
    assert len(answer["probabilities"]) == 10
    assert np.argmax(answer["probabilities"]) == 7
    assert sum(answer["probabilities"]) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("picture", [255 - SEVEN, np.dstack([SEVEN] * 3), np.kron(SEVEN, np.ones((5, 5), np.uint8))])
def test_dark_coloured_and_large(classify, picture):
    assert classify(picture)["digit"] == 7


@pytest.mark.parametrize("tone", [0, 128, 255])
def test_blank(classify, tone):
    answer = classify(np.full((90, 120), tone, np.uint8))
    assert answer == {"digit": None, "probabilities": [0] * 10, "verdict": "blank"}


def test_it_reads_as_torch_does(classify, pretrained):
    from model.images import ink_of

    random = np.random.default_rng(0)
    for _ in range(20):
        picture = 255 - draw([random.uniform(10, 130, (4, 2)).tolist()]).numpy()
        (direct,) = pretrained.read(ink_of(picture[None, ..., None]))
        assert classify(picture) == direct.as_dict()


def test_too_many_pixels(classify):
    assert "4 megapixels" in error_of(classify, np.full((2001, 2000), 255, np.uint8))


def test_too_many_bytes(classify, client):
    assert "size" in error_of(classify, bytes(LARGEST_FILE + 10_000)).lower()


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"seven", b"<svg/>"])
def test_not_an_image(classify, content):
    assert "no picture" in error_of(classify, content)


def test_a_missing_image(client):
    with pytest.raises(Exception, match="Send an image file"):
        client.predict(None, api_name="/classify")


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "assets/pretrained.pt", "../../etc/passwd", "http://127.0.0.1:9/a.png"]
)
def test_the_servers_own_files_and_other_hosts_are_out_of_reach(address, path):
    file = {"path": path, "meta": {"_type": "gradio.FileData"}}
    answer = httpx.post(f"{address}/gradio_api/call/classify", json={"data": [file]})
    assert answer.status_code == 422
    assert answer.json() == {"detail": "Upload the image file first: other files and addresses are not read."}


def test_the_documentation_lists_it(client):
    api = client.view_api(return_format="dict")
    assert list(api["named_endpoints"]) == ["/classify"]
    assert api["unnamed_endpoints"] == {}
    endpoint = api["named_endpoints"]["/classify"]
    assert [parameter["parameter_name"] for parameter in endpoint["parameters"]] == ["image"]
    assert len(endpoint["returns"]) == 1
    assert "verdict" in endpoint["description"]


def call(address: str, image: object) -> str:
    """What cURL does: one request starts the call, another one fetches what came of it."""
    request = urllib.request.Request(
        f"{address}/gradio_api/call/classify",
        json.dumps({"data": [image]}).encode(),
        JSON,
    )
    with urllib.request.urlopen(request) as answer:
        event = json.load(answer)["event_id"]
    with urllib.request.urlopen(f"{address}/gradio_api/call/classify/{event}") as answer:
        return answer.read().decode()


def test_like_curl(address):
    file = io.BytesIO()
    Image.fromarray(SEVEN).save(file, "PNG")
    upload = httpx.post(f"{address}/gradio_api/upload", files={"files": ("seven.png", file.getvalue())})
    said = call(address, {"path": upload.json()[0], "meta": {"_type": "gradio.FileData"}})
    event, data, *_ = said.splitlines()
    assert event == "event: complete"
    assert json.loads(data.removeprefix("data: "))[0]["digit"] == 7


def test_an_upload_that_is_too_large_is_refused_at_the_door(address):
    upload = httpx.post(f"{address}/gradio_api/upload", files={"files": ("huge.png", bytes(LARGEST_FILE + 100_000))})
    assert upload.status_code == 413


# --- the pad's listener ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def send(page, address):
    """Send a drawing as the pad does; the listener's answer."""
    (listener,) = (number for number, function in page.fns.items() if function.name == "answer")
    with httpx.Client() as http:

        def post(drawing):
            answer = http.post(
                f"{address}/gradio_api/run/predict",
                content=drawing
                if isinstance(drawing, bytes)
                else json.dumps({"data": [drawing], "fn_index": listener}),
                headers={"Content-Type": "application/json"},
            )
            assert answer.status_code == 200, answer.text
            return answer.json()["data"][0]

        yield post


def packed(ink) -> str:
    return base64.b64encode(zlib.compress(np.asarray(ink, np.uint8).tobytes())).decode()


STEPS = asdict(ALL_STEPS)


def question(ink, version=1, steps=STEPS, network="") -> dict:
    return {"version": version, "ink": ink, "steps": steps, "network": network}


@pytest.mark.parametrize("digit", STROKES)
def test_good_ink_is_read(send, pretrained, digit):
    ink = draw(STROKES[digit])
    answer = send(question(packed(ink), version=12))
    assert answer.pop("version") == 12
    assert answer.pop("network") == pretrained.fingerprint()
    assert answer == pretrained.read(ink[None])[0].as_dict()
    assert answer["digit"] == digit


def test_steps_of_the_framing_can_be_left_out(send, pretrained):
    ink = draw(STROKES[7])
    for step in asdict(ALL_STEPS):
        answer = send(question(packed(ink), steps=STEPS | {step: False}))
        expected = pretrained.read(ink[None], replace(ALL_STEPS, **{step: False}))[0]
        assert answer["probabilities"] == expected.probabilities


def test_blank_ink(send):
    answer = send(question(packed(np.zeros((PAPER, PAPER)))))
    assert (answer["verdict"], answer["digit"]) == ("blank", None)


def test_any_ink_of_the_right_size_is_read(send):
    random = np.random.default_rng(0)
    for version in range(20):
        ink = (random.integers(0, 256, (PAPER, PAPER)) * (random.random((PAPER, PAPER)) < 0.02)).astype(np.uint8)
        assert send(question(packed(ink), version))["verdict"] in ("digit", "unsure", "not a digit")


INK = packed(draw(STROKES[7]))
EMPTY = packed(np.zeros((PAPER, PAPER)))
HOSTILE = [
    *(None, 0, -1, 1e999, "", "ink", True, [], {}, [1, 2], [[]], {"a": 1}),
    *(question(EMPTY, version) for version in (None, "1", 1.5, True, -1, 2**53, 10**30, [], {}, np.nan)),
    *(question(ink) for ink in (None, 7, "", "?", "é", "AAAA", "=", [], {}, True, EMPTY[:-3], EMPTY + "!")),
    *(question(packed(np.zeros(size))) for size in (0, 1, PAPER, PAPER * PAPER - 1, PAPER * PAPER + 1)),
    *(question(EMPTY, steps=steps) for steps in (None, 1, [], {}, {"box": True}, STEPS | {"box": 1})),
    *(question(EMPTY, network=network) for network in (None, 1, [], {}, "x" * 65)),
    question(packed(np.zeros(5_000_000))),  # a bomb: 10,000 characters that unpack to megabytes
    question("A" * 10_001),
    question(packed(np.random.default_rng(0).integers(0, 256, (PAPER, PAPER)))),
    {"ink": EMPTY},
    {"version": 1},
    {"version": "x" * 100_000, "ink": EMPTY},
]


@pytest.mark.parametrize("drawing", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_no_drawing_is_answered_in_a_sentence(send, drawing):
    answer = send(drawing)
    assert answer.keys() == {"version", "error"}
    assert answer["error"].endswith(".")
    assert len(answer["error"]) < 200
    assert answer["version"] in (None, 1)
    assert answer["version"] is not True


def test_deeply_nested_payloads_do_not_bring_it_down(send, address):
    body = b'{"fn_index": 0, "data": [' + b"[" * 5_000 + b"]" * 5_000 + b"]}"
    answer = httpx.post(f"{address}/gradio_api/run/predict", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code < 600
    assert send(question(INK))["digit"] == 7
