"""`directory insight`: the figures in a terminal, for a report that a script makes."""

import rich_click as click

from directory.access.roles import Caller
from directory.access.startup import opened_vault
from directory.console import as_json, asynchronous, database, print_json, print_table
from directory.importing.vocabulary import needs
from directory.insight import report
from directory.insight.held import Insight
from directory.insight.shapes import Wanted
from directory.places.resolve import Places

OPERATOR = Caller(kind="system", id="operator", name="the operator", permissions=frozenset({"insight.read"}))


@click.command()
@click.option("--period", default="", help="A quarter (2026-q3) or four of them (year-to-2026-q3).")
@click.option("--area", default="", help="One zone or district, as zone:zone-03.")
@click.option("--outcome", default="", help="One outcome.")
@click.option("--need", default="", help="One need.")
@as_json
@asynchronous
async def insight(period: str, area: str, outcome: str, need: str, json_: bool) -> None:
    """Figures to the end of yesterday, blurred and rounded as on the pages."""
    async with database() as (settings, db):
        vault = await opened_vault(settings, db)
        known = {each.code: each.label for each in needs()}
        held = Insight(db, vault, Places(db), known, threshold=settings.small_number)
        wanted = Wanted(period=period, area=area, outcome=outcome, need=need)
        found = await report.figures(held, wanted, OPERATOR)
    if json_:
        print_json(found)
        return
    rows = [(each.label, each.text, each.out_of) for each in found.figures]
    print_table(found.about.period.label, ("figure", "", "out of"), rows)
