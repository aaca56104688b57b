"""The pages of figures in a browser, over the demonstration's year: no fault, keys alone, narrow, on paper."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from directory.access import accounts
from directory.access.demonstration import ACCOUNTS
from directory.db import Database
from tests.browser.conftest import OpenTab, Tab, served
from tests.browser.looking import faults, opened, whole, wider
from tests.insight.conftest import busy  # noqa: F401 - a fixture

PAGES = {
    "how requests go": "/staff/insight",
    "one zone": "/staff/insight?area=zone:zone-04&topic=need:neurodiversity",
    "what is missing": "/staff/insight/unmet",
    "by district": "/staff/insight/unmet?by=district&topic=outcome:healthy",
    "what there is": "/staff/insight/coverage",
    "for young children": "/staff/insight/coverage?age=0-4&topic=need:young_carer",
    "for paper": "/staff/insight/paper",
}


@pytest.fixture(scope="session")
async def figures(
    busy: Database,  # noqa: F811
    chromium: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[tuple[str, Database]]:
    with served(busy, tmp_path_factory.mktemp("figures")) as address:
        yield address, busy


async def manager(open_tab: OpenTab, figures: tuple[str, Database], **over: Any) -> Tab:
    address, database = figures
    tab = await open_tab(at=address, **over)
    tab.cookies = {"staff"}
    who = next(each for each in ACCOUNTS if each.role == "manager")
    token = await accounts.start(database, who.id)
    await tab.page.context.add_cookies([{"name": "staff", "value": token, "url": address}])
    return tab


@pytest.mark.parametrize("name", PAGES)
async def test_a_page_of_figures_has_no_fault_wide_by_day_or_narrow_by_night(
    open_tab: OpenTab, figures: tuple[str, Database], name: str
) -> None:
    tab = await manager(open_tab, figures)
    assert (await tab.go(PAGES[name])).status == 200
    assert not await faults(tab)
    await opened(tab)
    await whole(tab)


async def test_every_chart_names_itself_and_has_a_finding_a_table_and_a_file(
    open_tab: OpenTab, figures: tuple[str, Database]
) -> None:
    tab = await manager(open_tab, figures)
    await tab.go("/staff/insight")
    found = await tab.page.evaluate("""() => [...document.querySelectorAll('.finding')].map(each => ({
        heading: each.querySelector('h2').textContent.trim(),
        title: each.querySelector('svg[role=img] > title').textContent,
        desc: each.querySelector('svg[role=img] > desc').textContent,
        rows: each.querySelectorAll('tbody tr').length,
        file: each.querySelector('a[download]').getAttribute('href')}))""")
    assert len(found) == 7
    for each in found:
        assert each["heading"]
        assert each["title"]
        assert each["desc"]
        assert each["rows"] >= 3
        answer = await tab.page.request.get(tab.site + each["file"])
        assert answer.headers["content-type"].startswith("text/csv")
    assert len({each["title"] for each in found}) == len(found)


async def test_a_filter_is_set_with_keys_alone(open_tab: OpenTab, figures: tuple[str, Database]) -> None:
    tab = await manager(open_tab, figures)
    await tab.go("/staff/insight/unmet")
    for _ in range(60):
        await tab.page.keyboard.press("Tab")
        if await tab.page.evaluate("document.activeElement.id") == "f-area":
            break
    await tab.page.keyboard.type("Zone 4")
    for _ in range(6):
        await tab.page.keyboard.press("Tab")
        if await tab.page.evaluate("document.activeElement.type") == "submit":
            break
    async with tab.page.expect_navigation():
        await tab.page.keyboard.press("Enter")
    assert "area=zone%3Azone-04" in tab.page.url
    assert "Zone 4" in await tab.page.inner_text(".about-figures")
    # What scrolls sideways can be scrolled with keys.
    assert await tab.page.evaluate("[...document.querySelectorAll('.scroller')].every(e => e.tabIndex === 0)")


async def test_numbers_are_there_without_scripts_and_in_high_contrast(
    open_tab: OpenTab, figures: tuple[str, Database]
) -> None:
    tab = await manager(open_tab, figures, scripts=False)
    await tab.go("/staff/insight")
    assert await tab.page.locator(".chart text").count() > 40
    stark = await manager(open_tab, figures, forced_colors="active")
    await stark.go("/staff/insight/unmet")
    assert not await faults(stark, rules={"color-contrast": {"enabled": False}})
    colours = await stark.page.evaluate(
        "[...document.querySelectorAll('.chart-bar')].map(e => getComputedStyle(e).fill)"
    )
    ground = await stark.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert colours
    assert ground not in colours


async def test_the_board_paper_prints_whole_and_without_the_console(
    open_tab: OpenTab, figures: tuple[str, Database]
) -> None:
    tab = await manager(open_tab, figures)
    await tab.go("/staff/insight/paper")
    await tab.page.emulate_media(media="print")
    for hidden in (".desk-top", ".figures-filter", ".tabs", ".screen-only"):
        assert not await tab.page.locator(hidden).first.is_visible()
    assert await tab.page.locator(".all-figures dt").count() == 16
    assert await tab.page.locator(".finding:visible").count() >= 9
    await tab.page.set_viewport_size({"width": 690, "height": 1000})  # A4 within its margins
    assert await wider(tab) <= 0
    pdf = await tab.page.pdf(format="A4")
    assert pdf[:5] == b"%PDF-"


async def test_only_those_who_may_read_figures_are_shown_them(
    open_tab: OpenTab, figures: tuple[str, Database]
) -> None:
    address, database = figures
    tab = await open_tab(at=address)
    tab.cookies = {"staff"}
    who = next(each for each in ACCOUNTS if each.role == "provider")
    token = await accounts.start(database, who.id)
    await tab.page.context.add_cookies([{"name": "staff", "value": token, "url": address}])
    for path in PAGES.values():
        answer = await tab.page.request.get(tab.site + path)
        assert answer.status == 403
    await tab.go("/staff")
    assert await tab.page.locator("a[href='/staff/insight']").count() == 0
