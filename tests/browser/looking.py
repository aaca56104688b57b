"""How a page is looked at, whoever it is for: what axe finds, how wide it is, what high contrast leaves of it."""

from typing import Any

import pytest

from tests.browser.conftest import Tab

axe_api = pytest.importorskip("axe_playwright_python.async_playwright")

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SPACED = """
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
        word-spacing: 0.16em !important } p { margin-bottom: 2em !important }`);
    document.adoptedStyleSheets = [sheet];
"""
# Room for text that a narrow parent hides: a box that cuts its own words off.
CUT = """
    [...document.querySelectorAll('main *, header *')].filter(e => getComputedStyle(e).overflowX === 'hidden'
        && e.scrollWidth > e.clientWidth + 1 && !e.closest('.unseen') && e.clientWidth > 1)
        .map(e => e.outerHTML.slice(0, 80))
"""


async def faults(tab: Tab, **options: Any) -> str:
    # A page whose styles are still on their way is nobody's fault either.
    await tab.page.wait_for_load_state("load")
    options = {"runOnly": {"type": "tag", "values": TAGS}, **options}
    found = await axe_api.Axe().run(tab.page, options=options)
    return str(found.generate_report()) if found.violations_count else ""


async def opened(tab: Tab) -> None:
    """Everything that folds is unfolded, so that it is looked at too."""
    await tab.page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")


async def wider(tab: Tab) -> int:
    number: int = await tab.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return number


async def whole(tab: Tab) -> None:
    """No fault wide by day or narrow by night; at 320 px, which is also 1280 px at 400 %, nothing is wider than the
    screen: plain, spaced out, or reversed."""
    assert not await faults(tab)
    await tab.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    await tab.page.set_viewport_size({"width": 320, "height": 640})
    await opened(tab)
    assert not await faults(tab)
    assert await wider(tab) <= 0
    await tab.page.evaluate(SPACED)
    assert await wider(tab) <= 0
    assert await tab.page.evaluate(CUT) == []
    await tab.page.evaluate("document.adoptedStyleSheets = []; document.documentElement.dir = 'rtl'")
    assert await wider(tab) <= 0


async def edges(tab: Tab, pressed: str) -> set[str]:
    """The kinds of edge of what can be pressed, in high contrast, where axe finds nothing else."""
    # The colours are the reader's own now, and not those that a script is told.
    assert not await faults(tab, rules={"color-contrast": {"enabled": False}})
    found: list[str] = await tab.page.evaluate(
        "(pressed) => [...document.querySelectorAll(pressed)].map(e => getComputedStyle(e).borderTopStyle)",
        pressed,
    )
    return set(found)
