"""`directory key ...` and `directory user ...`: keys of partners' systems, and accounts of staff."""

import sys
from uuid import UUID

import rich_click as click

from directory.access import accounts, keys, partner_commands, partners
from directory.access.roles import KEY_SCOPES, PERMISSIONS, ROLES
from directory.console import as_json, asynchronous, database, out, print_json, print_table
from directory.errors import NotFound

organization = click.option("--organization", type=click.UUID, help="The organization it answers for.")
area = click.option(
    "--area", "areas", multiple=True, help="Only this area, as district:E07000148; may be repeated."
)


@click.group()
def key() -> None:
    """Keys of partners' and staff systems, and of sites that carry the search."""


key.add_command(partner_commands.widget)
key.add_command(partner_commands.change)
key.add_command(partner_commands.counts)


@key.command()
@click.argument("label")
@click.option(
    "--scope", "scopes", multiple=True, required=True, type=click.Choice(KEY_SCOPES),
    help="; ".join(f"{name}: {PERMISSIONS[name]}" for name in KEY_SCOPES),
)  # fmt: skip
@organization
@area
@click.option(
    "--days", default=365, show_default=True, type=click.IntRange(1, 3650), help="How long it is good for."
)
@as_json
@asynchronous
async def issue(
    label: str,
    scopes: tuple[str, ...],
    organization: UUID | None,
    areas: tuple[str, ...],
    days: int,
    json_: bool,
) -> None:
    """Issue a key for LABEL. It is shown once."""
    async with database() as (_, db):
        key_id, secret = await keys.issue(
            db, label, scopes, organization_id=organization, areas=areas, days=days
        )
    if json_:
        print_json({"id": key_id, "key": secret})
    else:
        out.print(f"Key {key_id}. Keep it safe, it is not shown again:")
        sys.stdout.write(secret + "\n")


@key.command("list")
@as_json
@asynchronous
async def list_keys(json_: bool) -> None:
    """All keys, without their secrets; then the sites that carry the search."""
    async with database() as (_, db):
        found, sites = await keys.listed(db), await partners.listed(db)
    if json_:
        print_json([*found, *sites])
        return
    rows = [(k.id, k.label, " ".join(k.scopes), k.expires_at, k.revoked_at, k.used_at) for k in found]
    print_table("Keys", ("id", "label", "scopes", "expires", "revoked", "last used"), rows)
    if sites:
        lines = [(p.id, p.label, " ".join(p.origins), p.per_minute, p.revoked_at) for p in sites]
        print_table("Sites that carry the search", ("key", "label", "origins", "a minute", "revoked"), lines)


@key.command()
@click.argument("key_id")
@asynchronous
async def revoke(key_id: str) -> None:
    """End the key KEY_ID at once and for good."""
    async with database() as (_, db):
        if key_id.startswith(partners.PREFIX):
            if not await partners.revoke(db, key_id):
                raise NotFound(f"there is no key {key_id[:24]!r} in use")
        else:
            await keys.revoke(db, key_id)
    out.print("Revoked.")


@click.group()
def user() -> None:
    """Accounts of staff."""


@user.command()
@click.argument("email")
@click.option("--name", default="", help="Their name.")
@click.option("--role", required=True, type=click.Choice(sorted(ROLES)))
@organization
@area
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input; else one is made up."
)
@as_json
@asynchronous
async def add(
    email: str,
    name: str,
    role: str,
    organization: UUID | None,
    areas: tuple[str, ...],
    password_stdin: bool,
    json_: bool,
) -> None:
    """Make an account for EMAIL. A password that is made up is shown once and changed at the first sign-in."""
    given = sys.stdin.readline().rstrip("\n") if password_stdin else None
    async with database() as (_, db):
        made, password = await accounts.add(
            db,
            email,
            name,
            role,
            password=given,
            organization_id=organization,
            areas=areas,
            must_change=given is None,
        )
    if json_:
        print_json({"id": made} | ({} if given else {"password": password}))
    elif given is None:
        out.print(f"Account of {email}. Their first password, shown once:")
        sys.stdout.write(password + "\n")
    else:
        out.print(f"Account of {email}.")


@user.command("list")
@as_json
@asynchronous
async def list_users(json_: bool) -> None:
    """All accounts."""
    async with database() as (_, db):
        found = await accounts.listed(db)
    if json_:
        print_json(found)
    else:
        rows = [(a.email, a.name, a.role, " ".join(a.areas), a.two_factor, a.disabled_at) for a in found]
        print_table("Accounts", ("e-mail", "name", "role", "areas", "second factor", "disabled"), rows)


@user.command()
@click.argument("email")
@asynchronous
async def disable(email: str) -> None:
    """Disable the account of EMAIL: open sessions end now."""
    async with database() as (_, db):
        await accounts.disable(db, email)
    out.print("Disabled.")
