"""`python -m bench.kill`: is anything lost when the app, the worker or the database is killed under load?

Families and services press on while `kill -9` falls on one of the three at random moments; each client repeats what was
not answered, under its key, as a browser or a partner's system would. Then the books are read: every request answered
with 201 is there exactly once, every message was sent at least once and is recorded, nothing is stuck. Exit code 1
where a line of the books does not hold. Everything happens on this machine: a real PostgreSQL with durability on, two
server processes, a real SMTP server.
"""

import asyncio
import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import rich_click as click
from aiosmtpd.controller import Controller
from msgspec import Struct

from directory.access import keys
from directory.db import AWAY, Database
from directory.migrations import migrate
from directory.postgres import Server

SECRET = "a-key-of-the-kill-test-alone-0123456789"
VICTIMS = ("app", "worker", "database")


class Report(Struct, kw_only=True):
    """What was done, and what the books say. `wrong` is empty where all holds."""

    kills: dict[str, int]
    answered: int
    accepted: int
    repeated: int
    messages: int
    twice: int
    seconds: float
    wrong: list[str]


class Inbox:
    """Counts each mail by its Message-ID, which is the same at every try."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        text = envelope.content.decode(errors="replace")
        head = next(line for line in text.splitlines() if line.lower().startswith("message-id:"))
        self.seen[head.partition("<")[2].partition("@")[0]] += 1
        return "250 OK"


class Town:
    """The three that can be killed, and the way to bring each back."""

    def __init__(self, folder: Path, mail: int) -> None:
        self.server = Server(folder / "database")
        self.folder = folder
        self.stack = contextlib.ExitStack()
        self.ports = {"app": _free_port(), "worker": _free_port()}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith("DIRECTORY_")
        } | {
            "DIRECTORY_SECRET_KEY": SECRET,
            "DIRECTORY_MAIL_URL": f"smtp://127.0.0.1:{mail}",
            "DIRECTORY_DESK_MAIL": "desk@example.org",
            "DIRECTORY_LOG_LEVEL": "error",
        }

    def open(self) -> None:
        self.stack.enter_context(self.server.shared())
        self.environment["DIRECTORY_DATABASE_URL"] = self.server.url()

    def start(self, name: str) -> None:
        own = {"DIRECTORY_WORKER": str(name == "worker"), "DIRECTORY_DATA_DIR": str(self.folder / name)}
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "directory", "serve", "--port", str(self.ports[name])],
                env=self.environment | own, stdout=log, stderr=log,
            )  # fmt: skip

    def kill(self, name: str) -> None:
        """No warning, no goodbye; and up again."""
        if name == "database":
            os.kill(int((self.server.data / "postmaster.pid").read_text().split("\n", 1)[0]), signal.SIGKILL)
            if self.server.process is not None:
                self.server.process.wait(20)
            self.stack.enter_context(self.server.shared())
            return
        self.processes[name].kill()
        self.processes[name].wait()
        self.start(name)

    def close(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.stack.close()

    async def ready(self, name: str) -> None:
        deadline = time.monotonic() + 180
        async with httpx.AsyncClient() as client:
            while time.monotonic() < deadline:
                if self.processes[name].poll() is not None:
                    raise RuntimeError(f"{name} stopped: {(self.folder / f'{name}.log').read_text()[-500:]}")
                with contextlib.suppress(httpx.HTTPError):
                    answer = await client.get(f"http://127.0.0.1:{self.ports[name]}/health/ready", timeout=5)
                    if answer.status_code == 200:
                        return
                await asyncio.sleep(0.1)
        raise RuntimeError(f"{name} was not ready in three minutes")


class Crowd:
    """Clients that send a request, see it accepted by its service, and never take silence for an answer."""

    def __init__(self, port: int, sender: str, service: str, answers: str) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.sender, self.service, self.answers = sender, service, answers
        self.sent: dict[str, str] = {}
        self.accepted: set[str] = set()
        self.twisted: list[str] = []
        self.repeated = 0

    async def walk(self, over: asyncio.Event) -> None:
        while not over.is_set():
            key = str(uuid4())
            body = {
                "text": "we have no money for food this week", "asker": "professional", "near": "NR3 1FH",
                "sender": {"name": "A School", "phone": "01632 960000"},
                "contact": {"channel": "email", "email": f"{key}@example.org"},
                "agreement": {"to_share": True, "to_service": True}, "services": [self.service],
            }  # fmt: skip
            made = await self._until("POST", "/api/requests", self.sender, key, body)
            self.sent[key] = made["id"]
            [referral] = made["referrals"]
            day = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 3 * 86_400))
            act = {"action": "accept", "date": day}
            done = await self._until("POST", f"/api/referrals/{referral}/actions", self.answers, key, act)
            if done["state"] != "accepted":
                self.twisted.append(f"{referral} is {done['state']}")
            self.accepted.add(referral)

    async def _until(self, method: str, path: str, token: str, key: str, body: Any) -> dict[str, Any]:
        """The answer, asked for under one key until it comes."""
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key, "If-Match": '"1"'}
        deadline = time.monotonic() + 180
        while time.monotonic() < deadline:
            try:
                async with httpx.AsyncClient(timeout=20) as client:
                    answer = await client.request(method, self.base + path, json=body, headers=headers)
            except httpx.HTTPError:
                self.repeated += 1
                await asyncio.sleep(0.1)
                continue
            if answer.status_code in {200, 201}:
                found: dict[str, Any] = answer.json()
                return found
            if answer.status_code < 500:
                raise RuntimeError(f"{path}: {answer.status_code} {answer.text[:300]}")
            self.repeated += 1
            await asyncio.sleep(0.1)
        raise RuntimeError(f"{path} was not answered in three minutes")


async def run(folder: Path, *, seconds: float, clients: int = 6, seed: int = 1) -> Report:
    """Load for `seconds`, with a kill about every second; then quiet, and the books."""
    started, chance = time.monotonic(), random.Random(seed)
    inbox, port = Inbox(), _free_port()
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    town = Town(folder, port)
    town.open()
    try:
        await migrate(town.server.url())
        crowd = await _crowd(town)
        await asyncio.to_thread(_compiled, folder)
        town.start("app")
        town.start("worker")
        await asyncio.gather(town.ready("app"), town.ready("worker"))
        kills: Counter[str] = Counter()
        until = time.monotonic() + seconds
        over = asyncio.Event()
        walkers = [asyncio.create_task(crowd.walk(over)) for _ in range(clients)]
        turns = list(VICTIMS)
        while turns or time.monotonic() < until:
            await asyncio.sleep(chance.uniform(0.2, 2.0))
            # Each of the three first, in some order; then whoever the lot falls on.
            name = turns.pop(chance.randrange(len(turns))) if turns else chance.choice(VICTIMS)
            await asyncio.to_thread(town.kill, name)
            kills[name] += 1
        over.set()
        await asyncio.gather(*walkers)
        await town.ready("worker")
        async with _opened(town) as database:
            await _settle(database)
            wrong = [*crowd.twisted, *await _books(database, crowd, inbox)]
            messages = await database.pool.fetchval("select count(*) from outbox_message")
        return Report(
            kills=dict(kills), answered=len(crowd.sent), accepted=len(crowd.accepted), repeated=crowd.repeated,
            messages=messages, twice=sum(each > 1 for each in inbox.seen.values()),
            seconds=time.monotonic() - started, wrong=wrong,
        )  # fmt: skip
    finally:
        town.close()
        controller.stop()


def _compiled(folder: Path) -> None:
    """The rule book, compiled once for both processes: a start after a kill finds it there, as it does in use."""
    if not (folder / "app" / "rules").exists():
        code = "import sys; from pathlib import Path; from directory.routing.route import open_router; "
        code += "from directory.settings import Settings; open_router(Settings(data_dir=Path(sys.argv[1])))"
        subprocess.run([sys.executable, "-c", code, str(folder / "app")], check=True)
    shutil.copytree(folder / "app" / "rules", folder / "worker" / "rules", dirs_exist_ok=True)


async def _crowd(town: Town) -> Crowd:
    """One service, the key of a school that sends and the key of the service that answers."""
    async with _opened(town) as database:
        await database.pool.execute(
            """insert into feed (id, label, url, dialect, publisher, licence, state)
               values ('local', 'x', '', '', '', '', '{}') on conflict do nothing"""
        )
        organization = await database.pool.fetchval(
            """insert into organization (id, feed_id, source_id, name, description, email)
               values (gen_random_uuid(), 'local', 'o', 'A charity', 'x', 'charity@example.org') returning id"""
        )
        service = await database.pool.fetchval(
            """insert into service (id, feed_id, source_id, organization_id, name, description, kind, level, referral,
                 capacity, status) values (gen_random_uuid(), 'local', 's', $1, 'A food bank', 'x', 'voluntary_group',
                 'early_help', 'either', 'open', 'active') returning id""",
            organization,
        )
        _, sender = await keys.issue(database, "school", ["requests.submit"])
        _, answers = await keys.issue(database, "charity", ["referrals.answer"], organization_id=organization)
        return Crowd(town.ports["app"], sender, str(service), answers)


@contextlib.asynccontextmanager
async def _opened(town: Town) -> AsyncIterator[Database]:
    database = await Database(town.server.url(), size=4).open()
    try:
        yield database
    finally:
        await database.close()


async def _settle(database: Database) -> None:
    """Wait for the outbox. What a dead worker had claimed comes back after five minutes: here they are over at once."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        with contextlib.suppress(*AWAY):
            await database.pool.execute(
                """update outbox_message set next_at = now()
                   where state = 'waiting' and next_at > now() + interval '10 s'"""
            )
            if not await database.pool.fetchval(
                "select count(*) from outbox_message where state = 'waiting'"
            ):
                return
        await asyncio.sleep(0.5)


