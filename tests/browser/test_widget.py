"""The widget on somebody else's page: one line pasted, light, under the strictest policy, whole when things fail."""

import re
from typing import Any

import pytest

from directory.access import partners
from directory.access.partners import Partner
from directory.db import Database
from tests.browser.hosting import ELEMENT, FORM, Guest, Host, OpenGuest

TOTAL = 8_000  # bytes, compressed
STRICT = (
    "default-src 'none'; script-src {site}; connect-src {site}; img-src data:; form-action {site}; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
LINE = (
    '<p><a href="{site}/search">Find help</a>'
    '<script async src="{site}/embed/v1/widget.js" data-key="{key}"></script></p>'
)


async def heard(guest: Guest, name: str) -> list[Any]:
    found: list[Any] = await guest.page.evaluate("heard")
    return [detail for each, detail in found if each == name]


async def test_one_pasted_line_puts_help_on_the_page(guest: Guest) -> None:
    await guest.show(LINE, src=" ")
    assert await guest.widget.count() == 1
    assert not await guest.page.get_by_role("link", name="Find help").is_visible(), "the link gave its place"
    await guest.search("food bank", "Great Yarmouth")
    await guest.results.first.wait_for()
    first = await guest.results.first.inner_text()
    assert re.search(r"\d miles", first), first
    assert "Why this is here:" in first
    assert "Great Yarmouth" in await guest.status.inner_text()
    link = guest.results.first.locator("a")
    assert str(await link.get_attribute("href")).startswith(f"{guest.site}/services/")
    everything = guest.page.get_by_role("link", name="in the full directory")
    assert "q=food+bank" in str(await everything.get_attribute("href"))
    await link.click()
    await guest.page.wait_for_url("**/services/**")
    await guest.page.go_back()


async def test_events_tell_counts_and_ids_and_never_words(guest: Guest) -> None:
    await guest.show()
    await guest.page.evaluate(
        "addEventListener('click', e => e.composedPath().some(n => n.href) && e.preventDefault())"
    )
    await guest.search("zebra food", "Norwich")
    await guest.results.first.wait_for()
    await guest.results.nth(1).locator("a").click()
    events = await guest.page.evaluate("heard")
    assert [name for name, _ in events] == ["ready", "search", "results", "select"]
    details = dict(events)
    assert details["ready"] == {}
    assert details["search"] == {"filters": 1}
    assert details["results"]["total"] >= len(details["results"]["ids"]) == 5
    assert details["select"] == {"id": details["results"]["ids"][1], "position": 2}
    assert not re.search("zebra|food|norwich", str(events), re.I)


async def test_it_weighs_no_more_than_eight_kilobytes_in_all_and_is_one_script(open_guest: OpenGuest) -> None:
    guest = await open_guest()
    session = await guest.page.context.new_cdp_session(guest.page)
    await session.send("Network.enable")
    sizes: dict[str, int] = {}
    urls: dict[str, str] = {}
    heads: dict[str, int] = {}

    def began(event: Any) -> None:
        urls[event["requestId"]] = event["response"]["url"]
        heads[event["requestId"]] = event["response"]["encodedDataLength"]

    def ended(event: Any) -> None:
        sizes[event["requestId"]] = event["encodedDataLength"] - heads[event["requestId"]]

    session.on("Network.responseReceived", began)
    session.on("Network.loadingFinished", ended)
    await guest.show()
    await guest.page.wait_for_timeout(200)
    ours = {urls[key]: size for key, size in sizes.items() if urls[key].startswith(guest.site)}
    assert [url.removeprefix(guest.site).partition("?")[0] for url in ours] == [
        "/embed/v1/widget.js", "/embed/v1/partner",
    ]  # fmt: skip
    assert all(size > 100 for size in ours.values())
    assert sum(ours.values()) <= TOTAL, ours
    assert sum(each.resource_type == "script" for each in guest.requests) == 1


async def test_no_cookie_no_address_and_no_words_leave_but_in_a_body(guest: Guest) -> None:
    """Also where the browser holds a cookie of the directory's: a signed-in member of staff reads a school's page."""
    cookie = {"name": "staff", "value": "secret", "url": guest.site, "sameSite": "Lax"}
    await guest.page.context.add_cookies([cookie])
    guest.cookies = 1
    await guest.show(path="/page?child=secret-words")
    await guest.q.press_sequentially("zebra fo", delay=10)
    await guest.page.wait_for_timeout(500)
    await guest.search("zebra food", "Norwich")
    await guest.results.first.wait_for()
    asked = guest.ours("/embed")
    assert {each.url.removeprefix(guest.site).partition("?")[0] for each in asked} == {
        "/embed/v1/widget.js", "/embed/v1/partner", "/embed/v1/suggest", "/embed/v1/find",
    }  # fmt: skip
    for each in asked:
        headers = await each.all_headers()
        assert "zebra" not in each.url
        if "widget.js" not in each.url:  # the host page's own tag fetches the script, as browsers fetch any
            assert "cookie" not in headers
            assert "referer" not in headers
        assert "secret-words" not in headers.get("referer", "")


async def test_it_works_under_the_strictest_policy(open_guest: OpenGuest) -> None:
    """By header here; the living example says the same in the page. Violations fail the test when it ends."""
    guest = await open_guest()
    await guest.show(content_security_policy=STRICT.format(site=guest.site))
    await guest.q.press_sequentially("foo", delay=10)
    await guest.page.locator("flourish-directory .choices:not([hidden])").wait_for()
    await guest.search("fod bank", "Norwich")
    await guest.results.first.wait_for()
    button = guest.page.locator("flourish-directory .button")
    assert await button.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(11, 93, 75)", (
        "styles apply"
    )
    await guest.example("strict.html")
    assert await guest.near.input_value() == "Norwich"
    await guest.search("toddler group", "Norwich")
    await guest.results.first.wait_for()
    assert await guest.results.count() == 3


