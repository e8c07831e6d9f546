"""Each private thing of Gradio's that is relied on: these fail when one changes."""

import json
import re
import socket

import anyio
import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from demo.components import Component, components
from demo.export import _as_html
from demo.launch import MAX_CONNECTIONS, MAX_HEAD
from demo.server.gradio_internals import outermost


def test_the_tree_of_a_page_becomes_html(page):
    written = _as_html(page)
    modules = [f"sketchpad/{component.module}" for component in components(page)]
    assert [path for path in re.findall(r'import\("([^"]+)"', written) if "networks" not in path] == modules
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


def test_a_browser_without_javascript_is_told_so(page):
    assert "This page needs JavaScript" in httpx.get(page.local_url).text


def test_an_app_that_starts_again_on_the_next_port_is_wrapped_once():
    app = Starlette(lifespan=outermost(Middleware(GZipMiddleware)))

    async def start() -> None:
        async with app.router.lifespan_context(app):
            pass

    anyio.run(start)
    anyio.run(start)
    assert [each.cls for each in app.user_middleware] == [GZipMiddleware]


def test_connections_are_made_with_the_limits(page, monkeypatch):
    """uvicorn reads them for each connection, though it was started before they were set."""
    assert page.server.config.limit_concurrency == MAX_CONNECTIONS
    monkeypatch.setattr(page.server.config, "limit_concurrency", 1)
    with socket.create_connection(("127.0.0.1", page.server_port)):
        assert httpx.get(f"{page.local_url}ready").status_code == 503


def test_a_head_that_is_too_long_is_rejected(page):
    with socket.create_connection(("127.0.0.1", page.server_port)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: " + b"a" * (MAX_HEAD + 10_000))
        assert b" 400 " in connection.recv(1_000)
