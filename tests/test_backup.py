"""A backup is the whole directory of one moment; it is restored into an empty one, and nothing is written over."""

import json
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from directory.access.vault import Vault
from directory.db import Database
from directory.errors import Conflict, SourceError
from directory.migrations import head, migrate, revision_of
from directory.migrations.dump import dump, restore, revision_in
from directory.postgres import Server
from tests.conftest import SECRET_KEY, drop
from tests.importing.conftest import everything, service


@pytest.fixture
async def empty(postgres: Server):  # type: ignore[no-untyped-def]
    """The address of a database without any table."""
    connection = await asyncpg.connect(postgres.url("postgres"))
    await connection.execute("create database restored")
    await connection.close()
    yield postgres.url("restored")
    await drop(postgres, "restored")


async def fill(database: Database, tmp_path: Path) -> None:
    from directory.importing import apply
    from directory.importing.files import read_files
    from tests.importing.conftest import page

    path = tmp_path / "feed.json"
    path.write_text(page(service(1), service(2)))
    await apply.run(database, "feed", "a feed", read_files(path), apply.Options())


async def test_a_backup_brings_everything_back_and_seals_stay_shut(
    database: Database, empty: str, tmp_path: Path
) -> None:
    await fill(database, tmp_path)
    vault = Vault(SECRET_KEY)
    sealed = vault.seal(b"Ann Example", "kept")
    await database.pool.execute("create table kept (words bytea)")
    await database.pool.execute("insert into kept values ($1)", sealed)
    file = tmp_path / "directory.backup"
    assert await dump(database.url, file) == file.stat().st_size
    assert file.stat().st_mode & 0o077 == 0
    assert b"Ann Example" not in file.read_bytes()
    assert await revision_in(file) == head()
    assert await restore(empty, file) == head()
    restored = await Database(empty, size=2).open()
    try:
        assert await everything(restored) == await everything(database)
        assert vault.open(await restored.pool.fetchval("select words from kept"), "kept") == b"Ann Example"
        await restored.pool.execute("update service set name = 'Renamed' where name = 'Service 1'")
        assert await restored.pool.fetchval("select max(version) from service") == 2  # triggers came too
    finally:
        await restored.close()


async def test_nothing_is_written_over(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "directory.backup"
    await dump(database.url, file)
    with pytest.raises(Conflict, match="there already"):
        await dump(database.url, file)
    await fill(database, tmp_path)
    with pytest.raises(Conflict, match="empty"):
        await restore(database.url, file)
    assert await database.pool.fetchval("select count(*) from service") == 2


async def test_what_is_no_backup_is_refused(empty: str, tmp_path: Path) -> None:
    other = tmp_path / "other"
    with pytest.raises(SourceError, match="no file"):
        await restore(empty, other)
    other.write_text("hello")
    with pytest.raises(SourceError, match="not a backup"):
        await restore(empty, other)
    with pytest.raises(SourceError, match="no folder"):
        await dump(empty, tmp_path / "nowhere" / "file")


async def test_a_backup_of_a_newer_version_is_refused(database: Database, empty: str, tmp_path: Path) -> None:
    file = tmp_path / "newer"
    await database.pool.execute("update alembic_version set version_num = '9999'")
    await dump(database.url, file)
    with pytest.raises(SourceError, match="newer"):
        await restore(empty, file)
    assert await revision_of(empty) is None


async def test_the_commands_take_a_directory_from_one_place_to_another(
    database: Database, empty: str, tmp_path: Path
) -> None:
    await fill(database, tmp_path)
    file = tmp_path / "directory.backup"

    def run(url: str, *words: str) -> subprocess.CompletedProcess[str]:
        folder = str(tmp_path / "data")
        environment = {"DIRECTORY_DATABASE_URL": url, "DIRECTORY_DATA_DIR": folder, "PATH": "/usr/bin:/bin"}
        command = [sys.executable, "-m", "directory", *words]
        root = str(Path(__file__).parents[1])
        return subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True, check=False)

    assert run(database.url, "backup", str(file)).returncode == 0
    await migrate(empty)  # tables without anything in them are as good as none
    done = run(empty, "restore", str(file), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["services"] == 2
    assert json.loads(run(empty, "search", "group", "--json").stdout)["total"] == 2
    again = run(empty, "restore", str(file))
    assert again.returncode == 1
    assert "empty" in again.stderr
    assert "Traceback" not in again.stderr
