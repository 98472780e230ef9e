"""What axe finds on a page as it stands in the browser."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, ViewportSize

PHONE, DESKTOP = ViewportSize(width=390, height=844), ViewportSize(width=1280, height=900)
#: WCAG 2.2 A and AA, and good practice beside it.
EVERYTHING = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
#: All that a scheme of colours can change.
COLOURS: dict[str, Any] = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
#: All that it cannot: where things stand, what they are called, how they are reached.
STRUCTURE = EVERYTHING | {"rules": {rule: {"enabled": False} for rule in COLOURS["runOnly"]["values"]}}


def barriers(page: Page, rules: dict[str, Any] = EVERYTHING, within: str = "html") -> list[str]:
    """One line for each rule that the parts of the page that `within` selects break, with the elements that do."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    run = "([within, rules]) => axe.run(within, rules).then(results => results.violations)"
    found = page.evaluate(run, [within, rules])
    return [f"{rule['id']}: {[node['html'][:160] for node in rule['nodes']][:4]}" for rule in found]
