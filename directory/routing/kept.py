"""The compiled rule book kept on disk, so that a start does not train it again.

The file is named by the rules, this code and the versions that made it: whatever differs makes another one. It lies in
the data folder, beside the database, and is as trusted as that.
"""

import contextlib
import hashlib
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

T = TypeVar("T")
_PATIENCE = 120  # seconds


def kept(folder: Path | None, version: str, build: Callable[[], T], apart: Sequence[str] = ()) -> T:
    """What `build` makes, from `folder` where it is there. A file that cannot be read is made again.

    `apart` is a command that makes the same file: what making takes is then not left in this process, which stays
    some 100 MB smaller for as long as it lives. Where the command fails, the process makes it itself.
    """
    if folder is None:
        return build()
    path = folder / "rules" / f"{version}-{_code()}.pickle"
    for command in (apart, ()):
        with contextlib.suppress(
            OSError, pickle.UnpicklingError, EOFError, AttributeError, ImportError, ValueError
        ):
            found: T = pickle.loads(path.read_bytes())  # noqa: S301  # our own file in our own folder
            return found
        if command:
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                subprocess.run([*command], check=False, capture_output=True, timeout=_PATIENCE)  # noqa: S603  # ours
    made = build()
    with contextlib.suppress(OSError, pickle.PicklingError):
        _write(path, pickle.dumps(made, protocol=5))
    return made


def _write(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    half = path.with_suffix(f".{os.getpid()}")
    half.write_bytes(body)
    half.chmod(0o600)
    half.replace(path)
    for old in sorted(path.parent.glob("*.pickle"), key=lambda each: each.stat().st_mtime)[:-3]:
        old.unlink(missing_ok=True)


def _code() -> str:
    seen = hashlib.sha256(f"{sys.version_info} {np.__version__}".encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        seen.update(source.read_bytes())
    return seen.hexdigest()[:12]
