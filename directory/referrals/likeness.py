"""What makes two requests likely to be of the same family: phone, e-mail, postcode, and the words of names. Pure.

Only keyed fingerprints of these are stored (see access/vault.py); searching and comparing happen on them. A phone or an
e-mail says enough by itself. Of the rest it takes two, and each two that a request has are stored as one fingerprint
more: so who shares two is found at once, however many share a first name or a street.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from itertools import combinations

from directory.referrals.shapes import Details

PAIR = "pair"
LESSER = frozenset({"postcode", "name", "birth"})
ENOUGH = ("phone", "email", PAIR)  # the kinds of which one that two requests share makes them alike
_DIGEST = 16  # bytes
_POSTCODE = re.compile(r"\b([A-Z]{1,2}[0-9][A-Z0-9]?) ?([0-9][A-Z]{2})\b")
_NUMBER = re.compile(r"\+?[\d][\d ()-]{6,}\d")


def fingerprints(details: Details, digest: Callable[[str, str], bytes]) -> set[tuple[str, bytes]]:
    """(kind, fingerprint) of every mark and of each two lesser ones; `digest` makes that of one mark."""
    found = {(kind, digest(kind, what)) for kind, what in marks(details)}
    lesser = sorted(each for kind, each in found if kind in LESSER)
    return found | {(PAIR, hashlib.sha256(a + b).digest()[:_DIGEST]) for a, b in combinations(lesser, 2)}


def marks(details: Details) -> Iterator[tuple[str, str]]:
    """(kind, what) of everything that a family can be found again by."""
    if phone := phone_mark(details.contact.phone):
        yield "phone", phone
    if "@" in details.contact.email:
        yield "email", details.contact.email.strip().lower()
    if found := _POSTCODE.search(details.near.upper()):
        yield "postcode", "".join(found.groups())
    for name in (details.name, details.child_name):
        for word in name_words(name):
            yield "name", word
    if details.birth_date:
        yield "birth", details.birth_date.isoformat()


def sought(text: str) -> Iterator[tuple[str, str]]:
    """(kind, what) that a search for `text` should look for: each could be a name, and the whole a number or code."""
    upper = text.upper()
    if found := _POSTCODE.search(upper):
        yield "postcode", "".join(found.groups())
        return
    if (number := _NUMBER.search(text)) and (phone := phone_mark(number.group())):
        yield "phone", phone
        return
    if "@" in text:
        yield "email", text.strip().lower()
        return
    for word in name_words(text):
        yield "name", word


def phone_mark(text: str) -> str:
    """National digits of a British number, other digits as they are; empty where there are too few."""
    digits = re.sub(r"\D", "", text)
    digits = digits.removeprefix("00")
    if digits.startswith("44"):
        digits = "0" + digits[2:].removeprefix("0")
    return digits if len(digits) >= 7 else ""


def name_words(text: str) -> list[str]:
    return [word for word in re.findall(r"[^\W\d_]+", text.casefold()) if len(word) > 1][:6]
