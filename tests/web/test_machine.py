"""What programs read: robots, sitemap, OpenSearch, feeds and calendars are well formed and say what is true."""

import datetime as dt
import xml.etree.ElementTree as ET

import httpx
from hypothesis import given
from hypothesis import strategies as st

from directory.catalogue import hsds
from directory.catalogue.hours import of_service
from directory.db import Database
from directory.web.calendars import calendar, folded

ATOM = "{http://www.w3.org/2005/Atom}"


async def test_the_sitemap_lists_pages_that_are_there_and_none_of_anybodys_own(
    client: httpx.AsyncClient,
) -> None:
    tree = ET.fromstring((await client.get("/sitemap.xml")).text)
    paths = [
        (each.text or "").removeprefix("http://127.0.0.1:8000")
        for each in tree.iter()
        if each.tag.endswith("loc")
    ]
    assert len(paths) > 450
    for path in [*paths[:45], *paths[-5:]]:
        assert (await client.get(path)).status_code == 200, path
    assert not [path for path in paths if path.startswith(("/search", "/help", "/shortlist"))]


async def test_robots_are_told_where_not_to_look(client: httpx.AsyncClient) -> None:
    text = (await client.get("/robots.txt")).text
    assert "Disallow: /search" in text
    assert "Sitemap: http" in text


async def test_a_browser_can_search_from_its_address_bar(client: httpx.AsyncClient) -> None:
    tree = ET.fromstring((await client.get("/opensearch.xml")).text)
    assert "search?q={searchTerms}" in str([each.attrib for each in tree])


async def test_a_feed_of_an_outcome_holds_services_of_that_outcome(client: httpx.AsyncClient) -> None:
    answer = await client.get("/feeds/changes.atom?outcome=learning")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    entries = ET.fromstring(answer.text).findall(f"{ATOM}entry")
    assert entries
    link = entries[0].find(f"{ATOM}link")
    assert link is not None
    page = await client.get(
        link.attrib["href"].removeprefix("http://127.0.0.1:8000"), headers={"accept": "text/html"}
    )
    assert "/outcomes/learning" in page.text


async def test_a_feed_of_a_zone_is_smaller_than_the_feed_of_all(
    client: httpx.AsyncClient, county: Database
) -> None:
    zone = ET.fromstring((await client.get("/feeds/changes.atom?zone=zone-03")).text).findall(f"{ATOM}entry")
    assert 0 < len(zone) <= 60
    assert (await client.get("/feeds/changes.atom?colour=red")).status_code == 400


async def test_times_are_a_calendar(client: httpx.AsyncClient, county: Database) -> None:
    id_ = await county.pool.fetchval("select id from service where name = 'No Voucher Food Bank'")
    answer = await client.get(f"/services/{id_}/times.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    lines = answer.text.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") > 20
    assert all(len(line.encode()) <= 75 for line in lines)


def test_a_session_is_in_summer_time_and_not_on_a_bank_holiday() -> None:
    service = hsds.Service(
        id="a", name="Songs; and, play", status="active",
        schedules=[hsds.Schedule(id="b", freq="WEEKLY", byday="MO", opens_at="10:00", closes_at="11:30")],
    )  # fmt: skip
    text = calendar(
        service, of_service(service), "https://x.example.org", dt.datetime(2027, 4, 1, tzinfo=dt.UTC)
    )
    assert "DTSTART:20270405T090000Z" in text.replace("\r\n ", "")  # 10am by the clock in April
    assert "DTSTART:20270503T" not in text  # the early May holiday
    assert "SUMMARY:Songs\\; and\\, play" in text


@given(st.text(max_size=400))
def test_a_folded_line_unfolds_to_itself(text: str) -> None:
    line = "".join(each for each in text if each not in "\r\n")
    parts = folded(line).removesuffix("\r\n").split("\r\n")
    assert all(len(part.encode()) <= 75 for part in parts)
    assert parts[0] + "".join(part[1:] for part in parts[1:]) == line
