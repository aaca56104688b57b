"""Invented families: names, ways to reach them that reach nobody, and what they say. Pure.

Numbers are from Ofcom's drama ranges, addresses end in example.org; words are the rule book's own examples of how
people say a need.
"""

import datetime as dt
import random
import tomllib
from collections.abc import Mapping
from functools import cache

from msgspec import Struct

from directory.importing.vocabulary import RULES
from directory.referrals.codes import Channel
from directory.referrals.shapes import Contact, Details, Person

_FIRST = (
    "Amber", "Ana", "Beth", "Carly", "Charlotte", "Dawn", "Ewa", "Farah", "Gemma", "Hannah", "Ines", "Jade", "Jo",
    "Katie", "Laima", "Leanne", "Maria", "Megan", "Nadia", "Olga", "Paula", "Rachel", "Ruth", "Sam", "Tara", "Zoe",
    "Adam", "Ben", "Carlos", "Dan", "Ed", "Fraser", "George", "Hassan", "Ian", "Jack", "Karl", "Liam", "Marek", "Nick",
    "Omar", "Pete", "Rob", "Stefan", "Tom", "Will",
)  # fmt: skip
_LAST = (
    "Alderton", "Bunn", "Catchpole", "Dack", "Eke", "Farrow", "Gooch", "Howes", "Ives", "Jermy", "Kett", "Larter",
    "Mallett", "Nudd", "Oram", "Pegg", "Quantrill", "Rix", "Starling", "Thirtle", "Utting", "Vincent", "Wace",
    "Yaxley", "Brzozowska", "Petrauskas", "Silva", "Ionescu", "Begum", "Kovalenko", "Ferreira", "Mazur",
)  # fmt: skip
_CHILD = (
    "Alfie", "Ava", "Bobby", "Chloe", "Daisy", "Dylan", "Ella", "Finley", "Freya", "Harley", "Isla", "Jacob", "Kai",
    "Lily", "Lukas", "Maisie", "Mila", "Noah", "Ollie", "Poppy", "Riley", "Sofia", "Theo", "Tilly", "Zac", "Amelia",
)  # fmt: skip
_SCHOOLS = ("a primary school", "a high school", "a nursery", "a college")
_ROLES = ("Pastoral lead", "Head of year", "Health visitor", "Family worker", "School nurse")


class Family(Struct, frozen=True):
    """Somebody who asks, perhaps more than once: the same telephone says that it is the same family."""

    name: str
    child: str
    born: dt.date
    phone: str
    email: str
    postcode: str
    areas: tuple[str, ...]
    channel: Channel
    shared: bool


def family(
    rng: random.Random,
    number: int,
    postcode: str,
    areas: tuple[str, ...],
    today: dt.date,
    ages: tuple[int, int],
) -> Family:
    """`number` makes the telephone and address its own among 1,000 landlines and as many mobiles of each range."""
    first, last = rng.choice(_FIRST), rng.choice(_LAST)
    low, high = ages
    born = today - dt.timedelta(days=rng.randint(low * 365 + 30, high * 365 + 300))
    phone = f"07700 900{number % 1000:03d}" if rng.random() < 0.8 else f"01632 960{number % 1000:03d}"
    return Family(
        name=f"{first} {last}", child=f"{rng.choice(_CHILD)} {last}", born=born, phone=phone,
        email=f"{first}.{last}.{number}@example.org".lower(), postcode=postcode, areas=areas,
        channel=_way(rng), shared=rng.random() < 0.06,
    )  # fmt: skip


_WAYS: tuple[Channel, ...] = ("phone", "text", "email", "none")


def _way(rng: random.Random) -> Channel:
    return rng.choices(_WAYS, (5, 3, 4, 1))[0]


def details(
    rng: random.Random, who: Family, need: str, asker: str, *, concern: str = "", text: str = ""
) -> Details:
    """The sealed part of what `who` asks; somebody else asks for them where `asker` is no "self"."""
    words = said()[need]["staff" if asker == "professional" else "family"]
    said_ = text or rng.choice(words)
    sender = Person()
    if asker == "professional":
        sender = Person(
            name=f"{rng.choice(_FIRST)} {rng.choice(_LAST)}", role=rng.choice(_ROLES),
            organization=f"Invented: {rng.choice(_SCHOOLS)}", phone=f"01632 960{rng.randint(0, 999):03d}",
            email=f"worker{rng.randint(1, 99)}@school.example.org",
        )  # fmt: skip
    elif asker == "someone":
        sender = Person(name=f"{rng.choice(_FIRST)} {who.name.split()[-1]}", role="Grandparent")
    # The address of e-mail is unique to a family; a shared number is never written to.
    return Details(
        text=said_[:1].upper() + said_[1:] + ".", name=who.name, child_name=who.child, birth_date=who.born,
        near=who.postcode, language="en", concern=concern, sender=sender,
        contact=Contact(
            channel=who.channel, phone=who.phone, email=who.email, shared=["phone"] if who.shared else [],
            when=rng.choice(("", "", "after 3.30 in the week", "mornings are best", "not during school run")),
        ),
    )  # fmt: skip


@cache
def said() -> Mapping[str, Mapping[str, list[str]]]:
    """Need -> who speaks -> examples of how they say it, from the rule book."""
    found = {}
    for path in sorted((RULES / "phrases").glob("*.toml")):
        found[path.stem] = tomllib.loads(path.read_text("utf-8"))
    return found
