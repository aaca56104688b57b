# ruff: noqa: F811  (a fixture that is imported is named again by the tests that take it)
"""What the front door comes to do, in a real browser: by mouse, by keyboard alone, with scripts and without."""

import re
from typing import Any
from uuid import UUID

import pytest

from tests.browser.conftest import OpenTab, Tab
from tests.browser.desk_site import DeskSite, front_door  # noqa: F401 - a fixture
from tests.browser.looking import faults
from tests.referrals.conftest import PASSWORD

CALL = "my little boy is three and not talking yet and nursery are worried"
FOCUS = """
    (() => { const e = document.activeElement, s = getComputedStyle(e), row = e.closest('.row'),
        r = row && getComputedStyle(row);
      return { name: (e.id || e.textContent || e.name || e.tagName).trim().slice(0, 40), body: e === document.body,
        seen: s.outlineStyle !== 'none' || s.boxShadow !== 'none' || (r && r.outlineStyle !== 'none') } })()
"""


class Hands:
    """A keyboard that counts: `actions` are all presses beside typing."""

    def __init__(self, tab: Tab) -> None:
        self.page, self.actions = tab.page, 0

    async def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            await self.page.keyboard.press(key)
            self.actions += 1

    async def type(self, text: str) -> None:
        await self.page.keyboard.type(text)

    async def on(self) -> str:
        found: str = await self.page.evaluate("document.activeElement.id || document.activeElement.name")
        return found


async def requests(site: DeskSite) -> int:
    number: int = await site.database.pool.fetchval("select count(*) from request")
    return number


@pytest.mark.parametrize("scripts", [True, False])
async def test_signing_in_and_out_with_the_keyboard_alone(
    open_tab: OpenTab,
    front_door: DeskSite,
    scripts: bool,
) -> None:
    tab = await open_tab(at=front_door.address, scripts=scripts)
    tab.cookies = {"staff"}
    page = tab.page
    await tab.go("/staff?queue=due")
    await page.wait_for_url("**/staff/sign-in?next=**")
    await page.locator("#email").focus()
    await page.keyboard.type("front_door@desk.example.org")
    await page.keyboard.press("Tab")
    await page.keyboard.type("not the password")
    await page.keyboard.press("Enter")
    await page.get_by_role("alert").wait_for()
    if scripts:
        assert "do not go together" in await page.evaluate("document.activeElement.textContent")
        assert not await faults(tab)
    await page.locator("#password").focus()
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/staff?queue=due")
    await page.get_by_role("button", name="Sign out").focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/staff/sign-in?out=true")
    assert await page.context.cookies() == []


async def test_counts_stay_live_and_news_is_told_politely(open_tab: OpenTab, front_door: DeskSite) -> None:
    tab = await front_door.seat(open_tab)
    await tab.go("/staff#every=200")
    badge = tab.page.locator("[data-count=new]")
    before = int(await badge.inner_text())
    await front_door.world.send()
    news = tab.page.get_by_role("status").filter(has_text="has changed since")
    await news.wait_for()
    assert int(await badge.inner_text()) == before + 1
    assert not await faults(tab)
    await news.get_by_role("link", name="Show it now").click()
    await tab.page.wait_for_load_state()


async def test_lists_are_walked_with_keys_and_single_keys_keep_out_of_boxes(
    open_tab: OpenTab,
    front_door: DeskSite,
) -> None:
    tab = await front_door.seat(open_tab)
    page = tab.page
    await tab.go("/staff")
    rows = await page.locator(".row-name a").all_inner_texts()
    for key, at in (("j", 0), ("j", 1), ("ArrowDown", 2), ("k", 1), ("ArrowUp", 0), ("k", 0)):
        await page.keyboard.press(key)
        assert await page.evaluate("document.activeElement.textContent") == rows[at], key
    await page.keyboard.press("/")
    assert await page.evaluate("document.activeElement.id") == "q"
    await page.keyboard.type("jpkq?")
    assert await page.locator("#q").input_value() == "jpkq?"
    await page.locator(".row-name a").first.focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/staff/requests/**")
    await page.keyboard.press("?")
    await page.wait_for_url("**/staff/shortcuts")
    await page.get_by_role("button", name="Turn single keys off").press("Enter")
    await page.get_by_role("button", name="Turn single keys on").wait_for()
    await page.keyboard.press("p")
    assert page.url.endswith("/staff/shortcuts")
    await page.get_by_role("button", name="Turn single keys on").press("Enter")
    await page.get_by_role("button", name="Turn single keys off").wait_for()


