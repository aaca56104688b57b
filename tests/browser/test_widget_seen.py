"""The widget in every state: no fault that axe finds, in both directions, wide and at 320 px, and in forced colours."""

from typing import Any

import pytest

from tests.browser.hosting import ELEMENT, FORM, Guest, OpenGuest
from tests.browser.looking import SPACED, TAGS, axe_api

WIDER = "document.documentElement.scrollWidth - innerWidth"
BODY = ELEMENT.format(key="{key}", more='layout="full" heading-level="2"', inside=FORM)


async def faults(guest: Guest, state: str, **rules: Any) -> None:
    options = {"runOnly": {"type": "tag", "values": TAGS}, "rules": rules}
    found = await axe_api.Axe().run(guest.page, options=options)
    assert not found.violations_count, f"{state}\n{found.generate_report()}"


async def walk(guest: Guest, **rules: Any) -> None:
    """Through every state that somebody can see, looked at one after the other."""
    await guest.show(BODY, lang=guest.lang)
    await faults(guest, "empty", **rules)
    await guest.q.press_sequentially("foo", delay=10)
    choices = guest.page.locator("flourish-directory .choices:not([hidden])")
    await choices.wait_for()
    await guest.page.keyboard.press("ArrowDown")
    await faults(guest, "list open", **rules)
    assert await guest.page.evaluate(WIDER) <= 0
    await guest.search("food", "Norwich")
    await guest.answered(1)
    await guest.page.evaluate(
        "document.querySelector('flourish-directory').shadowRoot.querySelectorAll('details').forEach(e => e.open = 1)"
    )
    await faults(guest, "results and filters", **rules)
    assert await guest.page.evaluate(WIDER) <= 0
    await guest.page.evaluate(SPACED)
    assert await guest.page.evaluate(WIDER) <= 0
    await guest.search("my husband hits me and i am scared of him", "Norwich")
    await guest.answered(2)
    assert await guest.page.locator("flourish-directory .alarm").is_visible()
    await faults(guest, "danger", **rules)
    await guest.search("moj syn nie chce chodzić do szkoły", "Norwich")
    await guest.answered(3)
    await faults(guest, "words in another language", **rules)
    await guest.search("parentng", "Burnham")
    await guest.answered(4)
    await faults(guest, "misspelt, and a place of several", **rules)
    await guest.search("zzqqxx qqzzxx", "Qwertyville")
    await guest.answered(5)
    assert await guest.results.count() == 0
    await faults(guest, "nothing found", **rules)
    assert await guest.page.evaluate(WIDER) <= 0
    guest.expected = ("Failed to load resource",)
    await guest.page.route("**/embed/v1/find", lambda route: route.abort("connectionrefused"))
    await guest.search("food")
    await guest.page.wait_for_function("() => heard.at(-1)[0] == 'error'")
    await faults(guest, "the server is away", **rules)
    assert await guest.page.evaluate(WIDER) <= 0


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("width", [1000, 320])
async def test_no_state_has_a_fault(open_guest: OpenGuest, lang: str, width: int) -> None:
    guest = await open_guest(width=width)
    guest.lang = lang
    await walk(guest)


@pytest.mark.parametrize("lang", ["en", "ar"])
async def test_no_state_has_a_fault_in_forced_colours(open_guest: OpenGuest, lang: str) -> None:
    """The colours are the reader's own, and not those that a script is told."""
    guest = await open_guest(forced_colors="active")
    guest.lang = lang
    await walk(guest, **{"color-contrast": {"enabled": False}})
    edges = await guest.page.locator("flourish-directory .button").evaluate_all(
        "all => all.map(e => getComputedStyle(e).borderTopStyle)"
    )
    assert set(edges) == {"solid"}, "what can be pressed has an edge"


async def test_the_living_examples_and_the_plain_forms_have_no_fault(open_guest: OpenGuest) -> None:
    for name in ("arabic.html", "strict.html"):
        guest = await open_guest(width=320)
        await guest.example(name)
        await faults(guest, name)
    await guest.page.goto(f"{guest.site}/embed/v1/frame?key={guest.key}")
    await guest.ready()
    await faults(guest, "the frame")
    guest = await open_guest(key="fdw_0000000000000000")
    guest.expected = ("CORS", "Failed to load resource")
    await guest.show()
    await faults(guest, "a page that is not registered")


async def test_everything_that_can_be_pressed_is_large_enough_and_shows_its_focus(guest: Guest) -> None:
    await guest.show(BODY)
    await guest.search("food", "Norwich")
    await guest.answered(1)
    await guest.page.locator("h1").click()
    seen = 0
    for _ in range(40):
        await guest.page.keyboard.press("Tab")
        stop = await guest.page.evaluate(
            """() => {
                const e = document.activeElement?.shadowRoot?.activeElement;
                if (!e) return null;
                const { height, width } = e.getBoundingClientRect(), style = getComputedStyle(e);
                return { height, width, outline: style.outlineStyle, name: e.outerHTML.slice(0, 60) };
            }"""
        )
        if stop is None:
            break
        seen += 1
        assert stop["outline"] == "solid", stop
        assert min(stop["height"], stop["width"]) >= 24, stop
    assert seen >= 12


async def test_nothing_moves(open_guest: OpenGuest) -> None:
    guest = await open_guest(reduced_motion="reduce")
    await guest.show()
    moving = await guest.page.evaluate(
        "[...document.querySelector('flourish-directory').shadowRoot.querySelectorAll('*')]"
        ".map(e => getComputedStyle(e))"
        ".filter(s => parseFloat(s.transitionDuration) > 0 || parseFloat(s.animationDuration) > 0).length"
    )
    assert moving == 0
