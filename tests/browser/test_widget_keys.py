"""The box that completes, key by key, on our own pages and inside the widget: one component, one behaviour."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.browser.conftest import OpenTab, playwright_api
from tests.browser.hosting import OpenGuest

CHOSEN = "[role=option][aria-selected=true]"

FOUND = """() => location.pathname == '/search'
    || (typeof heard == 'object' && heard.some(([name]) => name == 'results'))"""


async def searched(page: Any) -> None:
    """Until the search is there. Asked from here: the page's own policy forbids it to run what it is sent."""
    for _ in range(300):
        with contextlib.suppress(playwright_api.Error):  # the page is just being left
            if await page.evaluate(FOUND):
                break
        await asyncio.sleep(0.05)
    else:
        raise AssertionError("no search was made")
    await page.wait_for_load_state("load")


class Combobox:
    """An editable combobox and its list. `asked` are the requests for completions so far."""

    def __init__(self, page: Any, input_: Any, list_: Any, asked: list[str]) -> None:
        self.page, self.input, self.list, self.asked = page, input_, list_, asked
        self.press = page.keyboard.press

    async def open(self, text: str = "foo") -> list[str]:
        """Type, and wait for the list; its texts."""
        await self.input.press_sequentially(text, delay=10)
        await self.list.wait_for()
        found: list[str] = await self.list.locator("[role=option]").all_inner_texts()
        assert len(found) > 2
        return found

    async def chosen(self) -> str:
        """The text of the choice that a screen reader is told of; "" for none."""
        marked = await self.list.locator(CHOSEN).all_inner_texts()
        active = await self.input.evaluate(
            "e => e.getRootNode().getElementById(e.getAttribute('aria-activedescendant'))?.innerText ?? ''"
        )
        assert marked == ([active] if active else [])
        return str(active)

    async def expanded(self) -> bool:
        said = await self.input.get_attribute("aria-expanded") == "true"
        assert said == await self.list.is_visible()
        return said

    async def caret(self) -> int:
        return int(await self.input.evaluate("e => e.selectionStart"))


@pytest.fixture(params=["page", "widget"])
async def box(
    request: pytest.FixtureRequest, open_tab: OpenTab, open_guest: OpenGuest
) -> AsyncIterator[Combobox]:
    if request.param == "page":
        tab = await open_tab()
        await tab.go("/")
        await tab.page.wait_for_selector("#ask-q[role=combobox]")
        asked = tab.asked
        yield Combobox(tab.page, tab.page.locator("#ask-q"), tab.page.locator(".choices"), asked)
        return
    guest = await open_guest()
    await guest.show()
    asked = []
    guest.page.on("request", lambda each: asked.append(each.url))
    yield Combobox(guest.page, guest.q, guest.page.locator("flourish-directory .choices").first, asked)


async def test_it_says_what_it_is(box: Combobox) -> None:
    await box.open()
    names = ("role", "aria-autocomplete", "aria-expanded", "autocomplete")
    assert [await box.input.get_attribute(name) for name in names] == ["combobox", "list", "true", "off"]
    controls = await box.input.get_attribute("aria-controls")
    assert await box.list.get_attribute("id") == controls
    assert await box.list.get_attribute("role") == "listbox"
    assert await box.list.get_attribute("aria-label")
    assert await box.chosen() == "", "nothing is chosen for anybody"


async def test_down_goes_through_the_list_and_round(box: Combobox) -> None:
    texts = await box.open()
    for text in [*texts, texts[0]]:
        await box.press("ArrowDown")
        assert await box.chosen() == text
    assert await box.input.input_value() == "foo", "moving is not choosing"


async def test_up_begins_at_the_end_and_goes_round(box: Combobox) -> None:
    texts = await box.open()
    for text in [*reversed(texts), texts[-1]]:
        await box.press("ArrowUp")
        assert await box.chosen() == text


async def test_down_in_a_shut_box_asks_for_the_list(box: Combobox) -> None:
    await box.open()
    await box.press("Escape")
    await box.press("ArrowDown")
    await box.list.wait_for()
    assert await box.expanded()


async def test_alt_with_an_arrow_opens_and_shuts_without_choosing(box: Combobox) -> None:
    await box.open()
    await box.press("Alt+ArrowUp")
    assert not await box.expanded()
    await box.press("Alt+ArrowDown")
    await box.list.wait_for()
    assert await box.chosen() == ""


