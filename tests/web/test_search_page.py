"""`/search` says what it found and why, what is on and how to take it off, and never leaves anybody with nothing."""

import re

import httpx

from tests.web.test_pages import BROWSER


async def html(client: httpx.AsyncClient, path: str) -> str:
    answer = await client.get(path, headers=BROWSER)
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_the_page_shows_the_same_services_in_the_same_order_as_the_api(
    client: httpx.AsyncClient,
) -> None:
    query = "q=food&near=NR3+1FH&free=true&per_page=10"
    page = await html(client, f"/search?{query}")
    listed = re.findall(r'<article class="card" id="s-([0-9a-f-]{36})"', page)
    assert listed == [hit["id"] for hit in (await client.get(f"/api/search?{query}")).json()["hits"]]
    assert listed


async def test_every_filter_that_is_on_can_be_taken_off_by_its_tag(client: httpx.AsyncClient) -> None:
    page = await html(client, "/search?q=food&free=true&kind=voluntary_group&age=4")
    tags = re.search(r'<ul class="chosen".*?</ul>', page, re.S)
    assert tags
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+)"', tags.group())]
    assert len(links) == 3
    for gone, link in zip(("age=", "free=", "kind="), links, strict=True):
        assert gone not in link
        assert link.count("=") == 3


async def test_filters_keep_their_state_and_carry_counts(client: httpx.AsyncClient) -> None:
    page = await html(client, "/search?kind=help_hub")
    box = re.search(r'name="kind" value="help_hub" checked.*?<span class="tally">(\d+)</span>', page)
    assert box
    assert int(box.group(1)) > 0


async def test_the_short_list_travels_along(client: httpx.AsyncClient) -> None:
    page = await html(client, "/search?q=food")
    saving = re.search(r'href="/shortlist\?saved=([^"&]+)"', page)
    assert saving
    after = await html(client, f"/search?q=food&saved={saving.group(1)}")
    assert "On your list" in after
    assert f'name="saved" value="{saving.group(1)}"' in after
    assert all(saving.group(1) in link for link in re.findall(r'href="(/services/[^"]+)"', after))


async def test_nothing_found_says_what_to_try(client: httpx.AsyncClient) -> None:
    page = await html(client, "/search?q=zzqqxx&free=true&kind=help_hub")
    assert "Here is what to try" in page
    assert "/kinds/help_hub" in page


async def test_danger_in_the_words_comes_before_the_list_and_does_not_hide_it(
    client: httpx.AsyncClient,
) -> None:
    page = await html(client, "/search?q=he+had+me+by+the+throat+last+night")
    assert page.index("Please read this first") < page.index('class="results"')
    assert "tel:999" in page


async def test_words_in_the_address_cannot_become_part_of_the_page(client: httpx.AsyncClient) -> None:
    page = await html(client, "/search?q=%3Cscript%3Ealert(1)%3C/script%3E&near=%22%3E%3Cimg+src=x%3E")
    assert "<script>alert" not in page
    assert "<img" not in page


async def test_pages_follow_each_other(client: httpx.AsyncClient) -> None:
    first = await html(client, "/search?per_page=5")
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = await html(client, following.group(1).replace("&amp;", "&"))
    ids = [re.findall(r'id="s-([0-9a-f-]{36})"', page) for page in (first, second)]
    assert not set(ids[0]) & set(ids[1])
    assert len(ids[0]) == len(ids[1]) == 5


async def test_distances_are_said_to_be_as_the_crow_flies(client: httpx.AsyncClient) -> None:
    near = (await client.get("/search?q=food&near=Norwich")).text
    anywhere = (await client.get("/search?q=food")).text
    assert "as the crow flies" in near
    assert "as the crow flies" not in anywhere
