"""Records -> rows: a service and all its parts as tuples for COPY, table by table. Pure.

A root (organization, location, service) that the database has already goes to `known`, any other to `fresh`:
fresh ones are copied straight in, known ones are compared first. A child's id that is used twice is derived
from its parent's, so that a careless feed cannot make two parts fight over one row.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from directory.catalogue import hsds
from directory.catalogue.ids import derived, stable
from directory.words import KINDS, LEVELS

Term = tuple[str, str]
"""What tells a taxonomy term from any other: the taxonomy's name and the term's code."""

_date = lru_cache(maxsize=4096)(dt.date.fromisoformat)
_time = lru_cache(maxsize=4096)(dt.time.fromisoformat)
_json = msgspec.json.Encoder().encode
_EMPTY = "{}"

PARENTS: dict[str, tuple[str, ...]] = {
    "organization_identifier": ("organization_id",),
    "service_at_location": ("service_id", "location_id"),
    "contact": ("service_id", "organization_id", "location_id", "service_at_location_id"),
    "phone": ("service_id", "organization_id", "location_id", "service_at_location_id", "contact_id"),
    "language": ("service_id", "location_id", "phone_id"),
    "schedule": ("service_id", "location_id", "service_at_location_id"),
    "cost_option": ("service_id",),
    "service_area": ("service_id", "service_at_location_id"),
    "accessibility": ("location_id",),
    "address": ("location_id",),
    "funding": ("service_id", "organization_id"),
    "attribute": ("service_id", "organization_id", "location_id"),
}
ROOTS = ("organization", "location", "service")
_OWN = {
    "organization": "feed_id source_id name alternate_name description email website uri logo legal_status"
    " year_incorporated extra",
    "location": "feed_id source_id location_type name alternate_name description transportation latitude"
    " longitude url external_identifier external_identifier_type confidential",
    "service": "feed_id source_id organization_id name alternate_name description url email status kind level"
    " capacity referral remote interpretation_services application_process fees_description wait_time"
    " accreditations licenses eligibility_description minimum_age maximum_age assured_date assurer_email"
    " alert extra last_modified",
    "organization_identifier": "identifier_type identifier identifier_scheme",
    "service_at_location": "description",
    "contact": "name title department email",
    "phone": "number extension type description",
    "language": "code name note",
    "schedule": "valid_from valid_to dtstart until count wkst freq interval byday byweekno bymonthday byyearday"
    " opens_at closes_at timezone description schedule_link attending_type notes closed term_time",
    "cost_option": "valid_from valid_to option currency amount amount_description",
    "service_area": "name description extent extent_type uri area",
    "accessibility": "description details url",
    "address": "attention address_1 address_2 city region state_province postal_code country address_type",
    "funding": "source",
    "attribute": "taxonomy_term_id link_type value label confidence",
}
# Parents come before their parts: copied in this order, every foreign key finds its row.
TABLES = (*ROOTS, *PARENTS)
COLUMNS = {table: ("id", *PARENTS.get(table, ()), *_OWN[table].split()) for table in TABLES}

# The other parents' columns, all null, before and after the one parent's.
_AROUND = {
    (table, column): ((None,) * number, (None,) * (len(parents) - number - 1))
    for table, parents in PARENTS.items()
    for number, column in enumerate(parents)
}


class Rows:
    """Tuples in the order of `COLUMNS`, by table. `taken` are ids that belong to somebody else's parts."""

    def __init__(self, taken: Collection[str] = ()) -> None:
        self.tables: dict[str, list[tuple[Any, ...]]] = {table: [] for table in TABLES}
        self.taken = taken
        self.seen: set[tuple[str, str]] = set()
        self.derived = False  # whether any part got another id than its own

    def part(self, table: str, id_: str, parent: str, column: str, values: tuple[Any, ...]) -> str:
        key = (table, id_)
        if key in self.seen or id_ in self.taken:
            self.derived = True
            id_ = derived(parent, id_)
            while (table, id_) in self.seen:
                id_ = derived(parent, id_)
            key = (table, id_)
        self.seen.add(key)
        before, after = _AROUND[table, column]
        self.tables[table].append((id_, *before, parent, *after, *values))
        return id_

    def __bool__(self) -> bool:
        return any(self.tables.values())


