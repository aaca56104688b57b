"""The words that tags are made of: the taxonomies `flourish`, `needs`, `kind` and `level`, from the rule book."""

import tomllib
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

from directory.catalogue import hsds
from directory.catalogue.rows import Term, term_id
from directory.catalogue.write import store_terms
from directory.db import Connection
from directory.words import AUDIENCE_LABELS, KIND_LABELS, LEVEL_LABELS, OUTCOME_LABELS

RULES = Path(__file__).resolve().parents[1] / "routing" / "rules"


class Need(Struct, frozen=True):
    """One of the needs of the rule book, as far as a tag shows it."""

    code: str
    label: str
    definition: str


class _Needs(Struct):
    need: list[Need]


@cache
def needs() -> tuple[Need, ...]:
    return tuple(msgspec.convert(tomllib.loads((RULES / "needs.toml").read_text("utf-8")), _Needs).need)


@cache
def vocabulary() -> dict[Term, hsds.TaxonomyTerm]:
    """Every term of our taxonomies, by taxonomy and code."""
    words = [
        ("flourish", OUTCOME_LABELS),
        ("kind", KIND_LABELS),
        ("level", LEVEL_LABELS),
        ("audience", AUDIENCE_LABELS),
    ]
    found = [(name, code, label, label) for name, labels in words for code, label in labels.items()]
    found += [("needs", need.code, need.label, need.definition) for need in needs()]
    return {
        (taxonomy, code): hsds.TaxonomyTerm(
            id=term_id((taxonomy, code)), code=code, name=name, description=description, taxonomy=taxonomy
        )
        for taxonomy, code, name, description in found
    }


async def load_vocabulary(connection: Connection) -> None:
    """Put the terms where tags find them; those that are there stay."""
    await store_terms(connection, vocabulary())
