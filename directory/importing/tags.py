"""The taxonomy term of an attribute, whatever way a feed says it. Pure.

Terms of taxonomies named `flourish`, `needs`, `kind` and `level` that carry our codes (or our labels) become ours;
a taxonomy of that name with other words in it is the feed's own and is kept apart under the feed's name.
"""

import re
from collections.abc import Mapping
from typing import Any

from directory.catalogue import hsds
from directory.catalogue.ids import kept
from directory.catalogue.rows import Term, term_id
from directory.importing import values
from directory.words import TAXONOMIES

Raw = Mapping[str, Any]


class Tags:
    """`ours` are the terms of our four taxonomies; `terms` and `taxonomies` what the feed lists apart, by its ids."""

    def __init__(
        self,
        feed: str,
        ours: Mapping[Term, hsds.TaxonomyTerm],
        *,
        terms: Mapping[str, Raw] | None = None,
        taxonomies: Mapping[str, str] | None = None,
    ) -> None:
        self.feed, self.ours = feed, ours
        self.terms, self.taxonomies = terms or {}, taxonomies or {}
        self.labels = {(key[0], _folded(term.name)): key for key, term in ours.items()}
        self._found: dict[tuple[str, str, str], hsds.TaxonomyTerm] = {}

    def term(self, attribute: Raw) -> hsds.TaxonomyTerm | None:
        raw = attribute.get("taxonomy_term")
        if not isinstance(raw, Mapping):
            raw = self.terms.get(str(attribute.get("taxonomy_term_id")), {})
        name = _line(raw.get("name")) or _line(raw.get("term")) or _line(raw.get("code"))
        if not name:
            return None
        taxonomy = self._taxonomy(raw)
        code = _line(raw.get("code"))
        if taxonomy.lower() in TAXONOMIES:
            own = taxonomy.lower()
            key = (own, code or "")
            if key not in self.ours:
                key = self.labels.get((own, _folded(name)), key)
            if key in self.ours:
                return self.ours[key]
            taxonomy = f"{self.feed}: {own}"
        source_id = _line(raw.get("id")) or code or name
        code = code or source_id
        found = self._found.get((taxonomy, code, name))
        if found is None:
            found = hsds.TaxonomyTerm(
                id=kept(self.feed, "taxonomy_term", source_id)
                if raw.get("id")
                else term_id((taxonomy, code)),
                code=code[:400],
                name=name,
                description=_text(raw.get("description")) or name,
                taxonomy=taxonomy[:400],
                term_uri=_uri(raw.get("term_uri") or raw.get("uri")),
            )
            if len(self._found) < 20_000:
                self._found[taxonomy, code, name] = found
        return found

    def _taxonomy(self, raw: Raw) -> str:
        detail = raw.get("taxonomy_detail")
        named = raw.get("taxonomy")
        for each in (
            named.get("name") if isinstance(named, Mapping) else named,
            detail.get("name") if isinstance(detail, Mapping) else None,
            self.taxonomies.get(str(raw.get("taxonomy_id"))),
            raw.get("vocabulary"),
        ):
            if found := _line(each):
                return found
        return f"{self.feed}: terms"


def slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _folded(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


def _line(value: Any) -> str | None:
    try:
        return values.line(value)
    except values.Doubt:
        return None


def _text(value: Any) -> str | None:
    try:
        return values.text(value)
    except values.Doubt:
        return None


def _uri(value: Any) -> str | None:
    try:
        return values.uri(value)
    except values.Doubt:
        return None
