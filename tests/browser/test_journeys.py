"""What families come to do, with scripts and without, and with nothing but a keyboard."""

import re

import pytest

from tests.browser.conftest import OpenTab, Tab
from tests.browser.looking import faults

WEATHER = "https://www.bbc.co.uk/weather"
FOCUS = """
    (() => { const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
      const bar = document.querySelector('.urgent').getBoundingClientRect();
      return { name: e.tagName + ' ' + (e.textContent || e.name || '').trim().slice(0, 40), body: e === document.body,
        seen: s.outlineStyle !== 'none' || s.boxShadow !== 'none' || !!e.closest('svg'),
        hidden: !e.closest('.urgent') && !e.classList.contains('skip') && r.bottom <= bar.bottom && bar.top >= 0 } })()
"""


@pytest.mark.parametrize("scripts", [True, False])
async def test_search_narrow_read_save_and_take_off(open_tab: OpenTab, scripts: bool) -> None:
    tab = await open_tab(scripts=scripts)
    page = tab.page
    await tab.go("/")
    await page.get_by_label("What do you need help with?").fill("food")
    await page.get_by_label("Town, village or postcode").fill("Great Yarmouth")
    await page.get_by_role("button", name="Find help").click()
    await page.wait_for_url("**/search?**")
    heading = page.get_by_role("heading", level=1)
    before = int((await heading.inner_text()).split()[0])
    await page.get_by_label("Free", exact=True).check()
    await page.get_by_role("button", name="Show these").click()
    await page.wait_for_url("**free=true**")
    assert 0 < int((await heading.inner_text()).split()[0]) <= before
    assert await page.get_by_label("What do you need help with?").input_value() == "food"
    name = await page.locator(".card-name a").first.inner_text()
    await page.locator(".card-name a").first.click()
    await page.wait_for_url("**/services/**")
    assert await heading.inner_text() == name
    await page.get_by_role("link", name="Save to my list").first.click()
    await page.wait_for_url("**/shortlist?saved=**")
    assert await page.get_by_role("heading", name=name).is_visible()
    await page.get_by_role("link", name="Search", exact=True).click()
    await page.wait_for_url("**/search?saved=**")
    assert "1" in await page.get_by_role("link", name=re.compile("My list")).inner_text()
    await page.get_by_role("link", name=re.compile("My list")).click()
    await page.get_by_role("link", name=re.compile("Take off my list")).click()
    assert await page.get_by_text("Nothing is saved yet").is_visible()


async def test_empty_boxes_stay_out_of_the_address_where_there_are_scripts(tab: Tab) -> None:
    await tab.go("/")
    await tab.page.get_by_label("What do you need help with?").fill("food")
    await tab.page.get_by_role("button", name="Find help").click()
    await tab.page.wait_for_url("**/search?**")
    assert tab.page.url.endswith("/search?q=food")


@pytest.mark.parametrize("scripts", [True, False])
async def test_telling_what_is_going_on_leads_to_steps_and_a_person(open_tab: OpenTab, scripts: bool) -> None:
    tab = await open_tab(scripts=scripts)
    page = tab.page
    await tab.go("/help")
    await page.get_by_label("What is going on?").fill("my 3 year old is not talking yet")
    await page.get_by_label("Town, village or postcode").fill("Cromer")
    await page.get_by_role("button", name="Show me what can help").click()
    await page.get_by_role("heading", name="What can help", level=1).wait_for()
    assert await page.locator(".step").count() >= 2
    assert await page.locator(".step article").count() >= 2
    assert await page.locator(".why").count() >= 2
    assert await page.locator("#person").is_visible()
    assert page.url == tab.site + "/help"
    if scripts:
        assert not await faults(tab)
    await page.get_by_text("Is this wrong? Change it").click()
    await page.get_by_label("It is about").select_option("food_and_essentials")
    await page.locator("#again").get_by_role("button").click()
    await page.get_by_role("heading", name="What can help", level=1).wait_for()
    assert "Food" in await page.locator(".heard").inner_text()


async def test_danger_speaks_first_and_the_steps_are_still_there(tab: Tab) -> None:
    page = tab.page
    await tab.go("/help")
    await page.get_by_label("What is going on?").fill(
        "he had me by the throat last night in front of the kids"
    )
    await page.get_by_role("button", name="Show me what can help").click()
    await page.get_by_role("heading", name="Please read this first").wait_for()
    first = await page.locator("main h2, main h1").first.inner_text()
    assert first == "Please read this first"
    assert await page.locator("main a[href='tel:999']").first.is_visible()
    assert await page.locator(".step").count() >= 1
    assert await page.title() == "Find support"
    assert not await faults(tab)


async def test_a_question_is_answered_by_a_tap(tab: Tab) -> None:
    page = tab.page
    await tab.go("/help")
    await page.get_by_label("What is going on?").fill("help")
    await page.get_by_role("button", name="Show me what can help").click()
    await page.locator(".questions").wait_for()
    assert 1 <= await page.locator(".questions fieldset, .questions .field").count() <= 2
    assert not await faults(tab)
    await page.locator(".questions input[type=radio]").first.check()
    await page.get_by_role("button", name="Go on").click()
    await page.get_by_role("heading", name="What can help", level=1).wait_for()
    assert await page.locator(".step").count() >= 1


async def test_nothing_told_gets_a_kind_word_and_the_form_again(tab: Tab) -> None:
    await tab.go("/help")
    await tab.page.get_by_role("button", name="Show me what can help").click()
    await tab.page.get_by_role("heading", name="There is a problem").wait_for()
    await tab.page.get_by_role("link", name="Write a few words").click()
    assert await tab.page.evaluate("document.activeElement.name") == "text"
    assert not await faults(tab)


