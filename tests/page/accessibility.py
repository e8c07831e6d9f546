"""Accessibility checks for whatever a test has brought a page to: axe-core's, and what axe does not look at."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

AXE = Axe()
NAMELESS = """() => [...document.querySelectorAll("main canvas")]
  .filter((canvas) => canvas.checkVisibility() && !canvas.closest("[aria-hidden=true]") && !canvas.ariaLabel)
  .map((canvas) => `no text alternative: ${canvas.outerHTML}`)"""
# The borders of what can be pressed or typed into have a contrast of 3:1 (WCAG 2.2, 1.4.11).
FAINT = """() => {
  const paint = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    paint.clearRect(0, 0, 1, 1);
    paint.fillStyle = color;
    paint.fillRect(0, 0, 1, 1);
    return paint.getImageData(0, 0, 1, 1).data;
  };
  const light = (tone) => (tone <= 10 ? tone / 3294.6 : ((tone / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = (color) => {
    const [red, green, blue] = rgba(color);
    return 0.2126 * light(red) + 0.7152 * light(green) + 0.0722 * light(blue) + 0.05;
  };
  const ground = (element) => {
    const color = element ? getComputedStyle(element).backgroundColor : "white";
    return rgba(color)[3] === 255 ? color : ground(element.parentElement);
  };
  const contrast = (element) => {
    const { borderBottomStyle, borderBottomWidth, borderBottomColor } = getComputedStyle(element);
    const isThere = borderBottomStyle !== "none" && borderBottomWidth !== "0px" && rgba(borderBottomColor)[3] > 0;
    const [one, other] = [borderBottomColor, ground(element.parentElement)].map(luminance);
    return isThere ? Math.max(one / other, other / one) : Infinity;
  };
  return [...document.querySelectorAll("main :is(button, select, input, label:has([type=radio]))")]
    .filter((element) => element.checkVisibility() && !element.disabled && contrast(element) < 3)
    .map((element) => `faint border: ${element.outerHTML.slice(0, 200)}`);
}"""


def violations(page: Page) -> list[str]:
    """What is wrong, one line for each element."""
    found = AXE.run(page).response["violations"]
    lines = [f"{rule['id']}: {node['html'][:200]} {node['failureSummary']}" for rule in found for node in rule["nodes"]]
    return lines + page.evaluate(NAMELESS) + page.evaluate(FAINT)
