"""A raw Open Referral record -> a record that may be stored, with a note for every value that was given up. Pure.

Tolerant in, strict out: the fields come from the Structs of hsds.py, each with its reader from values.py. What
a record cannot be without is filled where an honest value exists, else the part is left out; only a service without
id, name or organization is refused.
"""

import math
from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Any, NamedTuple, get_args, get_type_hints

import msgspec

from directory.catalogue import hsds, publish, validity
from directory.catalogue.ids import derived, kept, stable
from directory.importing import values
from directory.importing.dialects import V3, detect
from directory.importing.parts import FIXES, SUBSTANCE
from directory.importing.shapes import Cleaned, Item, Note
from directory.importing.straight import roots, straight
from directory.importing.tags import Tags
from directory.words import CAPACITIES, REFERRALS, REMOTES

Raw = Mapping[str, Any]
TABLES: dict[type[hsds.Record], str] = {
    hsds.Service: "service", hsds.Organization: "organization", hsds.Location: "location",
    hsds.OrganizationIdentifier: "organization_identifier", hsds.ServiceAtLocation: "service_at_location",
    hsds.Address: "address", hsds.Accessibility: "accessibility", hsds.Contact: "contact", hsds.Phone: "phone",
    hsds.Language: "language", hsds.Schedule: "schedule", hsds.CostOption: "cost_option",
    hsds.Funding: "funding", hsds.ServiceArea: "service_area", hsds.Attribute: "attribute",
    hsds.TaxonomyTerm: "taxonomy_term",
}  # fmt: skip
ROOTS = (hsds.Service, hsds.Organization, hsds.Location)
READERS: dict[str, Callable[[Any], Any]] = {
    "name": values.line, "alternate_name": values.line, "email": values.email, "assurer_email": values.email,
    "url": values.link, "website": values.link, "logo": values.link, "schedule_link": values.link,
    "uri": values.uri, "term_uri": values.uri, "status": values.status, "minimum_age": values.age,
    "maximum_age": values.age, "assured_date": values.date, "valid_from": values.date, "valid_to": values.date,
    "dtstart": values.date, "until": values.date, "last_modified": values.moment, "opens_at": values.clock,
    "closes_at": values.clock, "byday": values.byday, "wkst": values.wkst, "freq": values.freq,
    "byweekno": values.number_list, "bymonthday": values.number_list, "byyearday": values.number_list,
    "interval": values.count, "count": values.count, "timezone": values.number, "amount": values.amount,
    "currency": values.currency, "number": values.phone, "extension": values.number, "country": values.country,
    "latitude": values.number, "longitude": values.number, "year_incorporated": values.year,
    "confidence": values.number, "capacity_status": values.one_of(*CAPACITIES),
    "referral": values.one_of(*REFERRALS), "code": values.line, "option": values.line, "city": values.line,
    "address_1": values.line, "address_2": values.line, "state_province": values.line, "region": values.line,
    "postal_code": values.line, "title": values.line, "identifier": values.line,
    "location_type": values.one_of("physical", "postal", "virtual"),
    "address_type": values.one_of("physical", "postal", "virtual"),
}  # fmt: skip
LINKS = {"id", "service_id", "location_id", "organization_id", "link_id", "taxonomy_term_id",
         "parent_organization_id", "taxonomy_id", "parent_id", "extra", "remote"}  # fmt: skip
UNKNOWN_NAME = "Name not given"


class Shape(NamedTuple):
    """The fields of a Struct: plain ones with their readers, then those that hold other records."""

    scalars: list[tuple[str, Callable[[Any], Any]]]
    lists: list[tuple[str, type[hsds.Record]]]
    required: list[str]


@cache
def shape(kind: type[hsds.Record]) -> Shape:
    hints = get_type_hints(kind)
    found = Shape([], [], [])
    for field in msgspec.structs.fields(kind):
        hint = hints[field.name]
        inner = [each for each in get_args(hint) if isinstance(each, type) and issubclass(each, hsds.Record)]
        if inner:
            if getattr(hint, "__origin__", None) is list:
                found.lists.append((field.name, inner[0]))
        elif hint is bool:
            found.scalars.append((field.name, values.flag))
        elif field.name not in LINKS:
            found.scalars.append((field.name, READERS.get(field.name, values.text)))
        if field.required and field.name != "id":
            found.required.append(field.name)
    return found