async def test_enter_takes_what_is_chosen_and_a_second_one_searches(box: Combobox) -> None:
    texts = await box.open()
    await box.press("ArrowDown")
    await box.press("ArrowDown")
    await box.press("Enter")
    assert await box.input.input_value() == texts[1]
    assert not await box.expanded()
    assert not [each for each in box.asked if "/find" in each or "/search?" in each]
    await box.press("Enter")
    await searched(box.page)


async def test_enter_with_nothing_chosen_searches_for_the_words(box: Combobox) -> None:
    await box.open()
    await box.press("Enter")
    await searched(box.page)


async def test_escape_shuts_the_list_and_then_empties_the_box(box: Combobox) -> None:
    await box.open()
    await box.press("ArrowDown")
    await box.press("Escape")
    assert not await box.expanded()
    assert await box.input.input_value() == "foo"
    await box.press("Escape")
    assert await box.input.input_value() == ""


async def test_tab_shuts_the_list_keeps_the_words_and_goes_on(box: Combobox) -> None:
    await box.open()
    await box.press("ArrowDown")
    await box.press("Tab")
    assert not await box.expanded()
    assert await box.input.input_value() == "foo"
    assert not await box.input.evaluate("e => e.getRootNode().activeElement === e")


@pytest.mark.parametrize(
    ("key", "caret"), [("Home", 0), ("End", 3), ("ArrowLeft", 2), ("ArrowRight", 3), ("Delete", 3)]
)
async def test_keys_of_text_stay_keys_of_text(box: Combobox, key: str, caret: int) -> None:
    await box.open()
    await box.press("ArrowDown")
    await box.press(key)
    assert await box.caret() == caret
    assert await box.input.input_value() == "foo"
    assert await box.expanded()


async def test_a_press_with_the_mouse_takes_a_choice(box: Combobox) -> None:
    texts = await box.open()
    await box.list.locator("[role=option]").nth(1).click()
    assert await box.input.input_value() == texts[1]
    assert not await box.expanded()
    assert await box.input.evaluate("e => e.getRootNode().activeElement === e"), "the cursor stays in the box"


async def test_leaving_the_box_shuts_the_list_and_a_late_answer_does_not_open_it(box: Combobox) -> None:
    await box.open()
    await box.page.get_by_role("heading", level=1).click()
    assert not await box.expanded()
    await box.input.press_sequentially("d")
    await box.page.wait_for_timeout(160)  # the question is on its way
    await box.input.blur()
    await box.page.wait_for_timeout(500)
    assert not await box.expanded()


async def test_a_letter_is_not_enough_and_a_pause_is_waited_for(box: Combobox) -> None:
    await box.input.press_sequentially("f")
    await box.page.wait_for_timeout(400)
    assert not [each for each in box.asked if "suggest" in each]
    await box.input.press_sequentially("ood ba", delay=20)
    await box.list.wait_for()
    assert len([each for each in box.asked if "suggest" in each]) == 1, "one question for one burst of keys"


async def test_an_input_method_is_left_alone_until_it_is_done(box: Combobox) -> None:
    """While characters are composed, keys belong to the input method; what it makes of them is then completed."""
    await box.open()
    await box.input.focus()
    how = "{ key, isComposing: true, bubbles: true, composed: true, cancelable: true }"
    press = f"key => e.dispatchEvent(new KeyboardEvent('keydown', {how}))"
    left = await box.input.evaluate(f"e => ['ArrowDown', 'Enter', 'Escape'].map({press})")
    assert left == [True, True, True], "none of them was taken"
    assert await box.expanded()
    assert await box.chosen() == ""
    await box.press("Escape")
    before = len([each for each in box.asked if "suggest" in each])
    session = await box.page.context.new_cdp_session(box.page)
    await session.send("Input.imeSetComposition", {"text": "x", "selectionStart": 1, "selectionEnd": 1})
    await box.page.wait_for_timeout(400)
    assert len([each for each in box.asked if "suggest" in each]) == before, "half a word is not sent"
    await session.send("Input.insertText", {"text": "d bank"})
    await box.page.wait_for_timeout(500)
    assert await box.input.input_value() == "food bank"
    assert len([each for each in box.asked if "suggest" in each]) == before + 1


async def test_how_many_there_are_is_said(box: Combobox) -> None:
    texts = await box.open()
    said = box.list.locator("xpath=following-sibling::*[@role='status']")
    assert await said.inner_text() == f"{len(texts)} suggestions. Use the up and down arrows."
