"""`directory key widget | change | counts`: the keys of sites that carry the search."""

import rich_click as click

from directory.access import partners
from directory.access.uses import KINDS
from directory.console import as_json, asynchronous, database, fail, out, print_json, print_table

origins_option = click.option(
    "--origin", "origins", multiple=True,
    help="Where the page is: scheme, host and port, as https://www.school.example; may be repeated.",
)  # fmt: skip
limit_option = click.option(
    "--per-minute", type=int, help=f"Requests a minute from all its pages.  [default: {partners.PER_MINUTE}]"
)
theme_option = click.option(
    "--theme", "theme", multiple=True, metavar="NAME=VALUE",
    help=f"A look that its pages start from: {', '.join(partners.THEME)}; may be repeated.",
)  # fmt: skip


@click.command()
@click.argument("label")
@origins_option
@limit_option
@theme_option
@as_json
@asynchronous
async def widget(
    label: str, origins: tuple[str, ...], per_minute: int | None, theme: tuple[str, ...], json_: bool
) -> None:
    """Make a key for the pages of LABEL, a site that carries the search. The key is no secret."""
    look = _theme(theme)
    async with database() as (settings, db):
        made = await partners.add(
            db, label, origins, per_minute=per_minute or partners.PER_MINUTE, theme=look
        )
    if json_:
        print_json(made)
    else:
        base = settings.public_url.rstrip("/")
        out.print(f"Key {made.id} for {', '.join(made.origins)}. The line to paste:", highlight=False)
        click.echo(partners.snippet(base, made.id))


@click.command()
@click.argument("key_id")
@click.option("--label", help="A new name.")
@origins_option
@limit_option
@theme_option
@as_json
@asynchronous
async def change(
    key_id: str,
    label: str | None,
    origins: tuple[str, ...],
    per_minute: int | None,
    theme: tuple[str, ...],
    json_: bool,
) -> None:
    """Change the site behind KEY_ID. Origins and theme replace those it had."""
    async with database() as (_, db):
        changed = await partners.change(
            db,
            key_id,
            label=label,
            origins=origins or None,
            per_minute=per_minute,
            theme=_theme(theme) if theme else None,
        )
    if json_:
        print_json(changed)
    else:
        out.print(f"{changed.label}: {', '.join(changed.origins)}", highlight=False)


@click.command()
@click.argument("key_id")
@click.option("--days", default=28, show_default=True, type=click.IntRange(1, 400))
@as_json
@asynchronous
async def counts(key_id: str, days: int, json_: bool) -> None:
    """How often the pages behind KEY_ID were opened and searched, by day. No words are kept."""
    async with database() as (_, db):
        await partners.one(db, key_id)
        found = await partners.used(db, key_id, days)
    if json_:
        print_json(found)
    else:
        rows = [(each.day, *(each.counts.get(kind, 0) for kind in KINDS)) for each in found]
        print_table("By day", ("day", *KINDS), rows)


def _theme(given: tuple[str, ...]) -> dict[str, str]:
    pairs = [each.partition("=") for each in given]
    if wrong := [text for text, equals, _ in pairs if not equals]:
        fail(f"--theme {wrong[0]}: write NAME=VALUE, such as accent=#005ea5", code=2)
    return {name.strip().removeprefix("--fd-"): value.strip() for name, _, value in pairs}
