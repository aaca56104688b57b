"""Passwords: Argon2id, and rules that follow the NCSC (long, not known, no composition puzzles)."""

import asyncio
import itertools

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

SHORTEST, LONGEST = 12, 200
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP's floor for Argon2id
_KNOWN = (
    "password", "passw0rd", "letmein", "qwerty", "azerty", "welcome", "iloveyou", "abc123", "123456", "654321",
    "111111", "000000", "monkey", "dragon", "football", "liverpool", "arsenal", "chelsea", "sunshine", "princess",
    "flourish", "norfolk", "norwich", "canaries", "council", "changeme", "trustno1", "summer", "winter", "spring",
    "autumn", "january", "december", "correcthorse",
)  # fmt: skip


def weakness(password: str, email: str = "", name: str = "") -> str | None:
    """Why a password may not be used, in words for its owner; None where it may."""
    if len(password) < SHORTEST:
        return f"use at least {SHORTEST} characters; three or four words that do not belong together are good"
    if len(password) > LONGEST:
        return f"use at most {LONGEST} characters"
    plain = "".join(password.lower().split())
    rest = plain
    for known in (
        *_KNOWN,
        *(part for part in (*email.lower().split("@"), *name.lower().split()) if len(part) > 3),
    ):
        rest = rest.replace(known, "")
    if len(rest) < SHORTEST - 4:
        return "too much of it is a common word, your name or your e-mail address"
    if len(set(plain)) < 6 or plain in plain[1:] + plain[:-1]:
        return "it repeats itself too much"
    codes = [ord(letter) for letter in rest]
    if all(abs(b - a) <= 1 for a, b in itertools.pairwise(codes)):
        return "it is a run of neighbouring characters"
    return None


async def hashed(password: str) -> str:
    """Argon2id of a password; about 30 ms in a thread of its own."""
    return await asyncio.to_thread(_HASHER.hash, password)


async def matches(stored: str | None, password: str) -> bool:
    """Whether it is the password. As slow where there is none to compare with, so that time tells nothing."""
    right = await asyncio.to_thread(_verify, stored or _NOBODY, password[:LONGEST])
    return right and stored is not None


def _verify(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


# The hash of random bytes that nobody kept, with the same parameters as the real ones.
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$ZcFSVpq7TWhXmZQnnmNTfUxJzAjXQgb2TX8zRbL0Yv4"
