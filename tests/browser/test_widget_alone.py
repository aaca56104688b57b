"""The widget keeps to itself: late answers, two on a page, taken out and put back, and a hostile host page."""

import asyncio
import contextlib
from typing import Any

from tests.browser.conftest import playwright_api
from tests.browser.hosting import ELEMENT, FORM, Guest

ONE = ELEMENT.format(key="{key}", more="{more}", inside=FORM)
HOSTILE = """
    :root { --accent: red; --ink: red; --gap: 9em; --radius: 40px; --line: red; --quiet: red; --panel: red }
    html { font-size: 40px !important; }
    body, main, flourish-directory {
        color: red !important; font: italic 40px/3 cursive !important; letter-spacing: 9px !important;
        text-transform: uppercase !important; text-align: right !important; visibility: hidden; cursor: wait !important;
        word-spacing: 20px !important; text-indent: 5em !important; white-space: nowrap !important; list-style: square;
        text-shadow: 2px 2px red !important; hyphens: auto; quotes: "x" "y"; -webkit-text-stroke: 2px red;
    }
    *, *::before, *::after { float: left; margin: 3em; padding: 3em; border: 5px dashed red; outline: 5px solid red }
    main *:not(flourish-directory) { background: red !important; display: inline !important; transform: rotate(9deg) }
    .box, .form, .button, .input, .result, .label, #q, #near, h2, h3, a, p, ul, li, form, input, button, label {
        all: unset !important; color: red !important; background: red !important; position: absolute !important;
        font-size: 90px !important; display: none !important;
    }
    flourish-directory { display: block !important; visibility: visible; width: 700px !important;
        float: none !important; margin: 0 !important; padding: 0 !important; border: 0 !important;
        outline: 0 !important }
"""
LOOK = """() => [...document.querySelector('flourish-directory').shadowRoot.querySelectorAll('*')].map(e => {
    const style = getComputedStyle(e);
    const plain = [...style].filter(name => !name.startsWith('--') && !/^(perspective|transform)-origin$/.test(name));
    return [e.className || e.localName, Object.fromEntries(plain.map(name => [name, style[name]]))];
})"""
OWN = """() => [document.styleSheets.length, document.adoptedStyleSheets.length, ...['html', 'body', 'main', 'h1',
    '#before', '#own a', '#own input', '#own button', '#own li', '#own .box', '#own .results'].map(name => {
    const style = getComputedStyle(document.querySelector(name));
    return Object.fromEntries([...style].filter(each => !/size|origin|block|height|width|inline/.test(each))
        .map(each => [each, style[each]]));
})]"""
THEIRS = (
    '<div id="own"><a href="#x">A</a><input class="input"><button class="button">B</button><ul class="numbers">'
    '<li>C</li></ul><div class="box form note">D</div><ol class="results"><li>E</li></ol></div>'
)


def slow(delays: list[float]) -> Any:
    """A route that holds the first answers back for so many seconds each."""

    async def held(route: Any) -> None:
        wait = delays.pop(0) if delays else 0
        response = await route.fetch()
        await asyncio.sleep(wait)
        with contextlib.suppress(playwright_api.Error):  # the page did not wait for it
            await route.fulfill(response=response)

    return held


async def test_a_pending_completion_never_aborts_a_search(guest: Guest) -> None:
    """Typed and sent at once, on a slow line: the completion is dropped, the search is not."""
    await guest.show()
    await guest.page.route("**/embed/v1/suggest", slow([1.0, 1.0]))
    await guest.page.route("**/embed/v1/find", slow([0.6]))
    await guest.q.press_sequentially("food", delay=5)
    await guest.page.wait_for_timeout(250)  # the question for completions is out
    await guest.page.keyboard.type(" bank", delay=5)  # and another one waits for its pause
    await guest.page.keyboard.press("Enter")
    await guest.results.first.wait_for()
    await guest.page.wait_for_timeout(1_200)
    assert await guest.results.count() == 5
    assert len(guest.ours("/embed/v1/find")) == 1
    assert await guest.page.locator("flourish-directory .choices:visible").count() == 0
    assert [name for name, _ in await guest.page.evaluate("heard")] == ["ready", "search", "results"]


async def test_answers_out_of_order_never_show_what_is_stale(guest: Guest) -> None:
    await guest.show()
    await guest.page.route("**/embed/v1/find", slow([1.0, 0.0]))
    await guest.search("toddler group", "Cromer")
    await guest.page.wait_for_timeout(100)
    await guest.search("food bank", "Norwich")
    await guest.results.first.wait_for()
    shown = await guest.status.inner_text()
    assert "Norwich" in shown
    await guest.page.wait_for_timeout(1_300)
    assert await guest.status.inner_text() == shown
    assert [name for name, _ in await guest.page.evaluate("heard")] == [
        "ready",
        "search",
        "search",
        "results",
    ]