async def _books(database: Database, crowd: Crowd, inbox: Inbox) -> list[str]:
    """Everything that does not hold, in a line each."""
    wrong = []
    stored = {
        row["key"]: str(row["request_id"])
        for row in await database.pool.fetch(
            "select key, request_id from idempotency_key where caller like 'key:%'"
        )
        if row["key"] in crowd.sent
    }
    lost = {key for key, made in crowd.sent.items() if stored.get(key) != made}
    there = await database.pool.fetchval(
        "select count(*) from request where id = any($1)", [UUID(each) for each in crowd.sent.values()]
    )
    if lost or there != len(crowd.sent):
        wrong.append(f"{len(lost)} answered requests are lost, {there} of {len(crowd.sent)} are there")
    for what, found in (
        (
            "requests beyond those that were answered",
            await database.pool.fetchval("select count(*) from request"),
        ),
        ("keys that made two requests", len(set(crowd.sent.values()))),
    ):
        if found != len(crowd.sent):
            wrong.append(f"{what}: {found} against {len(crowd.sent)}")
    for what, sql in (
        ("requests not sent and routed exactly once", """select count(*) from request r where
            (select count(*) from referral_event e where e.request_id = r.id and e.referral_id is null
               and e.action in ('submit', 'route')) <> 2"""),
        ("referrals not accepted exactly once", """select count(*) from referral f where f.status <> 'accepted' or
            (select count(*) from referral_event e where e.referral_id = f.id and e.action = 'accept') <> 1"""),
        ("messages that wait", "select count(*) from outbox_message where state <> 'sent'"),
        ("messages sent without a time", "select count(*) from outbox_message where sent_at is null"),
        ("requests without word to the family", """select count(*) from request r where not exists
            (select from outbox_message m where m.request_id = r.id and m.template = 'family_received')"""),
        ("locks that are left", """select count(*) from pg_locks l join pg_stat_activity a using (pid)
            where l.locktype = 'transactionid' and a.state_change < now() - interval '20 s'"""),
    ):  # fmt: skip
        if count := await database.pool.fetchval(sql):
            wrong.append(f"{what}: {count}")
    ids = {
        str(row["id"])
        for row in await database.pool.fetch("select id from outbox_message where channel <> 'webhook'")
    }
    if missing := ids - set(inbox.seen):
        wrong.append(f"{len(missing)} messages are recorded as sent and never came")
    if strange := set(inbox.seen) - ids:
        wrong.append(f"{len(strange)} messages came that are not recorded")
    return wrong


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="directory-kill-") as name:
        yield Path(name)


