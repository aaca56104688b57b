"""The numbers that are in view on every page. They come from the rule book's contacts, never from a template."""

import tomllib
from functools import cache
from pathlib import Path

import msgspec

from directory import routing
from directory.errors import DirectoryError
from directory.routing.safety_rules import Contact
from directory.web.wording import N_

RULES = Path(routing.__file__).parent / "rules"
# Which contacts stand at the top of every page, and for what, in words of a few letters.
ALWAYS = (
    ("999", N_("Danger now")),
    ("ncc-public", N_("Worried about a child")),
    ("111-2", N_("Mental health crisis")),
)


@cache
def contacts(rules_dir: str = "") -> dict[str, Contact]:
    """Every contact by id; a council's own `contacts.toml` replaces ours. Raises DirectoryError if one is missing."""
    own = Path(rules_dir) / "contacts.toml" if rules_dir else RULES / "contacts.toml"
    path = own if own.is_file() else RULES / "contacts.toml"
    found = msgspec.convert(tomllib.loads(path.read_text("utf-8"))["contact"], list[Contact])
    by_id = {each.id: each for each in found}
    if missing := [each for each, _ in ALWAYS if each not in by_id]:
        raise DirectoryError(f"{path}: the contact {missing[0]} is on every page and must be there")
    return by_id
