# ruff: noqa: F811  (a fixture that is imported is named again by the tests that take it)
"""Every staff page and state: no fault that axe finds, wide by day and narrow by night, nothing wider than 320 px."""

import pytest

from tests.browser.conftest import OpenTab
from tests.browser.desk_site import DeskSite, front_door  # noqa: F401 - a fixture
from tests.browser.looking import edges, whole

PAGES = {
    "sign in": ("", "/staff/sign-in"),
    "account": ("front_door", "/staff/password"),
    "keys": ("front_door", "/staff/shortcuts"),
    "queue": ("front_door", "/staff"),
    "queue of safety": ("front_door", "/staff?queue=safety&sort=new"),
    "closed": ("front_door", "/staff?queue=closed"),
    "empty queue": ("front_door", "/staff?queue=open&need=nothing"),
    "phone desk": ("front_door", "/staff/phone"),
    "new request": ("front_door", "/staff/requests/{new}"),
    "danger": ("front_door", "/staff/requests/{danger}"),
    "sent": ("front_door", "/staff/requests/{sent}"),
    "declined": ("front_door", "/staff/requests/{declined}?again=true"),
    "handed over": ("front_door", "/staff/requests/{handed}"),
    "asked": ("front_door", "/staff/requests/{asked}?did=ask_info"),
    "closed request": ("front_door", "/staff/requests/{closed}"),
    "code": ("front_door", "/staff/code"),
    "messages": ("front_door", "/staff/messages"),
    "referrals": ("provider", "/staff"),
    "referral": ("provider", "/staff/referrals/{accepted}"),
    "own services": ("provider", "/staff/services?show=all"),
    "services": ("editor", "/staff/services"),
    "reported": ("editor", "/staff/services?show=reported"),
    "rule book": ("editor", "/staff/rules"),
    "imports": ("editor", "/staff/imports"),
    "duplicates": ("editor", "/staff/duplicates"),
    "tags": ("editor", "/staff/tags"),
    "not theirs": ("editor", "/staff/messages"),
    "not there": ("front_door", "/staff/requests/00000000-0000-4000-8000-000000000000"),
    "bad address": ("front_door", "/staff?colour=red"),
}


@pytest.mark.parametrize("name", PAGES)
async def test_a_staff_page_has_no_fault_wide_by_day_or_narrow_by_night(
    open_tab: OpenTab,
    front_door: DeskSite,
    name: str,
) -> None:
    who, path = PAGES[name]
    tab = await front_door.seat(open_tab, who) if who else await open_tab(at=front_door.address)
    answer = await tab.go(path.format(**front_door.known))
    assert answer.status < 500
    await whole(tab)


async def test_titles_tell_staff_pages_apart_and_name_nobody(open_tab: OpenTab, front_door: DeskSite) -> None:
    tabs = {who: await front_door.seat(open_tab, who) for who in ("front_door", "provider", "editor")}
    titles = []
    for who, path in PAGES.values():
        if who:
            await tabs[who].go(path.format(**front_door.known))
            titles.append(await tabs[who].page.title())
    assert not any("Example" in title or "NR3" in title for title in titles)
    assert len(set(titles)) >= len(titles) - 4  # one page in several states


@pytest.mark.parametrize("name", ["queue", "danger", "services"])
async def test_high_contrast_keeps_the_edges_of_what_can_be_pressed(
    open_tab: OpenTab,
    front_door: DeskSite,
    name: str,
) -> None:
    who, path = PAGES[name]
    tab = await front_door.seat(open_tab, who, forced_colors="active")
    await tab.go(path.format(**front_door.known))
    assert await edges(tab, ".button, .segments, .act") <= {"solid", "dashed"}
