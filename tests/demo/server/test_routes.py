"""What is open: every route that Gradio and FastAPI offer is either on the list, or answered 404."""

import re
from collections.abc import Iterator

import gradio as gr
import httpx
import pytest

from demo.server.limits import NOTHING_HERE
from demo.server.routes import find_route
from tests.demo.conftest import serving

# All that is to be open, as the routes are written. A new version of Gradio that offers more changes nothing here.
OPEN = {
    *("GET /", "HEAD /", "GET /config", "GET /config/", "GET /theme.css"),
    *("GET /manifest.json", "GET /pwa_icon", "GET /pwa_icon/{size}"),
    *("GET /gradio_api/theme.css", "GET /gradio_api/info", "GET /gradio_api/info/", "GET /gradio_api/startup-events"),
    "GET /gradio_api/app_id",
    *("GET /assets/{path}", "GET /static/{path}", "GET /svelte/{path}", "GET /favicon.ico"),
    *("GET /robots.txt", "GET /gradio_api/queue/data", "GET /gradio_api/call/{api_name}/{event_id}"),
    *("POST /gradio_api/call/{api_name}", "POST /gradio_api/call/{api_name}/", "POST /gradio_api/queue/join"),
    *("POST /gradio_api/upload", "POST /verify", "POST /predict", "GET /ready", "HEAD /ready"),
}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY", "PROPFIND")


def offered(routes: list) -> Iterator[tuple[str, str]]:
    """The methods and paths of a route table, and of the tables in it."""
    for route in routes:
        if hasattr(route, "original_router"):
            yield from offered(route.original_router.routes)
        elif methods := getattr(route, "methods", None):
            yield from ((method, route.path.replace(":path}", "}")) for method in methods)
        else:
            assert route.path == "/sketchpad"


def sample(path: str) -> str:
    path = path.replace("{api_name}", "classify").replace("{size}", "192")
    return re.sub(r"\{[^}]*\}", "7", path)


def test_every_route_is_on_the_list_or_closed(page, http):
    table = set(offered(page.app.routes))
    table |= {(method.upper(), path) for path, methods in page.app.openapi()["paths"].items() for method in methods}
    assert len(table) > 60
    found = set()
    for method, path in table:
        if find_route(sample(path), method):
            found.add(f"{method} {path}")
        else:
            answer = http.request(method, sample(path))
            assert answer.status_code == 404, (method, path)
            assert method == "HEAD" or answer.json() == {"detail": NOTHING_HERE}, (method, path)
    assert found == OPEN


def test_no_other_method_is_open(http):
    for path in ("/", "/predict", "/ready", "/gradio_api/queue/join", "/sketchpad/page/pad/pad.js"):
        for method in METHODS:
            if not find_route(path, method):
                assert http.request(method, path).status_code == 404


NEEDED = (
    *("/", "/?view=all", "/config", "/gradio_api/info", "/theme.css", "/gradio_api/theme.css", "/manifest.json"),
    *("/favicon.ico", "/pwa_icon/192", "/pwa_icon/512", "/robots.txt", "/ready", "/static/img/logo.svg"),
    "/sketchpad/page/pad/pad.js",
)


@pytest.mark.parametrize("path", NEEDED)
def test_what_the_page_needs_is_open(http, path):
    assert http.get(path).status_code == 200


# --- behind a proxy, at a path of its own -----------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["/digits", "/digits/"])
def prefixed(request, page: gr.Blocks, pretrained) -> Iterator[httpx.Client]:
    """The page with a root path."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_ROOT_PATH", request.param)
        with serving(pretrained) as other, httpx.Client(base_url=other.local_url) as client:
            yield client


@pytest.mark.parametrize("prefix", ["", "/digits"], ids=["stripped", "not stripped"])
def test_the_page_is_open_whether_or_not_the_proxy_strips_its_path(prefixed, prefix):
    for path in NEEDED:
        assert prefixed.get(prefix + path).status_code == 200, path
    assert f'"root":"{prefixed.base_url}digits"' in prefixed.get(f"{prefix}/").text.replace(" ", "")
    # Addresses in the page are relative: they need the slash at its end.
    assert prefixed.get("/digits", follow_redirects=True).url.path == "/digits/"


@pytest.mark.parametrize("prefix", ["", "/digits", "/digits/digits", "//digits"])
def test_a_root_path_opens_nothing(prefixed, prefix):
    closed = ("/pwa_icon/16000", "/gradio_api/file=http://93.184.215.14/", "/gradio_api/proxy=http://a/", "/docs")
    for path in closed:
        answer = prefixed.get(prefix + path)
        assert answer.status_code == 404, path
        assert answer.json() == {"detail": NOTHING_HERE}
