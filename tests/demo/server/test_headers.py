"""Headers of every answer, and of requests those that are not believed."""

import httpx
import pytest

from demo.server.headers import SPACE_ANCESTORS, believed, security_headers
from tests.demo.conftest import serving


@pytest.mark.parametrize("path", ["/", "/ready", "/none", "/theme.css", "/sketchpad/page/pad/pad.js"])
def test_every_answer_has_them(http, path):
    headers = http.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "camera=(self)" in headers["permissions-policy"]
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'self'" in headers["content-security-policy"]


def test_the_pages_that_may_show_it_in_a_frame_are_configurable(pretrained, monkeypatch):
    monkeypatch.setenv("DIGITS_FRAME_ANCESTORS", "'self' https://school.example")
    with serving(pretrained) as page:
        policy = httpx.get(f"{page.local_url}ready").headers["content-security-policy"]
    assert policy.endswith("frame-ancestors 'self' https://school.example")
    assert "https://huggingface.co" in security_headers(SPACE_ANCESTORS)["Content-Security-Policy"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:9"])
def test_no_other_origin_may_read_answers(http, origin):
    for path in ("/", "/config", "/ready", "/gradio_api/info"):
        answer = http.get(path, headers={"Origin": origin})
        assert not [name for name in answer.headers if name.startswith("access-control")]
    asks = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    assert http.options("/verify", headers=asks).status_code == 404


@pytest.mark.parametrize("path", ["/gradio_api/upload", "/gradio_api/queue/join", "/predict", "/verify"])
def test_pages_of_other_sites_can_send_nothing(http, path):
    assert http.post(path, json={}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_no_address_in_the_page_comes_from_a_header(http: httpx.Client):
    evil = {"X-Forwarded-Host": "evil.example", "X-Gradio-Server": "http://evil.example"}
    for path in ("/", "/config", "/gradio_api/info"):
        answer = http.get(path, headers=evil)
        assert answer.status_code == 200
        assert "evil.example" not in answer.text


def test_what_one_visitor_sends_does_not_reach_the_next(http: httpx.Client):
    for odd in ("httpsX", "http", "x" * 100):
        http.get("/", headers={"X-Forwarded-Proto": odd})
    assert '"root":"https://' in http.get("/", headers={"X-Forwarded-Proto": "https"}).text.replace(" ", "")


def test_the_proxy_of_a_space_names_the_host():
    scope = {"headers": [(b"host", b"10.0.0.1"), (b"x-forwarded-host", b"a.hf.space"), (b"range", b"bytes=0-1")]}
    assert believed(scope, is_space=True)["headers"] == scope["headers"][:2]
    assert believed(scope, is_space=False)["headers"] == scope["headers"][:1]