async def test_from_an_incoming_call_to_a_saved_routed_request(
    open_tab: OpenTab, front_door: DeskSite
) -> None:
    """The phone rings at the queue. At most 4 screens and 12 key actions beside typing, and nothing kept before."""
    tab = await front_door.seat(open_tab)
    page, hands, screens = tab.page, Hands(tab), 1
    await tab.go("/staff")
    before = await requests(front_door)
    await hands.press("p")
    await page.wait_for_url("**/staff/phone")
    screens += 1
    await page.wait_for_selector("#text:focus")
    await hands.type(CALL)
    for box, words in (("near", "Cromer"), ("ages", "3"), ("name", "Jo Wherry"), ("phone", "07700 900646")):
        await hands.press("Tab")
        assert await hands.on() == box
        await hands.type(words)
    await hands.press("Tab")
    assert await hands.on() == "agreed"
    await hands.press("Space")
    first = page.locator(".pick input").first
    await first.wait_for()
    await page.wait_for_selector(".is-late", state="detached")
    assert await requests(front_door) == before
    while await hands.on() != await first.get_attribute("id"):
        await hands.press("Tab")
    await hands.press("Space")
    chosen = await page.locator(".pick b").first.inner_text()
    await hands.press("Control+Enter")
    await page.wait_for_url("**/staff/requests/**")
    screens += 1
    print(f"screens {screens}, key actions {hands.actions}")
    assert screens <= 4
    assert hands.actions <= 12
    assert await requests(front_door) == before + 1
    assert await page.get_by_text("Saved, and yours").is_visible()
    assert await page.get_by_role("heading", name=chosen).first.is_visible()
    request = page.url.rpartition("/")[2].partition("?")[0]
    row = await front_door.database.pool.fetchrow(
        "select state, owner, door from request where id = $1", UUID(request)
    )
    assert (row["state"], row["door"]) == ("routed", "phone")
    assert row["owner"] == f"staff:{front_door.people['front_door']}"


async def test_the_answer_grows_while_they_talk_and_keeps_what_was_ticked(
    open_tab: OpenTab,
    front_door: DeskSite,
) -> None:
    tab = await front_door.seat(open_tab)
    page = tab.page
    await tab.go("/staff/phone")
    assert not await faults(tab)
    await page.locator("#text").fill(CALL)
    await page.locator(".pick input").first.wait_for()
    assert await page.locator(".heard-line .fact").count() >= 2
    await page.locator(".pick input").first.check()
    ticked = await page.locator(".pick input").first.get_attribute("id")
    await page.locator("#near").fill("Cromer")
    await page.get_by_text("North Norfolk", exact=True).wait_for()
    assert await page.locator(f"#{ticked}").is_checked()
    await page.locator("#text").fill(CALL + ". my partner hits me")
    await page.locator("#danger").wait_for()
    assert "999" in await page.locator("#answer").inner_text()
    assert await page.locator(f"#{ticked}").is_checked()
    assert "999" in await page.locator("#heard-now").inner_text()  # said aloud once, because it is new
    assert not await faults(tab)
    await page.get_by_text("Text to read out").first.click()
    assert await page.locator(".read-text").is_visible()
    assert await page.evaluate("document.querySelector('.phone').matches('[data-kept]')")