async def test_completions_out_of_order_never_show_what_is_stale(guest: Guest) -> None:
    await guest.show()
    await guest.page.route("**/embed/v1/suggest", slow([1.0, 0.0]))
    await guest.q.press_sequentially("toddl", delay=5)
    await guest.page.wait_for_timeout(300)
    await guest.q.fill("")
    await guest.q.press_sequentially("autis", delay=5)
    await guest.page.locator("flourish-directory .choices:not([hidden])").wait_for()
    await guest.page.wait_for_timeout(1_200)
    options = await guest.page.locator("flourish-directory [role=option]").all_inner_texts()
    assert options
    assert not any("toddler" in each.lower() for each in options)


async def test_two_on_a_page_do_not_meet(guest: Guest) -> None:
    body = ONE.replace("{more}", 'near="Cromer"') + ONE.replace("{more}", 'near="Thetford" layout="full"')
    script = f'<script async src="{guest.site}/embed/v1/widget.js"></script>'
    await guest.show(body, src=script + script)
    first, second = guest.widget.nth(0), guest.widget.nth(1)
    await first.locator("#q").fill("food")
    await first.locator(".form > button").click()
    await first.locator(".result").first.wait_for()
    assert "Cromer" in await first.locator(".status").inner_text()
    assert await second.locator(".result").count() == 0
    names = [await each.locator(".box").get_attribute("aria-label") for each in (first, second)]
    assert len(set(names)) == 2, "each is a landmark of its own name"
    assert len(guest.ours("/embed/v1/partner")) == 1, "they share what is the same for both"


async def test_taken_out_and_put_back_it_goes_on_and_leaks_nothing(guest: Guest) -> None:
    await guest.show()
    await guest.search("food", "Norwich")
    await guest.results.first.wait_for()
    session = await guest.page.context.new_cdp_session(guest.page)
    await session.send("Performance.enable")

    async def counted() -> dict[str, float]:
        for _ in range(4):
            await session.send("HeapProfiler.collectGarbage")
            await guest.page.wait_for_timeout(100)
        found = await session.send("Performance.getMetrics")
        return {each["name"]: each["value"] for each in found["metrics"]}

    again = """async () => {
        const element = document.querySelector('flourish-directory'), parent = element.parentElement;
        for (let i = 0; i < 20; i++) {
            element.remove(); element.ready = false; parent.append(element);
            while (!element.ready) await new Promise(done => setTimeout(done, 5));
        }
    }"""
    await guest.page.evaluate(again)
    before = await counted()
    await guest.page.evaluate(again)
    after = await counted()
    assert after["Nodes"] <= before["Nodes"] + 20
    assert after["JSEventListeners"] <= before["JSEventListeners"] + 5
    assert await guest.q.input_value() == "food"
    assert await guest.results.count() == 5
    await guest.search("toys", "Norwich")
    await guest.answered(2)
    # Taken out for good, with a question on its way: that is dropped, and nothing holds the element.
    await guest.page.route("**/embed/v1/find", slow([2.0]))
    failed: list[str] = []
    guest.page.on("requestfailed", lambda request: failed.append(request.url))
    await guest.search("food", "Norwich")
    await guest.page.wait_for_timeout(200)
    await guest.page.evaluate(
        "() => { const e = document.querySelector('flourish-directory'); window.held = new WeakRef(e); e.remove() }"
    )
    await guest.page.wait_for_timeout(200)
    assert [each.rpartition("/")[2] for each in failed] == ["find"]
    await guest.page.wait_for_timeout(2_000)
    for _ in range(10):
        await counted()
        if gone := await guest.page.evaluate("held.deref() === undefined"):
            break
    assert gone
    assert [name for name, _ in await guest.page.evaluate("heard")][-1] == "search", (
        "no answer was shown to anybody"
    )


async def test_a_hostile_host_page_does_not_reach_in(guest: Guest) -> None:
    looks = []
    for css in ("flourish-directory { display: block; width: 700px }", HOSTILE):
        await guest.show(head=f"<style>{css}</style>")
        await guest.page.evaluate("document.querySelector('flourish-directory').search('food', 'Norwich')")
        await guest.results.first.wait_for()
        looks.append(await guest.page.evaluate(LOOK))
    clean, hostile = looks
    assert len(clean) == len(hostile) > 60
    different = [
        (name, key, value, theirs[key])
        for (name, ours), (_, theirs) in zip(clean, hostile, strict=True)
        for key, value in ours.items()
        if theirs[key] != value
    ]
    assert different == []


async def test_nothing_of_ours_reaches_out(guest: Guest) -> None:
    await guest.show(THEIRS, src=" ", wait=False)
    before = await guest.page.evaluate(OWN)
    names = await guest.page.evaluate("Object.keys(window).filter(n => !['violations', 'heard'].includes(n))")
    await guest.show(THEIRS + ONE.replace("{more}", ""))
    await guest.page.evaluate("document.querySelector('flourish-directory').search('food', 'Norwich')")
    await guest.results.first.wait_for()
    assert await guest.page.evaluate(OWN) == before
    after = await guest.page.evaluate("Object.keys(window).filter(n => !['violations', 'heard'].includes(n))")
    assert set(after) == set(names), "no global name is taken"
