"""Accessibility checks with axe-core, for whatever a test has brought a page to."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

AXE = Axe()
# axe does not look at canvases.
NAMELESS = """() => [...document.querySelectorAll("main canvas")]
  .filter((canvas) => canvas.checkVisibility() && !canvas.closest("[aria-hidden=true]") && !canvas.ariaLabel)
  .map((canvas) => canvas.outerHTML)"""


def violations(page: Page) -> list[str]:
    """What is wrong, one line for each element."""
    found = AXE.run(page, context="main").response["violations"]
    lines = [f"{rule['id']}: {node['html'][:200]} {node['failureSummary']}" for rule in found for node in rule["nodes"]]
    return lines + [f"no text alternative: {canvas}" for canvas in page.evaluate(NAMELESS)]