async def test_a_question_that_is_answered_moves_the_answer(open_tab: OpenTab, front_door: DeskSite) -> None:
    tab = await front_door.seat(open_tab)
    page = tab.page
    await tab.go("/staff/phone")
    await page.locator("#text").fill("everything is too much at the moment")
    question = page.locator(".asks-one").first
    await question.wait_for()
    option = question.locator("input").first
    name, value = await option.get_attribute("name"), await option.get_attribute("value")
    await option.check()
    kept = page.locator(f'input[name="{name}"][value="{value}"]')
    await page.wait_for_selector(".is-late", state="detached")
    assert await kept.count() >= 1


async def test_the_phone_desk_without_scripts_takes_one_button_more(
    open_tab: OpenTab,
    front_door: DeskSite,
) -> None:
    tab = await front_door.seat(open_tab, scripts=False)
    page = tab.page
    await tab.go("/staff/phone")
    await page.locator("#text").fill(CALL)
    await page.locator("#near").fill("Cromer")
    await page.get_by_role("button", name="Update the answer").click()
    await page.locator(".pick input").first.check()
    await page.locator("#agreed").check()
    await page.get_by_role("button", name="Save as a request").click()
    await page.wait_for_url("**/staff/requests/**")
    assert await page.get_by_text("With a service").first.is_visible()


async def test_a_hand_over_by_phone_brings_the_call_sheet(open_tab: OpenTab, front_door: DeskSite) -> None:
    tab = await front_door.seat(open_tab)
    page = tab.page
    await tab.go("/staff/phone")
    await page.locator("#text").fill("my partner hits me and the children see it")
    await page.locator("#near").fill("Cromer")
    await page.locator("#danger").wait_for()
    await page.locator("#agreed").check()
    await page.get_by_role("button", name="Hand over by phone").click()
    await page.wait_for_url("**/staff/requests/**")
    assert await page.get_by_text("Where the child is now").is_visible()
    assert await page.get_by_text("Read this first").is_visible()
    assert not await faults(tab)


async def test_words_that_were_not_sent_are_not_lost_by_a_slip(
    open_tab: OpenTab, front_door: DeskSite
) -> None:
    tab = await front_door.seat(open_tab)
    asked: list[str] = []

    async def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        await dialog.dismiss()

    tab.page.on("dialog", stay)
    await tab.go("/staff/phone")
    await tab.page.locator("#text").click()
    await tab.page.keyboard.type("half a story")
    await tab.page.get_by_role("link", name="Requests").first.click(no_wait_after=True)
    await tab.page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    assert await tab.page.locator("#text").input_value() == "half a story"
    tab.page.remove_listener("dialog", stay)
    tab.page.on("dialog", lambda dialog: dialog.accept())


@pytest.mark.parametrize("scripts", [True, False])
async def test_the_second_of_two_people_is_told_what_changed_and_loses_nothing(
    open_tab: OpenTab,
    front_door: DeskSite,
    scripts: bool,
) -> None:
    request = (await front_door.world.send())["id"]
    one = await front_door.seat(open_tab, scripts=scripts)
    two = await front_door.seat(open_tab, "second", scripts=scripts)
    for tab in (one, two):
        await tab.go(f"/staff/requests/{request}")
        await tab.page.get_by_text("Write a note", exact=True).first.click()
    typed = "School rang back: they start on Monday.\nMum is glad."
    await two.page.locator("#a-request-note-note").fill(typed)
    await one.page.locator("#a-request-note-note").fill("I have rung the nursery.")
    await one.page.get_by_role("button", name="Write a note", exact=True).click()
    await one.page.get_by_text("Done: write a note").wait_for()
    await two.page.get_by_role("button", name="Write a note", exact=True).click()
    alert = two.page.get_by_role("alert")
    await alert.wait_for()
    words = await alert.inner_text()
    assert "It changed while you were typing" in words
    assert "I have rung the nursery." in words
    assert "Sam Reed" in words
    assert await two.page.locator("#a-request-note-note").input_value() == typed
    assert await two.page.locator("#a-request-note-note").is_visible()
    if scripts:
        assert not await faults(two)
    await two.page.get_by_role("button", name="Write a note", exact=True).click()
    await two.page.get_by_text("Done: write a note").wait_for()
    log = await two.page.locator(".case-log").inner_text()
    assert "I have rung the nursery." in log
    assert "Mum is glad." in log


