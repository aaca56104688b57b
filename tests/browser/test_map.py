"""The map is a picture with links; a script makes it larger and moves it: buttons, keys, dragging, two fingers."""

from typing import Any

from tests.browser.conftest import OpenTab, Tab
from tests.browser.looking import faults, wider

PAGE = "/search?q=food&near=Norwich&per_page=20"
BOX = "document.querySelector('.map svg').getAttribute('viewBox').split(' ').map(Number)"


async def opened(tab: Tab) -> Any:
    await tab.go(PAGE)
    await tab.page.get_by_text("Show these on a map").click()
    await tab.page.wait_for_url("**map=true#map")
    await tab.page.get_by_role("button", name="Make the map larger").wait_for()
    return tab.page


async def test_buttons_make_it_larger_move_it_and_bring_it_back(tab: Tab) -> None:
    page = await opened(tab)
    whole = await page.evaluate(BOX)
    await page.get_by_role("button", name="Make the map larger").click()
    larger = await page.evaluate(BOX)
    assert larger[2] == whole[2] / 2
    await page.get_by_role("button", name="Move the map right").click()
    assert (await page.evaluate(BOX))[0] > larger[0]
    assert not await faults(tab)
    await page.get_by_role("button", name="Whole map").click()
    assert await page.evaluate(BOX) == whole


async def test_pins_keep_their_size_and_come_apart(tab: Tab) -> None:
    page = await opened(tab)
    pins = page.locator(".map .pin:visible")
    before, size = await pins.count(), await pins.first.bounding_box()
    for _ in range(4):
        await page.get_by_role("button", name="Make the map larger").click()
    after = await page.locator(".map [data-together]:not([hidden])").count()
    assert after > 0
    assert await pins.count() > before
    box = await pins.first.bounding_box()
    assert box
    assert size
    assert abs(box["width"] - size["width"]) < 3


async def test_keys_move_it_and_leave_the_page_where_it_is(tab: Tab) -> None:
    page = await opened(tab)
    await page.locator(".map .pin:visible").last.focus()
    await page.keyboard.press("+")
    larger = await page.evaluate(BOX)
    scrolled = await page.evaluate("scrollY")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("ArrowDown")
    moved = await page.evaluate(BOX)
    assert moved[0] > larger[0]
    assert moved[1] > larger[1]
    assert await page.evaluate("scrollY") == scrolled
    await page.keyboard.press("0")
    assert (await page.evaluate(BOX))[0] == 0


async def test_dragging_moves_a_large_map_and_is_no_click(tab: Tab) -> None:
    page = await opened(tab)
    await page.get_by_role("button", name="Make the map larger").click()
    before = await page.evaluate(BOX)
    box = await page.locator(".map svg").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x - 80, y - 40, steps=4)
    await page.mouse.up()
    after = await page.evaluate(BOX)
    assert after[0] > before[0]
    assert after[1] > before[1]
    assert page.url.endswith("#map")


async def test_the_wheel_alone_scrolls_the_page_and_with_ctrl_the_map(tab: Tab) -> None:
    page = await opened(tab)
    whole = await page.evaluate(BOX)
    await page.locator(".map svg").hover()
    await page.mouse.wheel(0, -100)
    assert await page.evaluate(BOX) == whole
    await page.keyboard.down("Control")
    await page.mouse.wheel(0, -100)
    await page.keyboard.up("Control")
    assert (await page.evaluate(BOX))[2] < whole[2]


async def test_without_a_script_there_are_no_dead_buttons(open_tab: OpenTab) -> None:
    tab = await open_tab(scripts=False)
    await tab.go(PAGE)
    await tab.page.get_by_text("Show these on a map").click()
    await tab.page.wait_for_url("**map=true#map")
    assert not await tab.page.get_by_role("button", name="Make the map larger").is_visible()
    assert await tab.page.locator(".map .pin:visible").count() > 0


async def test_the_buttons_fit_on_a_small_screen(open_tab: OpenTab) -> None:
    tab = await open_tab(width=320, height=640)
    page = await opened(tab)
    assert await wider(tab) <= 0
    await page.evaluate(
        "scrollTo(0, 0)"
    )  # what scrolls under the numbers that stay in view is no small target
    assert not await faults(tab)


async def test_the_map_stays_while_the_list_is_ordered_and_goes_when_asked(tab: Tab) -> None:
    page = await opened(tab)
    await page.get_by_role("link", name="Nearest").click()
    await page.wait_for_url("**sort=nearest**")
    assert await page.locator(".map svg").is_visible()
    await page.get_by_role("link", name="Take the map away").click()
    await page.wait_for_url(lambda address: "map=" not in address)
    assert await page.locator(".map svg").count() == 0
