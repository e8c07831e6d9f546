"""What holds for the repository as a whole: its README, links, imports, and lock file."""

import ast
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


PAGES = sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_paths_in_the_documentation_resolve(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    assert [link for link in links if not (page.parent / link).exists()] == []
    starts = *(ROOT / top for top in ("", "tests", "assets")), page.parent
    paths = re.findall(r"`((?:[\w.-]+/)+[\w-]+\.(?:py|js|css|html|json|md|pt))`", text)
    paths = [path for path in paths if "NAME" not in path and not path.startswith(("checkpoints/", "../"))]
    assert [path for path in paths if not any((start / path).exists() for start in starts)] == []
    modules = re.findall(r"python -m (tests\.benchmarks\.\w+|docs\.\w+)", text)
    assert [module for module in modules if not (ROOT / f"{module.replace('.', '/')}.py").exists()] == []


def test_the_model_never_imports_gradio() -> None:
    for path in (ROOT / "model").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {name.split(".")[0] for name in names} & {"gradio", "gradio_client", "demo"}, path


def test_the_lock_file_names_no_registry() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"].values()
    assert [package["resolved"] for package in packages if "resolved" in package] == []