class Cleaner:
    """Cleans the records of one feed. `foreign` holds UUIDs that another feed had first: ours get ids of their own."""

    def __init__(self, feed: str, tags: Tags, organizations: Mapping[str, Raw] | None = None) -> None:
        self.feed, self.tags = feed, tags
        self.organizations = organizations or {}
        self.foreign: set[str] = set()
        self.dialects: dict[str, int] = {}
        self._pointer: Callable[[str], str] = str
        self._notes: list[Note] = []
        self._sources: dict[str, str] = {}

    def clean(self, item: Item) -> Cleaned:
        self._notes, self._sources = [], {}
        found = Cleaned(where=item.where)
        raw = item.record
        if not isinstance(raw, Mapping):
            found.reasons = ["is not a record (a JSON object was expected)"]
            return found
        dialect = detect(raw)
        self.dialects[dialect.name] = self.dialects.get(dialect.name, 0) + 1
        if dialect is V3 and (right := straight(raw, self.tags)):
            service, found.mark = right
            found.sources = roots(service)
            if self.foreign.isdisjoint(found.sources):
                found.service, found.source_id, found.name = service, service.id, service.name
                return found
            found.sources, found.mark = {}, b""
        self._pointer = dialect.pointer
        raw = dialect.read(raw, self.feed)
        if not isinstance(raw.get("organization"), Mapping):
            given = self.organizations.get(str(raw.get("organization_id")))
            raw = {**raw, "organization": given} if given else raw
        found.source_id = _source_id(raw)
        found.name = values.short(raw.get("name") or "")
        found.reasons = self._refused(raw)
        if not found.reasons:
            try:
                found.service = self._published(self._service(raw))
            except values.Doubt as doubt:
                found.reasons = [str(doubt)]
        found.notes, found.sources = self._notes, self._sources
        return found

    def _published(self, service: hsds.Service) -> hsds.Service:
        """The service, less what nobody may publish; raises Doubt where that leaves nothing to publish."""
        if validity.valid(msgspec.to_builtins(service)):
            return service
        found = validity.problems(service)
        for problem in found:
            where, _, why = problem.partition(": ")
            path = "/" + where.replace("[", "/").replace("]", "").replace(".", "/")
            self._note(path, f"is left out: {why}", "")
        try:
            record = validity.mended(publish.plain(service))
            mended = msgspec.convert(record, hsds.Service)
        except ValueError as error:
            raise values.Doubt(f"cannot be published: {error}") from None
        if left := validity.problems(mended):
            raise values.Doubt(f"cannot be published: {left[0]}")
        return mended

    def _refused(self, raw: Raw) -> list[str]:
        reasons = []
        if not _source_id(raw):
            reasons.append("has no id")
        elif len(_source_id(raw)) > 400:
            reasons.append("has an id of more than 400 characters")
        if not self._read("/name", raw.get("name"), values.line):
            reasons.append("has no name")
        if not isinstance(raw.get("organization"), Mapping):
            reasons.append("has no organization: who runs it is not said")
        return reasons

    def _service(self, raw: Raw) -> hsds.Service:
        organization = self._organization(raw["organization"])
        service = self._record(hsds.Service, raw, "", "")
        assert isinstance(service, hsds.Service)
        service.organization, service.organization_id = organization, organization.id
        low, high = service.minimum_age, service.maximum_age
        if low is not None and high is not None and low > high:
            self._note("/minimum_age", f"is more than the maximum age, {high:g}", low)
            service.minimum_age = service.maximum_age = None
        service.remote = [each for each in raw.get("remote") or [] if each in REMOTES]
        extra = raw.get("extra")
        service.extra = dict(extra) if isinstance(extra, Mapping) else {}
        for field in ("additional_urls", "required_documents", "program"):
            if raw.get(field):
                service.extra[field] = raw[field]
        return service

    def _organization(self, raw: Raw) -> hsds.Organization:
        path = "/organization"
        if not _source_id(raw) or len(_source_id(raw)) > 400:
            raise values.Doubt("has an organization without an id")
        if not self._read(path + "/name", raw.get("name"), values.line):
            raise values.Doubt("has an organization without a name")
        raw = {"description": None, **raw}
        if not raw.get("website") and raw.get("url"):
            raw["website"] = raw["url"]
        if not self._read(path + "/description", raw["description"], values.text):
            raw["description"] = raw["name"]
            self._note(path + "/description", "is missing; the name stands in for it", "")
        found = self._record(hsds.Organization, raw, path, "")
        assert isinstance(found, hsds.Organization)
        parent = str(raw.get("parent_organization_id") or "")
        found.parent_organization_id = self._root_id("organization", parent) if parent else None
        return found

    def _record(self, kind: type[hsds.Record], raw: Raw, path: str, parent: str) -> Any:
        """The cleaned record, or None where it cannot be one."""
        fields: dict[str, Any] = {}
        known = shape(kind)
        for name, reader in known.scalars:
            value = raw.get(name)
            if value is not None:
                value = self._read(f"{path}/{name}", value, reader)
                if value is not None:
                    fields[name] = value
        if kind is hsds.Service:
            fields.setdefault("status", "active")
        fix = FIXES.get(kind)
        if fix is not None:
            fix(self._note, fields, raw, path)
        if missing := [name for name in known.required if fields.get(name) is None]:
            self._note(path, f"is left out: {' and '.join(missing)} {_is(missing)} missing", "")
            return None
        id_ = self._id(kind, raw, parent, fields)
        for name, inner in known.lists:
            found = raw.get(name)
            if isinstance(found, list):
                fields[name] = self._list(inner, found, f"{path}/{name}", id_)
            elif found:
                self._note(f"{path}/{name}", "is not a list", found)
        if kind in SUBSTANCE and not any(fields.get(name) for name in SUBSTANCE[kind]):
            if any(value not in (None, "", [], {}) for key, value in raw.items() if not key.endswith("id")):
                self._note(path, "is left out: nothing usable in it", "")
            return None
        return kind(id=id_, **fields)

    def _list(self, kind: type[hsds.Record], raw: list[Any], path: str, parent: str) -> list[Any]:
        found: list[hsds.Record] = []
        for number, each in enumerate(raw):
            here = f"{path}/{number}"
            if not isinstance(each, Mapping):
                if each is not None:
                    self._note(here, "is not a record", each)
            elif kind is hsds.Attribute:
                found += self._attribute(each, here, parent)
            elif kind is hsds.ServiceAtLocation:
                found += self._at_location(each, here, parent)
            elif (record := self._record(kind, each, here, parent)) is not None:
                found.append(record)
        return found

    def _at_location(self, raw: Raw, path: str, parent: str) -> list[hsds.ServiceAtLocation]:
        if not isinstance(raw.get("location"), Mapping):
            self._note(path, "is left out: its location is not given", raw.get("location_id") or "")
            return []
        place = self._record(hsds.Location, raw["location"], path + "/location", parent)
        found = self._record(hsds.ServiceAtLocation, raw, path, parent)
        if place is None or found is None:
            return []
        found.service_id, found.location_id, found.location = parent, place.id, place
        return [found]

    def _attribute(self, raw: Raw, path: str, parent: str) -> list[hsds.Attribute]:
        term = self.tags.term(raw)
        if term is None:
            self._note(path, "is left out: its taxonomy term is not given", raw.get("taxonomy_term_id") or "")
            return []
        if not _source_id(raw):
            raw = {**raw, "id": derived(parent, "attribute", term.id)}
        found = self._record(hsds.Attribute, raw, path, parent)
        if found is None:
            return []
        if found.confidence is not None and not 0 < found.confidence <= 1:
            found.confidence = None
        found.taxonomy_term, found.taxonomy_term_id, found.link_id = term, term.id, parent
        return [found]

    def _id(self, kind: type[hsds.Record], raw: Raw, parent: str, fields: Raw) -> str:
        source_id, table = _source_id(raw), TABLES[kind]
        if kind in ROOTS:
            if source_id and len(source_id) <= 400:
                return self._root_id(table, source_id)
            made = derived(self.feed, table, parent, msgspec.json.encode(fields, order="sorted").decode())
            self._sources[made] = made
            return made
        if source_id:
            return kept(self.feed, table, source_id)
        # A part without an id is known by what it says; the same words give the same id in the next run.
        return derived(parent, table, msgspec.json.encode(fields, order="sorted").decode())

    def _root_id(self, table: str, source_id: str) -> str:
        id_ = kept(self.feed, table, source_id)
        if id_ in self.foreign:
            id_ = stable(self.feed, table, source_id)
        self._sources[id_] = source_id
        return id_

    def _read(self, path: str, value: Any, reader: Callable[[Any], Any]) -> Any:
        try:
            return reader(value)
        except values.Doubt as doubt:
            self._note(path, f"is left out: it {doubt}", value)
            return None

    def _note(self, path: str, problem: str, value: Any) -> None:
        self._notes.append(Note(self._pointer(path), problem, values.short(value)))


def _source_id(raw: Raw) -> str:
    found = raw.get("id")
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        return ""
    if isinstance(found, float):
        return str(int(found)) if math.isfinite(found) and found == int(found) else ""
    return values._CONTROL.sub("", str(found)).strip()


def _is(names: Collection[str]) -> str:
    return "is" if len(names) == 1 else "are"