async def test_words_told_are_in_no_address_that_follows(tab: Tab) -> None:
    page = tab.page
    await tab.go("/help")
    await page.get_by_label("What is going on?").fill("quixotic zebra, my son will not go to school")
    await page.get_by_label("Town, village or postcode").fill("Holt")
    await page.get_by_role("button", name="Show me what can help").click()
    await page.locator(".step article a").first.click()
    await page.wait_for_url("**/services/**")
    assert not [address for address in tab.asked if "zebra" in address or "Holt" in address]
    assert await page.evaluate("document.referrer") == ""


@pytest.mark.parametrize("how", ["button", "keys"])
async def test_a_quiet_page_is_left_at_once_and_back_does_not_return_to_it(tab: Tab, how: str) -> None:
    tab.leaving = WEATHER
    page = tab.page
    await tab.go("/")
    await tab.go("/search?q=my+husband+hits+me")
    assert "husband" not in page.url
    if how == "button":
        await page.locator("a.leave").click()
    else:
        for _ in range(3):
            await page.keyboard.press("Shift")
    await page.wait_for_url(WEATHER)
    await page.go_back()
    assert page.url == tab.site + "/"


async def test_the_way_out_is_a_plain_link_without_scripts(open_tab: OpenTab) -> None:
    tab = await open_tab(scripts=False)
    tab.leaving = WEATHER
    await tab.go("/help")
    await tab.page.locator("a.leave").click()
    await tab.page.wait_for_url(WEATHER)


async def test_the_way_out_stays_in_view(open_tab: OpenTab) -> None:
    tab = await open_tab(width=390, height=700)
    await tab.go("/search?q=my+husband+hits+me")
    await tab.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    box = await tab.page.locator("a.leave").bounding_box()
    assert box
    assert 0 <= box["y"] < 700
    assert await tab.page.locator(".urgent a[href='tel:999']").is_visible()


@pytest.mark.parametrize("path", ["/", "/search?q=food", "/help"])
async def test_every_stop_of_the_tab_key_can_be_seen(tab: Tab, path: str) -> None:
    await tab.go(path)
    poor, stops = [], 0
    for _ in range(60):
        await tab.page.keyboard.press("Tab")
        stop = await tab.page.evaluate(FOCUS)
        if stop["body"]:
            break
        stops += 1
        if not stop["seen"] or stop["hidden"]:
            poor.append(stop)
    assert stops > 12
    assert poor == []


async def test_a_search_with_nothing_but_the_keyboard(tab: Tab) -> None:
    page = tab.page
    await tab.go("/")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.textContent") == "Skip to the main part"
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.name") == "q"
    await page.keyboard.type("foo", delay=20)
    await page.locator(".choices:not([hidden])").wait_for()
    assert not await faults(tab)
    await page.keyboard.press("ArrowDown")
    chosen = await page.locator("[role=option][aria-selected=true]").inner_text()
    assert (
        await page.evaluate(
            "document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))"
        )
        is not None
    )
    await page.keyboard.press("Enter")
    assert await page.locator("#ask-q").input_value() == chosen
    assert not await page.locator(".choices").is_visible()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/search?q=**")


async def test_escape_shuts_the_list_and_then_empties_the_box(tab: Tab) -> None:
    page = tab.page
    await tab.go("/")
    box = page.locator("#ask-q")
    await box.press_sequentially("foo", delay=20)
    await page.locator(".choices:not([hidden])").wait_for()
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowDown")
    assert await page.locator("[role=option]").first.get_attribute("aria-selected") == "true"
    await page.keyboard.press("Escape")
    assert await box.get_attribute("aria-expanded") == "false"
    assert await box.input_value() == "foo"
    await page.keyboard.press("Escape")
    assert await box.input_value() == ""


async def test_a_pin_of_the_map_leads_to_its_entry_in_the_list(tab: Tab) -> None:
    page = tab.page
    await tab.go("/search?q=food&near=Great+Yarmouth")
    await page.get_by_text("Show these on a map").click()
    await page.wait_for_url("**map=true#map")
    pin = page.locator(".pin").last
    target = await pin.get_attribute("href")
    await pin.click()
    assert page.url.endswith(str(target))
    assert await page.locator(str(target)).is_visible()


@pytest.mark.parametrize("path", ["/", "/search?q=food&near=NR3+1FH", "/help", "/zones"])
async def test_a_first_view_is_light_as_the_browser_counts_it(tab: Tab, path: str) -> None:
    session = await tab.page.context.new_cdp_session(tab.page)
    sizes: list[int] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    await session.send("Network.enable")
    await session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    await tab.go(path)
    await tab.page.wait_for_load_state("networkidle")
    assert len(sizes) <= 6
    assert sum(sizes) <= 50_000


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_wrong_fact_is_reported_with_two_presses(
    open_tab: OpenTab, known: dict[str, str], scripts: bool
) -> None:
    tab = await open_tab(scripts=scripts)
    page = tab.page
    await tab.go(f"/services/{known['Village Food Parcels']}")
    await page.get_by_text("Is something wrong here? Tell us").click()
    await page.get_by_label("The days or times are wrong").check()
    if scripts:
        assert not await faults(tab)
    await page.get_by_role("button", name="Send the report").click()
    await page.get_by_text("Thank you. We have counted your report").wait_for()
    if scripts:
        assert not await faults(tab)
