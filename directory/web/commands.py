"""Commands for those who write and dress the pages: `check theme`, `check words`."""

from pathlib import Path
from typing import Any

import rich_click as click

from directory.console import as_json, asynchronous, database, fail, out, print_json, print_table
from directory.reading import read
from directory.web.assets import FOLDER, THEME
from directory.web.contrast import faults

HARD = 13.0  # years of age from which a description is called hard
_TEXTS = """
    select s.id::text, s.name, o.name, s.description from service s left join organization o on o.id = s.organization_id
    where s.status = 'active' and s.description <> '' order by s.name
"""


@click.command("theme")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check_theme(file: Path) -> None:
    """Can everybody read the colours of FILE, a council's own stylesheet?"""
    found = faults((FOLDER / THEME).read_text("utf-8"), file.read_text("utf-8"))
    for each in found:
        out.print(each, highlight=False)
    if found:
        fail(f"{len(found)} pairs of colours are too close")
    out.print("Every pair of colours can be told apart, by day and by night.")


@click.command("words")
@click.option(
    "--most", default=20, show_default=True, type=click.IntRange(1, 10_000), help="How many to show."
)
@as_json
@asynchronous
async def check_words(most: int, json_: bool) -> None:
    """The services that are hardest to read, and the officials' words in them."""
    async with database() as (_, db):
        rows = await db.pool.fetch(_TEXTS)
    found: list[dict[str, Any]] = []
    for id_, name, organization, text in rows:
        seen = read(text)
        if seen.age > HARD or seen.avoid:
            found.append(
                {
                    "id": id_,
                    "name": name,
                    "organization": organization,
                    "age": seen.age,
                    "avoid": [{"word": word, "plainer": plainer} for word, plainer in seen.avoid],
                }
            )
    found.sort(key=lambda each: (-each["age"], each["name"]))
    if json_:
        print_json({"services": len(rows), "hard": len(found), "hardest": found[:most]})
        return
    print_table(
        "Hardest to read",
        ["Service", "Reading age", "Say it plainer"],
        [
            [
                each["name"],
                f"{each['age']:.0f}",
                "; ".join(f"{a['word']} → {a['plainer']}" for a in each["avoid"]),
            ]
            for each in found[:most]
        ],
    )
    out.print(
        f"{len(found)} of {len(rows)} descriptions have a reading age over {HARD:g} or a word to avoid."
    )