@click.command()
@click.option(
    "--seconds",
    type=click.FloatRange(2, 600),
    default=60.0,
    show_default=True,
    help="How long the load lasts.",
)
@click.option(
    "--clients", type=click.IntRange(1, 64), default=6, show_default=True, help="How many press at once."
)
@click.option(
    "--seed", type=int, default=None, help="The moments of another run; made up where none is given."
)
def main(seconds: float, clients: int, seed: int | None) -> None:
    """Kill the app, the worker and the database under load, and read the books."""
    chosen = random.SystemRandom().randrange(10_000) if seed is None else seed
    with _folder() as folder:
        report = asyncio.run(run(folder, seconds=seconds, clients=clients, seed=chosen))
    killed = ", ".join(f"{name} {count} times" for name, count in sorted(report.kills.items()))
    click.echo(f"seed {chosen}: killed {killed}; {report.seconds:.0f} s in all")
    click.echo(
        f"{report.answered} requests answered, {report.accepted} accepted, {report.repeated} repeats; "
        f"{report.messages} messages, {report.twice} of them came twice"
    )
    for line in report.wrong:
        click.echo(f"WRONG: {line}")
    click.echo(
        "nothing lost, nothing doubled, nothing stuck" if not report.wrong else "the books do not hold"
    )
    sys.exit(1 if report.wrong else 0)


if __name__ == "__main__":
    main()
