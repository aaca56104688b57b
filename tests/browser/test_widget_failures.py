"""Where the script, the server or the permission is missing, the page still offers a working form or link."""

import re

from directory.access import partners
from directory.db import Database
from tests.browser.hosting import Guest, Host, OpenGuest
from tests.browser.test_widget import LINE, heard


async def test_a_script_that_is_not_the_pinned_one_leaves_the_form(open_guest: OpenGuest) -> None:
    guest = await open_guest()
    guest.expected = ("integrity",)
    pinned = (
        f'<script async src="{guest.site}/embed/1.0.0/widget.js" integrity="sha384-{"A" * 64}" crossorigin>'
    )
    await guest.show(src=pinned + "</script>", wait=False)
    await guest.page.wait_for_timeout(300)
    await plain_form_works(guest)


async def test_a_blocked_script_leaves_the_form_and_the_link(open_guest: OpenGuest) -> None:
    guest = await open_guest()
    guest.expected = ("Failed to load resource",)
    await guest.page.route("**/widget.js", lambda route: route.abort("blockedbyclient"))
    await guest.show(LINE, src=" ", wait=False)
    assert await guest.page.get_by_role("link", name="Find help").is_visible()
    await guest.show(wait=False)
    await plain_form_works(guest)


async def test_without_javascript_the_form_and_the_link_work(open_guest: OpenGuest) -> None:
    guest = await open_guest(java_script_enabled=False)
    await guest.example("strict.html", wait=False)
    await guest.page.get_by_label("What do you need help with?").fill("food bank")
    await guest.page.get_by_role("button", name="Find help").click()
    await guest.page.wait_for_url(f"{guest.site}/search?**")


async def plain_form_works(guest: Guest) -> None:
    assert await guest.page.evaluate("document.querySelector('flourish-directory').shadowRoot") is None
    await guest.page.get_by_label("Help").fill("food bank")
    await guest.page.get_by_role("button", name="Go").click()
    await guest.page.wait_for_url(f"{guest.site}/search?q=food+bank")


async def form_leads_there(guest: Guest, message: str) -> None:
    """The widget says plainly that it cannot show results, and its own form opens the directory."""
    assert await guest.status.inner_text() == message
    await guest.search("food bank", "Norwich")
    await guest.page.wait_for_url(f"{guest.site}/search?**")
    assert "q=food+bank" in guest.page.url
    assert "near=Norwich" in guest.page.url


PLAIN = "Your search will open in the full directory."


async def test_on_an_unregistered_origin_the_form_opens_the_directory(
    open_guest: OpenGuest, county: Database
) -> None:
    other = await partners.add(county, "Another school", ["https://elsewhere.example"])
    for key in (other.id, "fdw_0000000000000000", ""):
        guest = await open_guest(key=key)
        guest.expected = ("CORS", "Failed to load resource")
        await guest.show()
        assert (await heard(guest, "error"))[0] == {"status": 0}
        assert await guest.page.get_by_role("link", name="Open the full directory").is_visible()
        assert await guest.page.get_by_role("link", name="Danger now 999").is_visible()
        await form_leads_there(guest, PLAIN)


async def test_a_revoked_key_leaves_a_form_that_opens_the_directory(
    open_guest: OpenGuest, county: Database, host: Host
) -> None:
    made = await partners.add(county, "A school that left", [host.origin])
    guest = await open_guest(key=made.id)
    guest.expected = ("CORS", "Failed to load resource")
    await guest.show()
    await guest.search("food")
    await guest.results.first.wait_for()
    assert await partners.revoke(county, made.id)
    await guest.search("toys")
    await guest.page.get_by_text("The search does not work on this page just now").wait_for()
    assert await guest.results.count() == 0
    link = guest.page.get_by_role("link", name="Open the full directory")
    assert str(await link.get_attribute("href")).endswith("/search?q=toys")
    await guest.show()
    await form_leads_there(guest, PLAIN)


async def test_a_dead_server_leaves_a_plain_message_and_a_link(guest: Guest) -> None:
    guest.expected = ("Failed to load resource",)
    await guest.show()
    await guest.page.route("**/embed/v1/**", lambda route: route.abort("connectionrefused"))
    await guest.search("food bank")
    await guest.page.get_by_text("The search does not work on this page just now").wait_for()
    link = guest.page.get_by_role("link", name="Open the full directory")
    assert str(await link.get_attribute("href")).endswith("/search?q=food+bank")
    await guest.page.unroute("**/embed/v1/**")
    await guest.button.click()
    await guest.results.first.wait_for(), "it goes on once the server is back"


async def test_too_many_searches_say_how_long_to_wait(
    open_guest: OpenGuest, county: Database, host: Host
) -> None:
    made = await partners.add(county, "A busy school", [host.origin], per_minute=10)
    guest = await open_guest(key=made.id)
    guest.expected = ("429",)
    await guest.show()
    for _ in range(8):
        await guest.button.click()
        await guest.page.wait_for_function("() => heard.at(-1)[0] != 'search'")
    assert re.fullmatch(
        r"There are too many searches just now. Try again in \d+ seconds?.", await guest.status.inner_text()
    )


async def test_the_frame_works_where_no_script_may_and_only_on_registered_pages(
    open_guest: OpenGuest, county: Database
) -> None:
    guest = await open_guest()
    await guest.example("frame.html", wait=False)
    assert not [
        each
        for each in guest.requests
        if each.resource_type == "script" and each.frame == guest.page.main_frame
    ]
    frame = guest.page.frame_locator("iframe")
    await frame.get_by_role("combobox", name="What do you need help with?").fill("food bank")
    await frame.get_by_role("button", name="Find help").click()
    await frame.locator(".result").first.wait_for()
    assert await frame.locator(".result a").first.get_attribute("target") == "_blank"
    assert await frame.get_by_role("combobox", name="Town").input_value() == "Aylsham"
    other = await partners.add(county, "Another school", ["https://elsewhere.example"])
    stranger = await open_guest(key=other.id)
    stranger.expected = ("frame-ancestors",)
    await stranger.example("frame.html", wait=False)
    await stranger.page.wait_for_load_state("networkidle")
    assert await stranger.page.frame_locator("iframe").locator("form").count() == 0
    await stranger.page.get_by_role("link", name="Open the directory").click()
    await stranger.page.wait_for_url(f"{stranger.site}/search")
