"""The command `directory`. Exit codes: 0 done, 1 refused or failed with one line on stderr, 2 wrong usage."""

import contextlib
import importlib
import os
import socket
import sys
from typing import Any

import rich_click as click

from directory import __version__
from directory.console import asynchronous, database, fail, located, out, settings, told

# What each command is, by the group that it stands in ("" for none): loaded when somebody asks for it.
LATER: dict[str, dict[str, Any]] = {
    "": {
        "backup": "directory.search.keeping:backup",
        "export": "directory.importing.exporting:export",
        "index": "directory.search.commands:index",
        "insight": "directory.insight.commands:insight",
        "key": "directory.access.commands:key",
        "privacy": "directory.referrals.commands:privacy",
        "restore": "directory.search.keeping:restore",
        "route": "directory.routing.commands:route_command",
        "rules": "directory.routing.commands:rules",
        "search": "directory.search.commands:search",
        "seed": "directory.importing.planting:seed",
        "source": "directory.importing.exporting:source",
        "user": "directory.access.commands:user",
    },
    "import": {
        "areas": "directory.places.commands:areas",
        "csv": "directory.importing.commands:csv_",
        "oruk": "directory.importing.commands:oruk",
        "places": "directory.places.commands:places",
        "postcodes": "directory.places.commands:postcodes",
    },
    "check": {
        "oruk": "directory.catalogue.commands:check_oruk",
        "theme": "directory.web.commands:check_theme",
        "words": "directory.web.commands:check_words",
    },
}


PATIENCE = 60.0  # seconds that a server waits at its start for a database that is coming back


class Later(dict[str, Any]):
    """Commands by name, each loaded when it is asked for: one command need not wait for what all others import."""

    def __getitem__(self, name: str) -> Any:
        value = super().__getitem__(name)
        if isinstance(value, str):
            module, _, attribute = value.partition(":")
            value = self[name] = getattr(importlib.import_module(module), attribute)
        return value

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self else default  # noqa: SIM401 (the advice would call this for ever)

    def items(self) -> Any:
        return {name: self[name] for name in self}.items()

    def values(self) -> Any:
        return {name: self[name] for name in self}.values()


class OneLine(click.RichGroup):
    """No traceback reaches a person: whatever goes wrong is one line, unless DIRECTORY_LOG_LEVEL is debug."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().main(*args, **kwargs)
        except Exception as error:
            if os.environ.get("DIRECTORY_LOG_LEVEL", "").lower() == "debug":
                raise
            fail(told(error))


@click.group(cls=OneLine, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="directory")
def cli() -> None:
    """A service directory and referral router for children, young people and families."""


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port to listen on."
)
@click.option("--demo", is_flag=True, help="Load the demonstration county first, if the directory is empty.")
def serve(host: str, port: int, demo: bool) -> None:
    """Serve the directory: database, index, worker and web in one process."""
    from directory.importing.planting import plant_if_empty
    from directory.migrations import migrate_now

    listening = _listen(host, port)
    found = settings()
    with located(found) as ready:
        migrate_now(ready.database_url, patience=PATIENCE)
        if demo or found.demo:
            plant_if_empty(ready)
        _serve(ready, listening, demo or found.demo)


def _serve(ready: Any, listening: socket.socket, demo: bool) -> None:
    import msgspec
    import uvicorn

    from directory.app import create_app
    from directory.settings import Settings

    if demo:
        ready = msgspec.structs.replace(ready, demo=True)
    host, port = listening.getsockname()[:2]
    if ready.public_url == Settings().public_url:  # nobody said another: links in messages lead here
        ready = msgspec.structs.replace(ready, public_url=_here(host, port))
    out.print(f"Flourish Directory {__version__} on [link]http://{host}:{port}[/link]  (Ctrl-C stops it)")
    config = uvicorn.Config(
        create_app(ready),
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=5,
        forwarded_allow_ips=ready.trusted_proxies,
        h11_max_incomplete_event_size=16_384,
    )
    server = uvicorn.Server(config)
    with contextlib.suppress(KeyboardInterrupt):  # uvicorn stops in good order, then raises it again
        server.run(sockets=[listening])
    if not server.started:
        fail("the server did not start")


def _here(host: str, port: int) -> str:
    """An address by which this machine reaches a server that listens there."""
    named = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{named}:{port}"


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        fail(f"port {port} on {host} cannot be used: {error.strerror}; choose another with --port or PORT=")
    listening.listen(512)
    listening.set_inheritable(False)
    return listening


@cli.command()
@asynchronous
async def migrate() -> None:
    """Bring the database's tables up to this version."""
    async with database():
        out.print("The database is up to date.")


@cli.group("import")
def imports() -> None:
    """Read services, postcodes and areas in."""


@cli.group("check")
def checks() -> None:
    """Judge what others publish, and how our own can be read."""


for group, names in LATER.items():
    found = {"": cli, "import": imports, "check": checks}[group]
    found.commands = Later({**names, **found.commands})


def main() -> None:
    try:
        cli(prog_name="directory")
    except KeyboardInterrupt:
        sys.exit(130)
