"""What must hold before anybody is let in: the keys that sealed what is stored are here."""

from directory.access.vault import Vault, open_vault
from directory.db import Connection, Database, away
from directory.errors import DirectoryError
from directory.settings import Settings
from directory.telemetry import log


class KeysMissing(DirectoryError):
    """Started with other keys than those that sealed the stored data: nothing could be read, so nothing starts."""

    title = "The keys of the stored data are missing"


async def opened_vault(settings: Settings, database: Database) -> Vault:
    """The vault, checked against the database. With the database away it is checked another time."""
    vault = open_vault(settings.secret_key, settings.data_dir)
    try:
        await check(database, vault)
    except Exception as error:
        if not away(error):
            raise
        log.warning("the database is away: its keys are not checked")
    return vault


async def check(database: Database, vault: Vault) -> None:
    """Raises KeysMissing where rows were sealed by a key that we do not have."""
    known = {row["id"] for row in await database.pool.fetch("select id from encryption_key")}
    if missing := known - set(vault.ids):
        raise KeysMissing(
            f"stored data is sealed with the key {sorted(missing)[0]}, which DIRECTORY_SECRET_KEY does not hold; "
            "add it after a comma, or run `directory privacy rotate` where it is still known"
        )


async def noted(connection: Connection, vault: Vault) -> None:
    """Called in the transaction that seals something: from now on nobody starts here without this key."""
    await connection.execute(
        "insert into encryption_key (id) values ($1) on conflict do nothing", vault.ids[0]
    )
