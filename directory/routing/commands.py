"""`directory route` and `directory rules check`."""

import rich_click as click

from directory.console import as_json, asynchronous, database, out, print_json
from directory.places.resolve import Places
from directory.routing import shapes
from directory.routing.api import asked
from directory.routing.route import open_router, route
from directory.search.index import open_index


@click.command("route")
@click.argument("text")
@click.option("--near", default=None, help="A postcode, village or town.")
@click.option(
    "--age", "ages", multiple=True, type=click.FloatRange(0, 130), help="Age of a child; repeat for more."
)
@click.option("--door", default="phone", show_default=True, help="Where it is asked; changes wording only.")
@as_json
@asynchronous
async def route_command(text: str, near: str | None, ages: tuple[float, ...], door: str, json_: bool) -> None:
    """Say what is going on; get safety first, then needs, level and the steps with their services."""
    import msgspec

    ask = asked(msgspec.json.encode(shapes.Ask(text=text, near=near, ages=list(ages), door=door)))
    async with database() as (settings, db), open_index(settings, db) as index:
        answer = await route(db.pool, index, Places(db), open_router(settings), ask)
    if json_:
        print_json(answer)
    else:
        _print(answer)


def _print(answer: shapes.Route) -> None:
    if answer.safety.tier == 1:
        out.print(f"[bold red]{answer.wording.message}[/]")
    elif answer.safety.tier == 2:
        out.print(f"[bold yellow]{answer.safety.ask}[/]")
    if answer.safety.tier:
        for contact in answer.wording.contacts:
            out.print(f"  {contact.name}: [bold]{contact.number}[/]")
    for flag in answer.safety.flags:
        out.print(f"  [dim]saw “{flag.words}” ({flag.rule})[/]")
    if answer.place:
        out.print(f"[bold]Place[/]   {answer.place.sentence or answer.place.text}")
    needs = ", ".join(f"{need.label} ({need.confidence:.0%})" for need in answer.needs)
    out.print(f"[bold]Needs[/]   {needs or 'not clear yet'}")
    out.print(f"[bold]Level[/]   {answer.level.label}: {'; '.join(answer.level.reasons)}")
    for number, step in enumerate(answer.pathway, 1):
        out.print(f"\n[bold]{number}. {step.title}[/]  [dim]{step.how}[/]")
        for line in step.now:
            out.print(f"   · {line}")
        for service in step.services:
            miles = "" if service.distance_miles is None else f"  {service.distance_miles} miles"
            out.print(f"   [bold]{service.name}[/], {service.organization}{miles}")
            out.print(f"     {'; '.join(service.reasons)}. {service.next_step}.")
    for question in answer.questions:
        out.print(
            f"\n[bold]?[/] {question.text}  [dim]{' / '.join(option.label for option in question.options)}[/]"
        )
    person = answer.person
    out.print(f"\n{person.why} {person.name}: [bold]{person.phone}[/]")
    if person.hub:
        out.print(f"{person.hub}: [bold]{person.hub_phone or ''}[/]")


@click.group("rules")
def rules() -> None:
    """The rule book: needs, phrases, safety, levels, pathways, contacts."""
