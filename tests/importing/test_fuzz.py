"""Valid feeds, spoilt in every way: an import never crashes, never publishes nonsense, never does half of it."""

import copy
import json
import uuid
from pathlib import Path
from typing import Any

import asyncpg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.catalogue import hsds, validity
from directory.db import Database
from directory.errors import SourceError
from directory.importing import apply
from directory.importing.clean import Cleaner
from directory.importing.files import read_files
from directory.importing.jsonstream import Broken, Page
from directory.importing.shapes import Item
from directory.importing.tags import Tags
from directory.importing.vocabulary import vocabulary
from tests.importing.conftest import everything, page, service
from tests.importing.test_dialects import OUTPOST, V1

TAGS = Tags("feed", vocabulary())
LEAF = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20),
    st.sampled_from([
        "", " ", "null", "\x00", "\ud800", "<b>x</b>", "&#0;", "9999-99-99", "25:61", "-1", "1e400", "NaN", 10**400,
        "http://", "http://[", "javascript:alert(1)", "a@b", "MO,XX", "99MO", "DAILY", "2026-02-30", "£1,000.50",
        "not-a-uuid", "6CF96EB0-D436-58D8-A8D8-E9142C5D348F", "x" * 30_000, {}, [], [None], {"id": None}, [[]],
    ]),
)  # fmt: skip
VALUE = st.recursive(
    LEAF,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found += places(inner, (*path, key))
    return found


@st.composite
def spoilt(draw: st.DrawFn) -> Any:
    record = copy.deepcopy(draw(st.sampled_from([service(1), V1, OUTPOST])))
    for _ in range(draw(st.integers(1, 4))):
        paths = places(record)
        if not paths:
            break
        path = draw(st.sampled_from(paths))
        holder = record
        for step in path[:-1]:
            holder = holder[step]
        how = draw(st.sampled_from(["replace", "delete", "double"]))
        if how == "replace":
            holder[path[-1]] = copy.deepcopy(draw(VALUE))  # what is sampled is shared, and may be spoilt next
        elif how == "delete":
            del holder[path[-1]]
        elif isinstance(holder, list):
            holder.append(copy.deepcopy(holder[path[-1]]))
    return record


def storable(service: hsds.Service) -> bool:
    return "\x00" not in json.dumps(json.loads(hsds.encoder.encode(service)), ensure_ascii=False)


@settings(max_examples=400, deadline=None)
@given(spoilt())
def test_any_record_is_cleaned_or_refused_with_a_reason(record: Any) -> None:
    found = Cleaner("feed", TAGS).clean(Item("here", record))
    if found.service is None:
        assert found.reasons
        assert all(found.reasons)
    else:
        assert validity.problems(found.service) == []
        assert uuid.UUID(found.service.id)
        assert storable(found.service)


@settings(max_examples=200, deadline=None)
@given(VALUE)
def test_anything_at_all_is_refused_or_cleaned(record: Any) -> None:
    found = Cleaner("feed", TAGS).clean(Item("here", record))
    assert (found.service is None) == bool(found.reasons)


@settings(max_examples=200, deadline=None)
@given(st.lists(spoilt(), max_size=3), st.integers(0, 4000), st.integers(1, 300))
def test_text_that_is_cut_and_comes_in_any_pieces_is_read_whole_or_refused(
    records: list[Any], cut: int, size: int
) -> None:
    try:
        whole = json.dumps({"contents": records})
    except ValueError:
        return
    text = whole[:cut] if cut < len(whole) else whole
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    try:
        found = list(Page(pieces))
    except Broken:
        assert text != whole or not _plain(whole)
    else:
        assert text == whole
        assert found == json.loads(whole)["contents"]


def _plain(text: str) -> bool:
    return not any(word in text for word in ("NaN", "Infinity")) and "e+" not in text and len(text) < 4000


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(spoilt(), min_size=1, max_size=6), st.booleans())
async def test_a_spoilt_feed_is_applied_whole_or_not_at_all(
    database: Database, tmp_path: Path, records: list[Any], cut: bool
) -> None:
    try:
        text = page(service(7), *records)
        text.encode()
    except ValueError:
        return
    path = tmp_path / "feed.json"
    path.write_text(text[: len(text) // 2] if cut else text, "utf-8", errors="replace")
    before = await everything(database)
    try:
        report = await apply.run(
            database, "feed", "spoilt", read_files(path), apply.Options(allow_withdrawals=True)
        )
    except SourceError:
        assert await everything(database) == before
        return
    assert report.read == report.added + report.changed + report.same + report.quarantined_count
    again = await apply.run(
        database, "feed", "spoilt", read_files(path), apply.Options(allow_withdrawals=True)
    )
    assert (again.added, again.changed) == (0, 0)


async def test_what_only_the_database_refuses_is_quarantined_alone(
    database: Database, tmp_path: Path
) -> None:
    """A rule that cleaning does not know must cost one record, never the run."""
    connection = await asyncpg.connect(database.url)
    await connection.execute("alter table service add constraint odd check (name <> 'Service 2')")
    await connection.close()
    path = tmp_path / "feed.json"
    path.write_text(page(service(1), service(2), service(3)))
    report = await apply.run(database, "feed", "odd", read_files(path), apply.Options())
    assert (report.added, report.quarantined_count) == (2, 1)
    assert report.quarantined[0].name == "Service 2"
    assert "refused by the database" in report.quarantined[0].reasons[0]