async def test_the_policy_does_report_what_breaks_it(open_guest: OpenGuest) -> None:
    guest = await open_guest()
    guest.expected = ("Trusted", "TrustedHTML", "Content Security Policy")
    await guest.show(content_security_policy=STRICT.format(site=guest.site))
    await guest.page.evaluate("() => { try { document.body.innerHTML = '<p>' } catch {} }")
    assert len(await guest.page.evaluate("violations.splice(0)")) == 1


@pytest.mark.parametrize(
    ("words", "tier"),
    [("my husband hits me", 1), ("i want to kill myself", 1), ("a drama club for my son after school", 0)],
)
async def test_danger_is_answered_first_and_never_hides_the_results(
    guest: Guest, words: str, tier: int
) -> None:
    await guest.show()
    await guest.search(words, "Norwich")
    await guest.results.first.wait_for()
    safety = guest.page.locator("flourish-directory .safety")
    assert (await safety.inner_text() != "") == (tier == 1)
    if tier:
        place, first = await safety.bounding_box(), await guest.results.first.bounding_box()
        assert place is not None
        assert first is not None
        assert place["y"] < first["y"]
        assert await safety.get_by_role("link", name="999").count() >= 1
        leave = safety.get_by_role("link", name="Leave this page now")
        assert str(await leave.get_attribute("href")).startswith("https://")
        more = await guest.page.locator("flourish-directory .more a").first.get_attribute("href")
        assert more == f"{guest.site}/help", "no address holds the words"
    await guest.search("toddler group")
    await guest.answered(2)
    assert await safety.inner_text() == ""


async def test_danger_is_answered_while_it_is_typed(guest: Guest) -> None:
    await guest.show()
    await guest.q.press_sequentially("i want to kill myself", delay=5)
    await guest.page.locator("flourish-directory .alarm").wait_for()
    assert not await heard(guest, "search")
    assert not re.search("kill|safety|tier", str(await guest.page.evaluate("heard"))), (
        "the host page is told nothing"
    )


async def test_the_numbers_are_there_before_and_whatever_happens(guest: Guest, partner: Partner) -> None:
    await guest.show()
    urgent = guest.page.locator("flourish-directory .urgent")
    assert [await each.get_attribute("href") for each in await urgent.get_by_role("link").all()] == [
        "tel:999", "tel:03448008020", "tel:111",
    ]  # fmt: skip
    for text in ("food bank", "zzqqxx"):
        await guest.search(text)
        assert await urgent.is_visible()


async def test_the_full_layout_filters_and_keeps_the_focus(guest: Guest) -> None:
    await guest.show(ELEMENT.format(key="{key}", more='layout="full" outcome="healthy"', inside=FORM))
    await guest.search("food", "Norwich")
    await guest.results.first.wait_for()
    titles = await guest.page.locator("flourish-directory summary").all_inner_texts()
    assert "Kind of help" in titles
    assert "What would be better" not in titles, "the page has fixed that one"
    before = await guest.status.inner_text()
    await guest.page.get_by_text("Kind of help").click()
    box = guest.page.get_by_label("Voluntary group")
    await box.check()
    await guest.answered(2)
    assert await guest.status.inner_text() != before
    assert await box.is_checked()
    assert await box.evaluate("e => e.getRootNode().activeElement === e")
    body = guest.ours("/embed/v1/find")[-1].post_data
    assert "kind=voluntary_group" in body
    assert "outcome=healthy" in body


