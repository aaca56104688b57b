# ruff: noqa: F811  (a fixture that is imported is named again by the tests that take it)
"""The staff page of partner sites in a browser: the preview is the real widget, and no page has a fault."""

import pytest

from directory.access import partners
from tests.browser.conftest import OpenTab
from tests.browser.desk_site import DeskSite, front_door  # noqa: F401 - a fixture
from tests.browser.looking import faults, wider


@pytest.mark.parametrize("width", [1280, 320])
async def test_a_site_is_made_seen_and_has_no_fault(
    open_tab: OpenTab, front_door: DeskSite, width: int
) -> None:
    tab = await front_door.seat(open_tab, "admin", width=width)
    page = tab.page
    await tab.go("/staff/partners")
    await page.get_by_label("Name of the site").fill(f"School {width}")
    await page.get_by_label("Where its pages are").fill("https://www.school.example")
    await page.get_by_label("Look").fill("accent=#7a1f5c")
    await page.get_by_role("button", name="Make its key").click()
    await page.get_by_role("heading", name=f"School {width}").wait_for()
    widget = page.locator("flourish-directory")
    await widget.locator("#q").fill("food bank")
    button = widget.locator(".form > button")
    await button.click()
    await widget.locator(".result").first.wait_for()
    assert await button.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(122, 31, 92)"
    assert "widget.js" in await page.get_by_label("Always the newest").input_value()
    key = page.url.rpartition("/")[2].partition("?")[0]
    assert await partners.used(front_door.database, key) == [], "the preview is not counted"
    assert not await faults(tab)
    assert await wider(tab) <= 0
    await tab.go("/staff/partners")
    assert not await faults(tab)
    assert await wider(tab) <= 0
    await page.get_by_role("link", name=f"School {width}").click()
    await page.get_by_role("button", name="Revoke the key").click()
    await page.get_by_text("Revoked").wait_for()
    assert await partners.live(front_door.database, key) is None
