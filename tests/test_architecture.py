"""The house rules that a machine can hold: who imports whom, what stays pure, how long a file may be."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "directory"
LONGEST = 400

# A room may import from its own floor's neighbours only where the design says so, and from any floor below.
FLOORS: list[set[str]] = [
    {"settings", "errors", "words", "reading", "memory"},
    {"postgres", "telemetry", "db", "counted", "tables", "query", "http", "access", "migrations", "console"},
    {"catalogue", "places"},
    {"search"},
    {"routing"},
    {"insight", "referrals", "importing"},
    {"web", "worker"},
    {"app"},
    {"cli", "__main__"},
]
# Alembic's environment and the table list look up at the rooms' tables: they describe the database, not behaviour.
ALLOWED = {
    ("tables", "catalogue"),
    ("tables", "importing"),
    ("tables", "places"),
    ("tables", "referrals"),
    ("tables", "routing"),
    ("tables", "search"),
}
IMPURE = {"litestar", "sqlmodel", "sqlalchemy", "asyncpg", "httpx", "meilisearch"}
# Files that talk to a framework, a database, a network or a terminal; every other file in a room is pure.
EDGES = {
    "tables", "read", "write", "changes", "api", "commands", "index", "embedded", "meilisearch", "sync", "find",
    "resolve", "guard", "load", "route", "candidates", "pages", "apply", "sources", "webhooks", "oidc", "__init__",
    "doubt_store",
}  # fmt: skip


def floor(name: str) -> int:
    return next(i for i, names in enumerate(FLOORS) if name in names)


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if "versions" not in path.parts)


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            if node.module == "directory":
                found |= {f"directory.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_from_its_own_floor_and_below(path: Path) -> None:
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if own == "__init__":
        return
    for name in imports(path):
        parts = name.split(".")
        if parts[0] != "directory" or len(parts) < 2:
            continue
        other = parts[1]
        if (
            other == own
            or (own, other) in ALLOWED
            or (not (PACKAGE / other).exists() and not (PACKAGE / f"{other}.py").exists())
        ):
            continue
        assert floor(other) <= floor(own), f"{path.name} ({own}) may not import directory.{other}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_file_outgrows_four_hundred_lines(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST


def test_files_stay_short_on_the_whole() -> None:
    lengths = sorted(len(path.read_text("utf-8").splitlines()) for path in modules())
    assert lengths[len(lengths) // 2] <= 180


def rooms() -> list[Path]:
    return [
        path
        for path in modules()
        if len(path.relative_to(PACKAGE).parts) > 1 and path.parts[-2] != "migrations"
    ]


@pytest.mark.parametrize("path", rooms(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_pure_files_touch_no_framework_and_no_database(path: Path) -> None:
    if path.stem in EDGES or path.relative_to(PACKAGE).parts[0] == "web":
        return
    touched = {name.split(".")[0] for name in imports(path)} & IMPURE
    assert not touched, f"{path.name} imports {', '.join(sorted(touched))}"


def test_no_module_postpones_its_annotations() -> None:
    """SQLModel relationships and Litestar signatures need them at run time."""
    for path in modules():
        assert "__future__" not in imports(path), path


def test_the_tree_names_no_registry_host_and_no_machine_path() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in lock
    assert "--hash=sha256:" in lock
