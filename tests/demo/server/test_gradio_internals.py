"""Each private thing of Gradio's that is relied on: these fail when one changes."""

import json
import re
from pathlib import Path

import anyio
import gradio as gr
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from demo.components import Component, components
from demo.server import gradio_internals
from demo.server.gradio_internals import (
    HTML,
    UploadedFile,
    as_html,
    outermost,
    route_path,
    upload_folder,
    uploaded,
    with_events,
)


def test_a_component_is_described_once_and_each_visitor_gets_a_copy(monkeypatch):
    described = []
    original = gr.HTML.get_config
    monkeypatch.setattr(gr.HTML, "get_config", lambda self, *more: described.append(self) or original(self, *more))
    component = HTML(html_template="a", value={"b": 1})
    first = component.get_config()
    first["value"] = "changed"
    assert component.get_config()["value"] == {"b": 1}
    assert len(described) == 1


def test_no_stub_is_written_beside_component_classes():
    assert not list(Path(gradio_internals.__file__).parents[1].rglob("*.pyi"))


def test_events_are_found_by_their_quoted_names():
    component = HTML(html_template="a", js_on_load=with_events("mount();", ["start_job"]))
    assert callable(component.start_job)
    with pytest.raises(AttributeError):
        component.stop_job  # noqa: B018


def test_server_functions_are_told_to_the_page(page):
    told = {component.module: component.get_config().get("server_fns") for component in components(page)}
    assert set(told["views/train/train.js"]) == {"follow", "stop", "result", "classified_as", "weights"}


def test_the_value_of_a_component_is_an_object():
    assert HTML(html_template="a").api_info() == {"type": "object"}


def test_an_uploaded_file_is_taken_as_it_is_and_any_other_refused(http, page):
    (path,) = http.post("/gradio_api/upload", files={"files": ("a.png", b"content")}).json()
    assert not Path(path).is_absolute()
    assert uploaded(path).read_bytes() == b"content"
    assert uploaded(str(upload_folder() / path)) == uploaded(path) == upload_folder() / path
    assert UploadedFile().preprocess({"path": path}) == uploaded(path)
    for other in ("/etc/passwd", "http://127.0.0.1:9/", f"{path}/../../../a", "../a", "a\0b"):
        with pytest.raises(gr.Error, match="Upload the image file first"):
            uploaded(other)
    info = http.get("/gradio_api/info").json()["named_endpoints"]["/classify"]["parameters"]
    assert info[0]["type"]["title"] == "FileData"


def test_the_tree_of_a_page_becomes_html(page):
    written = as_html(page, {component: number for number, component in enumerate(components(page))})
    assert re.findall(r'data-component="(\d+)"', written) == [str(number) for number in range(len(components(page)))]
    for classes in ("row stage", "row drawing-area", "column views"):
        assert f'<div class="{classes}">' in written
    assert 'aria-label="Draw a digit"' in written


def test_what_the_page_is_told_is_json_and_nothing_else(page):
    """Gradio copies it, and whatever hangs on it, for each visitor: it must not lead to the networks."""
    json.dumps(page.get_config_file())
    assert all(isinstance(component, Component) for component in components(page))


def test_the_limits_are_around_all_of_gradios_middleware_and_its_cors_is_left_out(page):
    names = [each.cls.__name__ for each in page.app.user_middleware]
    assert names[0] == "RequestLimits"
    assert "BrotliMiddleware" in names
    assert not [name for name in names if "CORS" in name]


def test_paths_are_matched_without_the_root_path():
    for path, matched in (("/a/b", "/b"), ("/b", "/b"), ("/a", ""), ("/ab", "/ab")):
        assert route_path({"path": path, "root_path": "/a"}) == matched


def test_an_app_that_starts_again_on_the_next_port_is_wrapped_once():
    app = Starlette(lifespan=outermost(Middleware(GZipMiddleware)))

    async def start() -> None:
        async with app.router.lifespan_context(app):
            pass

    anyio.run(start)
    anyio.run(start)
    assert [each.cls for each in app.user_middleware] == [GZipMiddleware]
