"""The commands of keys, accounts and privacy, as an operator types them."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from directory.access import keys
from directory.cli import cli
from tests.conftest import SECRET_KEY
from tests.referrals.conftest import PASSWORD, World


@pytest.fixture
def run(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("DIRECTORY_DATABASE_URL", world.database.url)
    monkeypatch.setenv("DIRECTORY_SECRET_KEY", SECRET_KEY)
    monkeypatch.setenv("DIRECTORY_DATA_DIR", str(tmp_path))

    async def run(*arguments: str, stdin: str = "") -> Result:
        return await asyncio.to_thread(CliRunner().invoke, cli, list(arguments), input=stdin)

    return run


async def test_a_key_is_issued_listed_and_revoked(world: World, run: Any) -> None:
    made = await run("key", "issue", "School system", "--scope", "requests.submit", "--json")
    assert made.exit_code == 0, made.output
    found = json.loads(made.stdout)
    caller = await keys.find(world.database.pool, found["key"])
    assert caller is not None
    assert caller.permissions == {"requests.submit"}
    listing = await run("key", "list", "--json")
    assert found["id"] in {each["id"] for each in json.loads(listing.stdout)}
    assert found["key"].split("_")[2] not in listing.stdout
    assert (await run("key", "revoke", found["id"])).exit_code == 0
    assert await keys.find(world.database.pool, found["key"]) is None
    again = await run("key", "revoke", found["id"])
    assert again.exit_code == 1
    assert again.stderr.count("\n") == 1
    assert (await run("key", "issue", "x", "--scope", "accounts.manage")).exit_code == 2


async def test_an_account_is_made_and_disabled(run: Any) -> None:
    made = await run(
        "user",
        "add",
        "Cli@example.org",
        "--role",
        "editor",
        "--password-stdin",
        "--json",
        stdin=PASSWORD + "\n",
    )
    assert made.exit_code == 0, made.output
    assert PASSWORD not in made.output
    weak = await run(
        "user", "add", "weak@example.org", "--role", "editor", "--password-stdin", stdin="password1\n"
    )
    assert weak.exit_code == 1
    assert "password" in weak.stderr
    provider = await run("user", "add", "p@example.org", "--role", "provider")
    assert provider.exit_code == 1
    listing = json.loads((await run("user", "list", "--json")).stdout)
    assert {each["email"]: each["role"] for each in listing}["cli@example.org"] == "editor"
    assert (await run("user", "disable", "cli@example.org")).exit_code == 0
    assert (await run("user", "disable", "cli@example.org")).exit_code == 1


async def test_a_family_is_exported_to_a_file_for_its_owner_and_erased(
    world: World, run: Any, tmp_path: Path
) -> None:
    made = await world.send()
    file = tmp_path / "export.json"
    done = await run("privacy", "export", made["reference"], "--to", str(file))
    assert done.exit_code == 0, done.output
    assert "Ann Example" in file.read_text()
    assert file.stat().st_mode & 0o077 == 0
    early = await run("privacy", "erase", made["reference"])
    assert early.exit_code == 1
    assert "close it first" in early.stderr
    await world.act("desk", "requests", made["id"], "close", outcome="info_only")
    assert (await run("privacy", "erase", made["reference"])).exit_code == 0
    assert (await run("privacy", "export", made["reference"])).exit_code == 1
    assert (await run("privacy", "due", "--json")).exit_code == 0
