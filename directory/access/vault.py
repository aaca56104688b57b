"""Personal data at rest: sealed under keys that live outside the database.

Two layers. A master key (`DIRECTORY_SECRET_KEY`, one or several by comma; the first seals, all open) wraps one data
key a request; the data key seals that request's words, names, contacts and notes. Forgetting a data key therefore
erases everything that was said in a request, also in a log that can only be added to, and a change of the master key
rewraps data keys alone. AES-256-GCM; the context (table, column, row) is bound into each seal, so that a sealed value
cannot be moved to another row.
"""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from directory.errors import DirectoryError

SHORTEST = 32  # characters of a master key as it is written down
NONCE = 12
KEY_ID = 4


class SealBroken(DirectoryError):
    """A sealed value that none of our keys opens: the wrong key, or a changed row."""

    title = "Protected data could not be opened"


class DataKey:
    """The key of one request."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, text: str, context: str) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + self._cipher.encrypt(nonce, text.encode(), context.encode())

    def open(self, sealed: bytes, context: str) -> str:
        try:
            return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], context.encode()).decode()
        except InvalidTag:
            raise SealBroken from None


class _Master:
    def __init__(self, written: str) -> None:
        self.id = _derive(written, b"id", KEY_ID)
        self.cipher = AESGCM(_derive(written, b"wrap", 32))
        self.index = _derive(written, b"index", 32)
        self.sign = _derive(written, b"sign", 32)


class Vault:
    """The master keys of this process. Raises ValueError on a key that is too short to be one."""

    def __init__(self, written: str) -> None:
        parts = [part.strip() for part in written.split(",") if part.strip()]
        if not parts or min(map(len, parts)) < SHORTEST:
            raise ValueError(f"DIRECTORY_SECRET_KEY: each key is at least {SHORTEST} random characters")
        self._masters = [_Master(part) for part in parts]

    @property
    def ids(self) -> list[str]:
        """The short public names of the keys, the sealing one first."""
        return [master.id.hex() for master in self._masters]

    def seal(self, plain: bytes, context: str) -> bytes:
        first, nonce = self._masters[0], os.urandom(NONCE)
        return first.id + nonce + first.cipher.encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        for master in self._masters:
            if master.id == sealed[:KEY_ID]:
                try:
                    body = sealed[KEY_ID:]
                    return master.cipher.decrypt(body[:NONCE], body[NONCE:], context.encode())
                except InvalidTag:
                    break
        raise SealBroken

    def current(self, sealed: bytes) -> bool:
        """Whether the first key sealed it: what a rotation has still to do is the rest."""
        return sealed[:KEY_ID] == self._masters[0].id

    def new_data_key(self, context: str) -> tuple[bytes, DataKey]:
        key = secrets.token_bytes(32)
        return self.seal(key, context), DataKey(key)

    def data_key(self, wrapped: bytes, context: str) -> DataKey:
        return DataKey(self.open(wrapped, context))

    def rewrap(self, sealed: bytes, context: str) -> bytes:
        return self.seal(self.open(sealed, context), context)

    def digest(self, kind: str, text: str) -> bytes:
        """A keyed fingerprint to look something up by without storing it; 16 bytes, of the first key."""
        return _digest(self._masters[0].index, kind, text)

    def digests(self, kind: str, text: str) -> list[bytes]:
        """The fingerprints under every key, for rows that are older than the last rotation."""
        return [_digest(master.index, kind, text) for master in self._masters]

    def sign(self, purpose: str, text: str) -> str:
        return _digest(self._masters[0].sign, purpose, text).hex()

    def signed(self, purpose: str, text: str, signature: str) -> bool:
        known = [_digest(master.sign, purpose, text).hex() for master in self._masters]
        return any(hmac.compare_digest(each, signature) for each in known)


def open_vault(secret_key: str, folder: Path) -> Vault:
    """The vault of the written keys; with none, of one made once and kept under the data folder."""
    return Vault(secret_key or _own_key(folder / "secret.key"))


def _own_key(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)  # whole or not at all, and never over one that another process has just made
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return path.read_text().strip()


def _derive(written: str, purpose: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt=None, info=b"flourish-directory/" + purpose).derive(
        written.encode()
    )


def _digest(key: bytes, kind: str, text: str) -> bytes:
    return hmac.digest(key, f"{kind}\x00{text}".encode(), hashlib.sha256)[:16]
