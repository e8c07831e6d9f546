"""What holds for the repository as a whole: its README, links, imports, and lock file."""

import ast
import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def tracked() -> list[str]:
    """Every file that is in the repository, or about to be."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no clone, so it is unknown which files belong to the repository")
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    found = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [name for name in found if (ROOT / name).is_file()]


def layout() -> list[str]:
    """The paths that the README's layout section names."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## Layout")[1].split("\n## ")[0]
    lines = section.split("```")[1].strip().splitlines()
    return [line.split()[0] for line in lines]


def test_the_layout_section_names_what_is_there() -> None:
    named = {name.strip("/") for name in layout()}
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
    modules = {str(Path(name).parent) for name in tracked() if name.startswith(("model/", "demo/")) if "/" in name}
    folders = {name.split("/")[0] for name in tracked() if "/" in name and not name.startswith(".")}
    covered = named | {name.split("/")[0] for name in named}
    assert modules <= named
    assert folders <= covered


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