class Flattener:
    """Turns services into rows. `exists` are the ids of roots in the database, `terms` the ids of known terms."""

    def __init__(
        self,
        feed: str,
        exists: Collection[str],
        terms: Mapping[Term, str],
        *,
        sources: Mapping[str, str],
        taken: Collection[str] = (),
    ) -> None:
        self.feed, self.exists, self.terms, self.sources = feed, exists, terms, sources
        self.fresh, self.known = Rows(taken), Rows(taken)
        self.known.seen = self.fresh.seen
        self.done: set[str] = set()

    @property
    def derived(self) -> bool:
        return self.fresh.derived or self.known.derived

    def _rows(self, root: str) -> Rows:
        return self.known if root in self.exists else self.fresh

    def _source(self, id_: str) -> str:
        return self.sources.get(id_, id_)

    def organization(self, org: hsds.Organization) -> None:
        if org.id in self.done:
            return
        self.done.add(org.id)
        rows = self._rows(org.id)
        rows.tables["organization"].append(
            (org.id, self.feed, self._source(org.id), org.name, org.alternate_name, org.description, org.email,
             org.website, org.uri, org.logo, org.legal_status, org.year_incorporated, _extra(org.extra))
        )  # fmt: skip
        at = (org.id, "organization_id")
        for each in org.organization_identifiers:
            values = (each.identifier_type, each.identifier, each.identifier_scheme)
            rows.part("organization_identifier", each.id, *at, values)
        self._shared(rows, *at, org.contacts, org.phones)
        for money in org.funding:
            rows.part("funding", money.id, *at, (money.source,))
        self._attributes(rows, *at, org.attributes)

    def location(self, place: hsds.Location) -> None:
        if place.id in self.done:
            return
        self.done.add(place.id)
        rows = self._rows(place.id)
        rows.tables["location"].append(
            (place.id, self.feed, self._source(place.id), place.location_type, place.name, place.alternate_name,
             place.description, place.transportation, place.latitude, place.longitude, place.url,
             place.external_identifier, place.external_identifier_type, place.confidential)
        )  # fmt: skip
        at = (place.id, "location_id")
        for address in place.addresses:
            rows.part(
                "address", address.id, *at,
                (address.attention, address.address_1, address.address_2, address.city, address.region,
                 address.state_province, address.postal_code, address.country, address.address_type),
            )  # fmt: skip
        for each in place.accessibility:
            rows.part("accessibility", each.id, *at, (each.description, each.details, each.url))
        self._shared(rows, *at, place.contacts, place.phones)
        self._languages(rows, *at, place.languages)
        self._schedules(rows, *at, place.schedules)
        self._attributes(rows, *at, place.attributes)

    def service(self, service: hsds.Service) -> None:
        assert service.organization is not None
        if service.id in self.done:
            return
        self.done.add(service.id)
        self.organization(service.organization)
        rows = self._rows(service.id)
        tags = {
            key[0]: key[1]
            for each in service.attributes
            if each.confidence is None and (key := term_key(each)) and key[0] in {"kind", "level"}
        }
        kind, level = tags.get("kind"), tags.get("level")
        rows.tables["service"].append(
            (service.id, self.feed, self._source(service.id), service.organization.id, service.name,
             service.alternate_name, service.description, service.url, service.email, service.status,
             kind if kind in KINDS else None, level if level in LEVELS else None,
             service.capacity_status or "open", service.referral, service.remote,
             service.interpretation_services, service.application_process, service.fees_description,
             service.wait_time, service.accreditations, service.licenses, service.eligibility_description,
             service.minimum_age, service.maximum_age, _on(service.assured_date), service.assurer_email,
             service.alert, _extra(service.extra), _moment(service.last_modified))
        )  # fmt: skip
        at = (service.id, "service_id")
        self._shared(rows, *at, service.contacts, service.phones)
        self._languages(rows, *at, service.languages)
        self._schedules(rows, *at, service.schedules)
        self._areas(rows, *at, service.service_areas)
        for cost in service.cost_options:
            rows.part(
                "cost_option", cost.id, *at,
                (_on(cost.valid_from), _on(cost.valid_to), cost.option, cost.currency, cost.amount,
                 cost.amount_description),
            )  # fmt: skip
        for money in service.funding:
            rows.part("funding", money.id, *at, (money.source,))
        self._attributes(rows, *at, service.attributes)
        self._locations(rows, service)

    def _locations(self, rows: Rows, service: hsds.Service) -> None:
        here: dict[str, str] = {}  # one row for a service at a location, however often the feed says it
        for each in service.service_at_locations:
            if each.location is None:
                continue
            place = each.location.id
            self.location(each.location)
            if place not in here:
                id_ = each.id
                if ("service_at_location", id_) in rows.seen or id_ in rows.taken:
                    rows.derived = True
                    id_ = derived(service.id, place, id_)
                rows.seen.add(("service_at_location", id_))
                rows.tables["service_at_location"].append((id_, service.id, place, each.description))
                here[place] = id_
            at = (here[place], "service_at_location_id")
            self._shared(rows, *at, each.contacts, each.phones)
            self._schedules(rows, *at, each.schedules)
            self._areas(rows, *at, each.service_areas)

    def _shared(
        self,
        rows: Rows,
        parent: str,
        column: str,
        contacts: Iterable[hsds.Contact],
        phones: Iterable[hsds.Phone],
    ) -> None:
        for each in contacts:
            values = (each.name, each.title, each.department, each.email)
            contact = rows.part("contact", each.id, parent, column, values)
            self._phones(rows, contact, "contact_id", each.phones)
        self._phones(rows, parent, column, phones)

    def _phones(self, rows: Rows, parent: str, column: str, phones: Iterable[hsds.Phone]) -> None:
        for each in phones:
            values = (each.number, each.extension, each.type, each.description)
            phone = rows.part("phone", each.id, parent, column, values)
            self._languages(rows, phone, "phone_id", each.languages)

    def _languages(self, rows: Rows, parent: str, column: str, languages: Iterable[hsds.Language]) -> None:
        for each in languages:
            rows.part("language", each.id, parent, column, (each.code, each.name, each.note))

    def _areas(self, rows: Rows, parent: str, column: str, areas: Iterable[hsds.ServiceArea]) -> None:
        for each in areas:
            values = (each.name, each.description, each.extent, each.extent_type, each.uri, each.area)
            rows.part("service_area", each.id, parent, column, values)

    def _schedules(self, rows: Rows, parent: str, column: str, schedules: Iterable[hsds.Schedule]) -> None:
        for s in schedules:
            rows.part(
                "schedule", s.id, parent, column,
                (_on(s.valid_from), _on(s.valid_to), _on(s.dtstart), _on(s.until), s.count, s.wkst, s.freq,
                 s.interval, s.byday, s.byweekno, s.bymonthday, s.byyearday, _at(s.opens_at), _at(s.closes_at),
                 s.timezone, s.description, s.schedule_link, s.attending_type, s.notes, s.closed, s.term_time),
            )  # fmt: skip

    def _attributes(self, rows: Rows, parent: str, column: str, attributes: Iterable[hsds.Attribute]) -> None:
        here: set[str] = set()
        for each in attributes:
            key = term_key(each)
            term = self.terms.get(key) if key else None
            if key is None or term is None or term in here:
                continue
            if column == "service_id" and key[0] in {"kind", "level"} and each.confidence is None:
                continue  # a column of the service says it
            here.add(term)
            values = (term, each.link_type, each.value, each.label, each.confidence)
            rows.part("attribute", each.id, parent, column, values)


