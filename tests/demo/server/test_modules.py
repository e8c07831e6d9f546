"""The route of the page's modules, and what follows from their imports."""

import re

import pytest

from demo.assets import code, head, imports, module_graph, styles
from demo.components import DeferredComponent, components
from model.paths import ASSETS


def test_a_module_is_served_compressed_and_only_when_it_is_new(http):
    answer = http.get("/sketchpad/page/pad/pad.js")
    assert answer.text == code("page/pad/pad.js")
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["cache-control"] == "no-cache"
    again = http.get("/sketchpad/page/pad/pad.js", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    plain = http.get("/sketchpad/page/pad/pad.js", headers={"Accept-Encoding": "identity"})
    assert (plain.text, plain.headers["etag"]) == (answer.text, answer.headers["etag"])
    assert "content-encoding" not in plain.headers


@pytest.mark.parametrize(
    "path", ["", "data/pretrained.pt", "data/styles.json", "page/pad/pad.html", "../app.py", "%2e%2e/app.py", "none.js"]
)
def test_nothing_else_is_served(http, path):
    assert http.get(f"/sketchpad/{path}").status_code == 404


def test_the_page_links_every_module_that_it_needs_at_once(page):
    entries = [part.module for part in components(page) if not isinstance(part, DeferredComponent)]
    linked = re.findall(r'<link rel="modulepreload" href="sketchpad/([^"]+)">', head(entries))
    assert set(entries) < set(linked)
    assert len(linked) == len(set(linked))
    for module in linked:
        assert set(imports(module)) <= set(linked)
        # The scanner finds every import that there is, however it is written.
        code = re.sub(r"/\*.*?\*/", "", (ASSETS / module).read_text(encoding="utf-8"), flags=re.DOTALL)
        assert len(re.findall(r'\bfrom\s+"|\bimport\s*\(?\s*"', code)) == len(list(imports(module, with_lazy=True))), (
            module
        )


def test_every_module_is_needed_by_the_page_or_the_site(page):
    needed = module_graph(["site/site.js", *(part.module for part in components(page))], with_lazy=True)
    unneeded = {path.relative_to(ASSETS).as_posix() for path in ASSETS.rglob("*.js")} - set(needed)
    assert unneeded == {"state/types.js", "site/worker.js", "site/early.js"}


def test_every_style_is_in_the_page_once():
    page = styles()
    for path in ASSETS.rglob("*.css"):
        style = code(path.relative_to(ASSETS).as_posix())
        assert page.count(style) == (path.name != "site.css"), path
