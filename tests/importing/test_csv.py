from pathlib import Path

import pytest

from directory.catalogue import read
from directory.db import Database
from directory.errors import SourceError
from directory.importing import apply
from directory.importing.package import read_package
from directory.importing.plain_csv import read_mapping, read_plain
from directory.importing.write import list_feeds, remove_feed
from tests.importing.conftest import Bring, everything, service

MAPPING = """
[columns]
name = "Group name"
description = "What happens"
minimum_age = "From age"
"organization.name" = "Run by"
"phones.0.number" = "Telephone"
"service_at_locations.0.location.name" = "Hall"
"service_at_locations.0.location.addresses.0.postal_code" = "Postcode"
"service_at_locations.0.location.addresses.0.city" = "Town"
"schedules.0.byday" = "Day"
"schedules.0.opens_at" = "Opens"
tags.needs = "Helps with"
[values]
"organization.description" = "A member of the network"
[words]
"Money" = "money_debt_benefits"
"""
ROWS = """Group name,What happens,From age,Run by,Telephone,Hall,Postcode,Town,Day,Opens,Helps with
Tea,"Tea, toast and talk",0,Holt Families,01632 960001,Old School,NR25 6AA,Holt,Tuesday,9.30am,Money; Everyday parenting
,Nameless,0,Holt Families,,,,,,,
Homework club,Quiet tables,8,Holt Families,,,,,"Mon, Wed",15:30,
"""


async def bring_rows(
    database: Database, folder: Path, rows: str = ROWS, mapping: str = MAPPING
) -> apply.Report:
    (folder / "groups.csv").write_text(rows)
    (folder / "groups.toml").write_text(mapping)
    items = read_plain(folder / "groups.csv", read_mapping(folder / "groups.toml"))
    return await apply.run(database, "groups", "groups.csv", items, apply.Options())


async def test_a_plain_csv_is_read_through_its_mapping(database: Database, tmp_path: Path) -> None:
    report = await bring_rows(database, tmp_path)
    assert (report.added, [each.where for each in report.quarantined]) == (2, ["groups.csv, line 3"])
    ids = [row[0] for row in await database.pool.fetch("select id from service order by name")]
    club, tea = (
        each for each in sorted((await read.records(database.pool, ids)).values(), key=lambda s: s.name)
    )
    assert club.schedules[0].byday == "MO,WE"
    assert tea.organization is not None
    assert (tea.organization.name, tea.organization.description) == (
        "Holt Families",
        "A member of the network",
    )
    assert tea.organization.id == club.organization_id
    assert (tea.phones[0].number, tea.schedules[0].opens_at) == ("01632 960001", "09:30")
    codes = {each.taxonomy_term.code for each in tea.attributes if each.taxonomy_term}
    assert codes == {"money_debt_benefits", "parenting_support"}


async def test_the_same_csv_again_changes_nothing(database: Database, tmp_path: Path) -> None:
    await bring_rows(database, tmp_path)
    before = await everything(database)
    assert (await bring_rows(database, tmp_path)).same == 2
    assert await everything(database) == before


@pytest.mark.parametrize(
    ("rows", "mapping", "words"),
    [
        (ROWS, "[columns]\nurl = 'x'", "which column holds the name"),
        (ROWS, "columns = 3", "is not a mapping"),
        (ROWS, "[columns", "is not a mapping"),
        ("a,b\n1,2\n", MAPPING, "has no column"),
        ("a,a\n1,2\n", MAPPING, "two columns called 'a'"),
        ('Group name\n"broken', MAPPING, "is not a CSV file"),
    ],
)
async def test_bad_files_are_told_in_one_line(
    database: Database, tmp_path: Path, rows: str, mapping: str, words: str
) -> None:
    with pytest.raises(SourceError, match=words):
        await bring_rows(database, tmp_path, rows, mapping)


async def test_the_standards_own_packages_are_imported(database: Database, data: Path) -> None:
    for name in ("hsds-3.0", "hsds-3.2.3"):
        items = read_package(data / "oruk" / "examples" / name / "csv")
        report = await apply.run(database, name, name, items, apply.Options())
        assert (report.read, report.added) == (1, 1), report.quarantined
    rows = await database.pool.fetch("select count(*) from phone union all select count(*) from schedule")
    # Both packages use the same ids: neither takes anything from the other.
    assert [row[0] for row in rows] == [2, 2]


async def test_a_source_is_removed_with_everything_of_it(database: Database, bring: Bring) -> None:
    await bring([service(9)], feed="other")
    before = await everything(database)
    await bring([service(1), service(2)], feed="gone")
    assert [each.id for each in await list_feeds(database)] == ["gone", "other"]
    assert await remove_feed(database, "gone") == 2
    after = await everything(database)
    for table in before:
        if table not in {"removed", "search_change"}:
            assert after[table] == before[table], table