def term_key(attribute: hsds.Attribute) -> Term | None:
    term = attribute.taxonomy_term
    return (term.taxonomy, term.code or term.id) if term is not None and term.taxonomy else None


def terms_of(services: Iterable[hsds.Service]) -> dict[Term, hsds.TaxonomyTerm]:
    """Every taxonomy term that the services, their organizations and their locations are tagged with."""
    found: dict[Term, hsds.TaxonomyTerm] = {}
    for service in services:
        lists = [service.attributes, service.organization.attributes if service.organization else []]
        lists += [each.location.attributes for each in service.service_at_locations if each.location]
        for attributes in lists:
            for each in attributes:
                key = term_key(each)
                if key is not None and each.taxonomy_term is not None:
                    found.setdefault(key, each.taxonomy_term)
    return found


@lru_cache(maxsize=4096)
def term_id(key: Term) -> str:
    """The id of a term that nobody gave one: the same in every directory."""
    return stable("taxonomies", key[0], key[1])


def _extra(extra: Mapping[str, Any]) -> str:
    return _json(extra).decode() if extra else _EMPTY


def _optional(read: Callable[[str], Any]) -> Callable[[str | None], Any]:
    return lambda text: None if text is None else read(text)


_on = _optional(_date)
_at = _optional(_time)
_moment = _optional(dt.datetime.fromisoformat)