async def test_a_request_is_worked_through_with_the_keyboard_alone(
    open_tab: OpenTab, front_door: DeskSite
) -> None:
    request = (await front_door.world.send(concern="she is afraid of her uncle"))["id"]
    tab = await front_door.seat(open_tab)
    page = tab.page
    await tab.go(f"/staff/requests/{request}")
    await page.locator("#safe-note").focus()
    await page.keyboard.type("rang the duty line, strategy talk today")
    await page.keyboard.press("Enter")
    await page.get_by_text("Safety, read").wait_for()
    close = page.locator("#a-request-close > summary")
    await close.focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.type("Information only")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.get_by_text("Done: close").wait_for()
    assert await page.get_by_text("information only").first.is_visible()


async def test_a_service_answers_its_referral_and_sees_the_family_only_then(
    open_tab: OpenTab,
    front_door: DeskSite,
) -> None:
    tab = await front_door.seat(open_tab, "provider")
    page = tab.page
    await tab.go(f"/staff/referrals/{front_door.known['referral']}")
    assert not await page.get_by_text("Ann Example").count()
    await page.get_by_text("Accept", exact=True).first.click()
    await page.get_by_label("First contact by").fill("2030-01-07")
    await page.get_by_role("button", name="Accept", exact=True).click()
    await page.get_by_text("Done: accept").wait_for()
    assert await page.get_by_text("Ann Example").is_visible()
    assert not await faults(tab)


@pytest.mark.parametrize("scripts", [True, False])
async def test_how_full_a_service_is_takes_one_press(
    open_tab: OpenTab,
    front_door: DeskSite,
    scripts: bool,
) -> None:
    tab = await front_door.seat(open_tab, "editor", scripts=scripts)
    page = tab.page
    await tab.go("/staff/services?show=all&q=Calm+Homes")
    row = page.locator(".upkeep").first
    await row.get_by_role("button", name="Full", exact=True).press("Enter")
    await page.wait_for_url("**did=full**")
    assert await page.get_by_text("Saved: full").is_visible()
    assert await page.locator(".upkeep").first.get_by_role("button", name="Full", exact=True).get_attribute(
        "aria-pressed"
    ) == ("true")
    await page.locator(".upkeep").first.get_by_role("button", name=re.compile("Still correct")).press("Enter")
    await page.wait_for_url("**did=correct**")
    await page.locator(".upkeep").first.get_by_role("button", name="Open", exact=True).press("Enter")
    await page.wait_for_url("**did=open**")


@pytest.mark.parametrize("path", ["/staff", "/staff/phone", "/staff/services", "/staff/requests/{danger}"])
async def test_tab_reaches_everything_shows_where_it_is_and_gets_out(
    open_tab: OpenTab,
    front_door: DeskSite,
    path: str,
) -> None:
    tab = await front_door.seat(open_tab, "manager")
    await tab.go(path.format(**front_door.known))
    await tab.page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    count: int = await tab.page.evaluate(
        "[...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex=\"0\"]')]"
        ".filter(e => e.checkVisibility() && !e.disabled && e.tabIndex >= 0 && e.type !== 'hidden').length"
    )
    unseen, out = [], False
    for _ in range(count + 3):
        await tab.page.keyboard.press("Tab")
        at = await tab.page.evaluate(FOCUS)
        if at["body"]:
            out = True
            break
        if not at["seen"]:
            unseen.append(at["name"])
    assert unseen == []
    assert out
