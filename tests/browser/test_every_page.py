"""Every page and state: no fault that axe finds, nothing wider than 320 px, print, high contrast, right to left."""

from typing import Any

import pytest

from tests.browser.conftest import OpenTab, Tab
from tests.browser.looking import edges, whole

PAGES = {
    "home": "/",
    "search": "/search?q=food&near=NR3+1FH&free=true&per_page=6",
    "search with its map": "/search?q=food&near=NR3+1FH&per_page=6&map=true",
    "search by letters": "/search?sort=name&page=3&per_page=6",
    "nothing found": "/search?q=zzqqxx&free=true&kind=help_hub",
    "place not found": "/search?q=food&near=Qwertyville&per_page=6",
    "danger": "/search?q=he+had+me+by+the+throat+last+night&per_page=6",
    "service": "/services/{No Voucher Food Bank}",
    "private address": "/services/{private}",
    "help": "/help",
    "send": "/send",
    "Polish send": "/send?lang=pl",
    "track": "/track",
    "answer": "/answer/made-up",
    "empty list": "/shortlist",
    "list": "/shortlist?saved={No Voucher Food Bank}.{Village Food Parcels}",
    "outcome": "/outcomes/safe_and_secure",
    "kind": "/kinds/help_hub",
    "for programs": "/docs",
    "zones": "/zones",
    "zone": "/zones/zone-03",
    "privacy": "/privacy",
    "accessibility": "/accessibility",
    "data": "/about-this-data",
    "rules": "/rules",
    "Polish rules": "/rules?lang=pl",
    "not found": "/nowhere",
    "bad address": "/search?colour=red",
    "Polish": "/?lang=pl",
    "Polish search": "/search?q=food&lang=pl&per_page=6",
}


def address(path: str, known: dict[str, str]) -> str:
    for name, id_ in known.items():
        path = path.replace("{" + name + "}", id_)
    return path


@pytest.mark.parametrize("name", PAGES)
async def test_a_page_has_no_fault_wide_by_day_or_narrow_by_night(
    tab: Tab, known: dict[str, str], name: str
) -> None:
    await tab.go(address(PAGES[name], known))
    await whole(tab)


@pytest.mark.parametrize("name", ["home", "search", "service", "danger"])
async def test_high_contrast_keeps_the_edges_of_what_can_be_pressed(
    open_tab: OpenTab, known: dict[str, str], name: str
) -> None:
    tab = await open_tab(forced_colors="active")
    await tab.go(address(PAGES[name], known))
    assert await edges(tab, ".button, .leave") <= {"solid"}


async def test_nothing_moves_for_people_who_ask_for_that(open_tab: OpenTab) -> None:
    tab = await open_tab(reduced_motion="reduce")
    await tab.go("/")
    moving: list[str] = await tab.page.evaluate(
        "[...document.querySelectorAll('*')].map(e => getComputedStyle(e))"
        ".filter(s => parseFloat(s.transitionDuration) > 0 || parseFloat(s.animationDuration) > 0).map(String)"
    )
    assert moving == []


@pytest.mark.parametrize("name", ["search", "service", "list"])
async def test_print_keeps_the_facts_and_leaves_the_furniture(
    tab: Tab, known: dict[str, str], name: str
) -> None:
    await tab.go(address(PAGES[name], known))
    await tab.page.emulate_media(media="print")
    assert not await tab.page.locator(".top-nav").is_visible()
    assert not await tab.page.locator(".save").first.is_visible()
    assert await tab.page.locator(".urgent").is_visible()
    assert await tab.page.locator("h1").is_visible()
    assert (await tab.page.pdf())[:5] == b"%PDF-"


async def test_titles_tell_pages_apart(tab: Tab, known: dict[str, str]) -> None:
    titles: dict[str, str] = {}
    for name, path in PAGES.items():
        await tab.go(address(path, known))
        titles[name] = await tab.page.title()
    same: dict[str, Any] = {}
    for name, title in titles.items():
        same.setdefault(title, []).append(name)
    # Quiet pages are alike on purpose.
    assert [names for title, names in same.items() if len(names) > 1 and title != "Find support"] == []
