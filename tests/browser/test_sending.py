"""Sending a request, following it and answering it, in a real browser: with scripts, without, and by keyboard alone."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from directory.db import Database
from directory.postgres import Server
from tests.browser.conftest import OpenTab, Tab, served
from tests.browser.looking import CUT, SPACED, faults, opened, wider
from tests.conftest import clone
from tests.referrals.conftest import World, peopled, populate, soon

WORD = "marshmallow"
WEATHER = "https://www.bbc.co.uk/weather"


@pytest.fixture(scope="session")
async def desk(
    postgres: Server, template: str, chromium: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """A site of its own, for what is written."""
    database = await Database(await clone(postgres, template, "browsed"), size=4).open()
    organizations, services = await populate(database)
    with served(database, tmp_path_factory.mktemp("browsed")) as address:
        async with httpx.AsyncClient(base_url=address) as client:
            yield await peopled(database, client, organizations, services)
    await database.close()


@pytest.fixture(autouse=True)
async def _no_counted_tries(desk: World) -> None:
    await desk.database.pool.execute("delete from attempt")


def address(desk: World) -> str:
    return str(desk.client.base_url).rstrip("/")


async def press(tab: Tab, name: str) -> None:
    await tab.page.get_by_role("button", name=name, exact=True).click()


async def title(tab: Tab, text: str) -> None:
    await tab.page.get_by_role("heading", name=text, exact=True).wait_for()


class Looked:
    """Looks at each state of a journey: axe wide and narrow, by day and by night; nothing wider than 320 px."""

    def __init__(self, tab: Tab, scripts: bool) -> None:
        self.tab, self.scripts = tab, scripts

    async def at(self) -> None:
        if not self.scripts:  # axe is a script itself
            return
        page = self.tab.page
        size = page.viewport_size
        report = await faults(self.tab)
        assert not report, report
        # Colours that are still turning are nobody's fault.
        await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        await page.set_viewport_size({"width": 320, "height": 640})
        report = await faults(self.tab)
        assert not report, report
        assert await wider(self.tab) <= 0
        await page.evaluate(SPACED)
        assert await wider(self.tab) <= 0
        assert await page.evaluate(CUT) == []
        await page.evaluate("document.adoptedStyleSheets = []")
        await page.emulate_media(color_scheme="light")
        await page.set_viewport_size(size)


async def send(tab: Tab, look: Looked) -> list[str]:
    """All the steps, each looked at, each first sent with something missing; the reference and the code."""
    page = tab.page
    await look.at()
    await press(tab, "Go on")
    await title(tab, "There is a problem")
    await look.at()
    await page.get_by_label("What is going on?").fill("My 6 year old will not sleep and I am worn out")
    await press(tab, "Go on")
    await title(tab, "Who is this for?")
    await look.at()
    await press(tab, "Go on")
    await title(tab, "There is a problem")
    await page.get_by_label("For someone else").check()
    await look.at()
    await press(tab, "Go on")
    await page.get_by_role("link", name="Write your name").click()
    if look.scripts:
        assert await page.evaluate("document.activeElement.name") == "sender_name"
    await look.at()
    await page.get_by_label("For my child or my family").check()
    assert not await page.get_by_label("Your name").is_visible(), "what belongs to another choice is folded"
    await press(tab, "Go on")
    await title(tab, "Who needs help, and where?")
    await page.get_by_label("How old are the people").fill("6")
    await page.get_by_label("Town, village or postcode").fill("Cromer")
    await page.keyboard.press("Tab")  # out of the box, so that no list of places lies over what is looked at
    await look.at()
    await press(tab, "Go on")
    await title(tab, "How can we reach you safely?")
    await page.get_by_label("Ring", exact=True).check()
    await press(tab, "Go on")
    await title(tab, "There is a problem")
    await look.at()
    await page.get_by_label("Phone number").fill("07700 900123")
    await press(tab, "Go on")
    await title(tab, "What keeps you safe when we get in touch?")
    await page.get_by_label("Someone else reads the emails").check()
    await look.at()
    await press(tab, "Go on")
    await title(tab, "You decide who is told")
    await press(tab, "Go on")
    await title(tab, "There is a problem")
    await opened(tab) if look.scripts else None
    await look.at()
    await page.get_by_label("I agree that you may tell a service").check()
    await page.get_by_label("Choose a word that only you know").fill(WORD)
    await page.get_by_label("Give me a code as well").check()
    await press(tab, "Go on")
    await title(tab, "Check before you send")
    await look.at()
    await press(tab, "Send")
    await title(tab, "We have your request")
    await look.at()
    return [await each.inner_text() for each in await page.locator(".code").all()]


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_request_is_sent_and_followed_to_its_end(
    open_tab: OpenTab, desk: World, scripts: bool
) -> None:
    tab = await open_tab(scripts=scripts, at=address(desk))
    page, look = tab.page, Looked(tab, scripts)
    await tab.go("/send")
    reference, code = await send(tab, look)
    assert page.url == address(desk) + "/send"
    await page.get_by_role("link", name="See your request").click()
    await title(tab, "See your request")
    await look.at()
    await press(tab, "Go on")
    await title(tab, "There is a problem")
    await look.at()
    await page.get_by_label("Your reference or your code").fill(code)
    await page.get_by_label("Your word").fill("something else")
    await press(tab, "Go on")
    await page.get_by_role("link", name="We could not find it").wait_for()
    await page.get_by_label("Your reference or your code").fill(reference.lower())
    await page.get_by_label("Your word").fill(WORD)
    await press(tab, "Go on")
    await title(tab, "Your request")
    await opened(tab) if scripts else None
    await look.at()
    await press(tab, "Tell us more")
    await press(tab, "Add it")
    await title(tab, "There is a problem")
    await look.at()
    await page.get_by_label("What would you like to add?").fill("he wakes at two")
    await press(tab, "Add it")
    await page.get_by_text("We have added it").wait_for()
    await look.at()
    await press(tab, "Change how we get in touch")
    await title(tab, "How can we reach you safely?")
    await look.at()
    assert await page.get_by_label("Phone number").input_value() == "07700 900123"
    await page.get_by_label("Do not get in touch").check()
    await press(tab, "Save")
    await page.get_by_text("We have changed how we get in touch").wait_for()
    await press(tab, "Get a code to show at a front door")
    await title(tab, "Get a code to show at a front door")
    await look.at()
    await press(tab, "Go back to your request")
    await press(tab, "Say how it went")
    await title(tab, "Say how it went")
    await look.at()
    await page.get_by_label("Some of it").check()
    await page.get_by_label("7", exact=True).check()
    await press(tab, "Send")
    await page.get_by_text("Thank you for telling us").wait_for()
    await press(tab, "Stop my request")
    await title(tab, "Stop your request?")
    await look.at()
    await press(tab, "Yes, stop it")
    await page.get_by_text("We have stopped your request").wait_for()
    await look.at()
    row = await desk.database.pool.fetchrow(
        "select state, score, got_help from request where reference = $1", reference.replace("-", "")
    )
    assert tuple(row) == ("closed", 7, "partly")
    assert page.url == address(desk) + "/track"
    assert not [each for each in tab.asked if "worn" in each or WORD in each or "900123" in each]


@pytest.mark.parametrize("scripts", [True, False])
async def test_what_was_told_on_the_help_page_goes_along(
    open_tab: OpenTab, desk: World, scripts: bool
) -> None:
    tab = await open_tab(scripts=scripts, at=address(desk))
    page = tab.page
    await tab.go("/help")
    await page.get_by_label("What is going on?").fill("my 3 year old is not talking yet")
    await page.get_by_label("Town, village or postcode").fill("Cromer")
    await press(tab, "Show me what can help")
    await press(tab, "Send a request")
    await title(tab, "Who is this for?")
    await press(tab, "Go back one step")
    assert await page.get_by_label("What is going on?").input_value() == "my 3 year old is not talking yet"
    await press(tab, "Go on")
    await page.get_by_label("For me").check()
    await press(tab, "Go on")
    assert await page.get_by_label("Town, village or postcode").input_value() == "Cromer"
    assert not [each for each in tab.asked if "talking" in each or "Cromer" in each]


async def test_danger_is_said_first_and_the_way_on_is_there(open_tab: OpenTab, desk: World) -> None:
    tab = await open_tab(at=address(desk))
    await tab.go("/send")
    await tab.page.get_by_label("What is going on?").fill(
        "he had me by the throat last night in front of the kids"
    )
    await press(tab, "Go on")
    await title(tab, "Please read this first")
    assert await tab.page.locator("main h2, main h1").first.inner_text() == "Please read this first"
    assert await tab.page.locator("main a[href='tel:999']").first.is_visible()
    assert await tab.page.get_by_role("button", name="Go on").is_visible()
    await Looked(tab, True).at()


async def test_the_way_out_is_there_and_leads_out(open_tab: OpenTab, desk: World) -> None:
    for path in ("/send", "/track"):
        tab = await open_tab(at=address(desk))
        tab.leaving = WEATHER
        await tab.go(path)
        for _ in range(3):
            await tab.page.keyboard.press("Shift")
        await tab.page.wait_for_url(WEATHER)


async def stop_at(tab: Tab, name: str) -> None:
    """Tab on until the control of that label has the focus, which must be seen."""
    for _ in range(60):
        await tab.page.keyboard.press("Tab")
        found: Any = await tab.page.evaluate(
            """(() => { const e = document.activeElement, s = getComputedStyle(e);
            const seen = s.outlineStyle !== 'none' || s.boxShadow !== 'none';
            return [e.labels?.[0]?.textContent ?? e.textContent, seen] })()"""
        )
        if (found[0] or "").strip().startswith(name):
            assert found[1], f"{name} has the focus and does not show it"
            return
    raise AssertionError(f"the tab key never comes to {name}")


async def test_a_request_with_nothing_but_the_keyboard(open_tab: OpenTab, desk: World) -> None:
    tab = await open_tab(at=address(desk))
    keys = tab.page.keyboard
    await tab.go("/send")
    await stop_at(tab, "Skip to the main part")
    await keys.press("Enter")
    await stop_at(tab, "What is going on?")
    await keys.type("we have no money for food")
    await stop_at(tab, "Go on")
    await keys.press("Enter")
    await title(tab, "Who is this for?")
    await stop_at(tab, "For me")
    await keys.press("Space")
    await keys.press("Enter")
    await title(tab, "Who needs help, and where?")
    await stop_at(tab, "Go on")
    await keys.press("Enter")
    await title(tab, "How can we reach you safely?")
    await stop_at(tab, "Ring")
    await keys.press("ArrowUp")  # from the first choice round to the last
    await stop_at(tab, "Go on")
    await keys.press("Enter")
    await title(tab, "You decide who is told")
    await keys.press("Tab")
    await stop_at(tab, "I agree")
    await keys.press("Space")
    await stop_at(tab, "Choose a word")
    await keys.type(WORD)
    await keys.press("Enter")
    await title(tab, "Check before you send")
    await stop_at(tab, "Send")
    await keys.press("Enter")
    await title(tab, "We have your request")


async def answer_link(desk: World, service: str) -> str:
    made = await desk.send(services=[str(desk.services[service])])
    page = (await desk.call("desk", "GET", "/api/messages?per_page=100")).json()
    body = next(
        each["body"]
        for each in page["items"]
        if each["referral_id"] == made["referrals"][0] and each["audience"] == "receiver"
    )
    return "/answer/" + str(body.split("/answer/")[1].split()[0])


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_service_answers_from_its_mail(open_tab: OpenTab, desk: World, scripts: bool) -> None:
    tab = await open_tab(scripts=scripts, at=address(desk))
    page, look = tab.page, Looked(tab, scripts)
    path = await answer_link(desk, "hub")
    await tab.go(path)
    await title(tab, "A family waits for your answer")
    await look.at()
    await press(tab, "Go on")
    await title(tab, "There is a problem")
    await look.at()
    await page.get_by_label("A few places left").check()
    await press(tab, "Save")
    await page.get_by_text("The directory shows it now").wait_for()
    await page.get_by_label("No, we cannot help").check()
    await press(tab, "Go on")
    await title(tab, "Why can you not help this time?")
    await look.at()
    await press(tab, "Send the answer")
    await title(tab, "There is a problem")
    await look.at()
    await press(tab, "Go back")
    await page.get_by_label("Yes, we will help").check()
    await press(tab, "Go on")
    await title(tab, "When will you first get in touch with the family?")
    await page.get_by_label("Date", exact=True).fill(soon())
    await look.at()
    await press(tab, "Send the answer")
    await title(tab, "Your answer is noted")
    await look.at()
    await tab.go(path)
    await title(tab, "This link does not work any more")
    await look.at()
    await press(tab, "Send me a new link")
    await title(tab, "A new link is on its way")
    await look.at()
    await tab.go("/answer/made-up")
    await look.at()
