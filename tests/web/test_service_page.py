"""A service's page answers a family's questions, keeps private addresses private, and describes itself to machines."""

import re
from typing import Any

import httpx
import msgspec
import pytest

from directory.db import Database
from tests.web.test_pages import BROWSER


async def html(client: httpx.AsyncClient, service_id: object) -> str:
    answer = await client.get(f"/services/{service_id}", headers=BROWSER)
    assert answer.status_code == 200
    return answer.text


async def test_it_says_what_who_when_where_how_much_and_how(
    client: httpx.AsyncClient, county: Database
) -> None:
    page = await html(
        client, await county.pool.fetchval("select id from service where name = 'No Voucher Food Bank'")
    )
    for heading in ("What it is", "Who it is for", "When", "Where", "What it costs", "How to get it"):
        assert re.search(rf"<h2[^>]*>{heading}</h2>", page)
    assert 'href="tel:01632960510"' in page
    assert "NR30 3DT" in page
    assert "Last checked on" in page


async def test_its_machine_form_is_whole_and_cannot_leave_its_element(
    client: httpx.AsyncClient, county: Database
) -> None:
    id_ = await county.pool.fetchval("select id from service where name = 'No Voucher Food Bank'")
    script = re.search(r'<script type="application/ld\+json">(.*?)</script>', await html(client, id_), re.S)
    assert script
    found: dict[str, Any] = msgspec.json.decode(script.group(1))
    assert found["@type"] == "Service"
    assert found["name"] == "No Voucher Food Bank"
    assert not set(script.group(1)) & set("<>&")


async def test_a_private_address_is_on_no_page(client: httpx.AsyncClient, county: Database) -> None:
    rows = await county.pool.fetch("""
        select s.service_id as id, a.address_1, a.postal_code from location l
        join service_at_location s on s.location_id = l.id join address a on a.location_id = l.id
        join service v on v.id = s.service_id where l.confidential
    """)
    assert rows, "the county has services whose address is private"
    for row in rows:
        page = await html(client, row["id"])
        assert row["postal_code"] not in page
        assert row["address_1"] not in page
        assert "The address is kept private" in page


@pytest.mark.parametrize("path", ["/services/not-an-id", "/services/00000000-0000-4000-8000-000000000000"])
async def test_a_service_that_is_not_there_gets_a_page_that_still_helps(
    client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.get(path, headers=BROWSER)
    assert answer.status_code == 404
    assert "Look for help again" in answer.text


async def test_every_service_of_the_county_has_a_page(client: httpx.AsyncClient, county: Database) -> None:
    for row in await county.pool.fetch("select id, name from service order by md5(id::text) limit 60"):
        assert (await client.get(f"/services/{row['id']}", headers=BROWSER)).status_code == 200, row["name"]