async def test_misspelt_words_and_places_can_be_put_right(guest: Guest) -> None:
    await guest.show()
    await guest.search("parentng course")
    await guest.page.get_by_role("button", name="Search for “parentng” as you wrote it").click()
    await guest.answered(2)
    await guest.search("food", "Acle Acle Qwerty")
    await guest.answered(3)
    await guest.search("food", "Burnham")
    await guest.answered(4)
    offered = guest.page.locator("flourish-directory .notes .again")
    if await offered.count():
        wanted = await offered.first.inner_text()
        await offered.first.click()
        await guest.answered(5)
        assert await guest.near.input_value() == wanted


async def test_the_page_can_search_clear_and_focus_it(guest: Guest) -> None:
    await guest.show()
    await guest.page.evaluate("document.querySelector('flourish-directory').search('food bank', 'Norwich')")
    assert await guest.results.count() == 5
    await guest.page.evaluate("document.querySelector('flourish-directory').clear()")
    assert await guest.results.count() == 0
    assert (
        await guest.q.input_value() == await guest.near.input_value() == await guest.status.inner_text() == ""
    )
    await guest.page.evaluate("document.querySelector('flourish-directory').focus()")
    assert await guest.q.evaluate("e => e.getRootNode().activeElement === e")


async def test_attributes_change_what_it_shows(guest: Guest) -> None:
    await guest.show(
        ELEMENT.format(
            key="{key}", more='limit="2" target="_blank" heading-level="4" near="Cromer"', inside=FORM
        )
    )
    await guest.q.fill("food")
    await guest.button.click()
    await guest.results.first.wait_for()
    assert await guest.results.count() == 2
    assert await guest.page.get_by_role("heading", level=4).count() == 1
    assert await guest.page.get_by_role("heading", level=5).count() == 2
    assert "opens in a new tab" in await guest.results.first.inner_text()
    assert "Cromer" in await guest.status.inner_text()
    await guest.page.evaluate("document.querySelector('flourish-directory').setAttribute('lang', 'pl')")
    await guest.page.get_by_role("button", name="Szukaj pomocy").wait_for()
    assert await guest.q.input_value() == "food", "what was typed stays"
    assert await guest.results.count() == 2, "and so does what was found"


async def test_a_partner_s_look_is_there_and_the_page_s_own_look_wins(
    open_guest: OpenGuest, county: Database, host: Host
) -> None:
    made = await partners.add(
        county, "A red school", [host.origin], theme={"accent": "#aa0000", "radius": "0px"}
    )
    guest = await open_guest(key=made.id)
    own = "flourish-directory { --fd-radius: 20px } flourish-directory::part(button) { letter-spacing: 3px }"
    await guest.show(head=f"<style>{own}</style>")
    look: dict[str, str] = await guest.button.evaluate(
        "e => { const { backgroundColor, borderTopLeftRadius, letterSpacing } = getComputedStyle(e);"
        " return { backgroundColor, borderTopLeftRadius, letterSpacing } }"
    )
    assert look == {
        "backgroundColor": "rgb(170, 0, 0)",
        "borderTopLeftRadius": "20px",
        "letterSpacing": "3px",
    }


@pytest.mark.parametrize("name", ["school.html", "arabic.html", "strict.html"])
async def test_every_living_example_works(guest: Guest, name: str) -> None:
    await guest.example(name)
    await guest.search("food bank", "Norwich")
    await guest.results.first.wait_for()
    assert (await guest.page.locator("flourish-directory .box").get_attribute("dir")) == (
        "rtl" if name == "arabic.html" else "ltr"
    )
    if name == "arabic.html":
        # A number that runs from right to left is a wrong number.
        ways = await guest.page.locator("flourish-directory .urgent b").evaluate_all(
            "all => all.map(e => getComputedStyle(e).direction)"
        )
        assert ways == ["ltr"] * 3
        assert "خدمة" in await guest.status.inner_text()
        assert (
            "ميل" in await guest.results.first.inner_text()
            or "أميال" in await guest.results.first.inner_text()
        )
