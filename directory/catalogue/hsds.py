"""Open Referral UK 3.0 / HSDS 3.1 records as Structs: what we publish, and what every import is turned into first.

An empty optional field is left out on the wire, never null or "". Ids are UUID strings in lower case. Times are
"HH:MM", dates "YYYY-MM-DD", moments RFC 3339 in UTC with milliseconds. The last block of some records holds
extensions: allowed by both standards, ours where an import finds them.
"""

from typing import Any

import msgspec
from msgspec import Struct


class Record(Struct, omit_defaults=True, kw_only=True, gc=False):  # records never form a ring
    id: str


class TaxonomyTerm(Record, kw_only=True):
    """`code` is ours in the taxonomies `flourish`, `needs`, `kind` and `level`."""

    code: str | None = None
    name: str
    description: str
    parent_id: str | None = None
    taxonomy: str | None = None
    taxonomy_id: str | None = None
    language: str | None = None
    term_uri: str | None = None


class Taxonomy(Record, kw_only=True):
    name: str
    description: str
    uri: str | None = None
    version: str | None = None


class Attribute(Record, kw_only=True):
    link_id: str | None = None
    link_type: str | None = None
    link_entity: str | None = None
    taxonomy_term_id: str | None = None
    value: str | None = None
    label: str | None = None
    taxonomy_term: TaxonomyTerm | None = None
    confidence: float | None = None  # extension: present while only suggested


class Language(Record, kw_only=True):
    code: str | None = None
    name: str | None = None
    note: str | None = None


class Phone(Record, kw_only=True):
    number: str
    extension: float | None = None
    type: str | None = None
    description: str | None = None
    languages: list[Language] = []


class Contact(Record, kw_only=True):
    name: str | None = None
    title: str | None = None
    department: str | None = None
    email: str | None = None
    phones: list[Phone] = []


class Schedule(Record, kw_only=True):
    valid_from: str | None = None
    valid_to: str | None = None
    dtstart: str | None = None
    timezone: float | None = None
    until: str | None = None
    count: int | None = None
    wkst: str | None = None
    freq: str | None = None
    interval: int | None = None
    byday: str | None = None
    byweekno: str | None = None
    bymonthday: str | None = None
    byyearday: str | None = None
    description: str | None = None
    opens_at: str | None = None
    closes_at: str | None = None
    schedule_link: str | None = None
    attending_type: str | None = None
    notes: str | None = None
    closed: bool = False  # extension: these are times when it is shut
    term_time: bool = False  # extension: in Norfolk's school terms only


class CostOption(Record, kw_only=True):
    valid_from: str | None = None
    valid_to: str | None = None
    option: str | None = None
    currency: str | None = None
    amount: float | None = None
    amount_description: str | None = None


class Funding(Record, kw_only=True):
    source: str | None = None


class ServiceArea(Record, kw_only=True):
    name: str | None = None
    description: str | None = None
    extent: str | None = None
    extent_type: str | None = None
    uri: str | None = None
    area: str | None = None  # extension: our reference, "kind:code"


class Accessibility(Record, kw_only=True):
    description: str | None = None
    details: str | None = None
    url: str | None = None


class Address(Record, kw_only=True):
    attention: str | None = None
    address_1: str
    address_2: str | None = None
    city: str
    region: str | None = None
    state_province: str
    postal_code: str
    country: str = msgspec.field(
        default_factory=lambda: "GB"
    )  # made, not default: what is required is never left out
    address_type: str = msgspec.field(default_factory=lambda: "physical")


class Location(Record, kw_only=True):
    location_type: str
    url: str | None = None
    name: str | None = None
    alternate_name: str | None = None
    description: str | None = None
    transportation: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    external_identifier: str | None = None
    external_identifier_type: str | None = None
    addresses: list[Address] = []
    accessibility: list[Accessibility] = []
    contacts: list[Contact] = []
    phones: list[Phone] = []
    languages: list[Language] = []
    schedules: list[Schedule] = []
    attributes: list[Attribute] = []
    # Extension. A confidential location is never published with anything but id and type; inside, it is whole.
    confidential: bool = False


class ServiceAtLocation(Record, kw_only=True):
    service_id: str | None = None
    location_id: str | None = None
    description: str | None = None
    contacts: list[Contact] = []
    phones: list[Phone] = []
    schedules: list[Schedule] = []
    service_areas: list[ServiceArea] = []
    location: Location | None = None


class OrganizationIdentifier(Record, kw_only=True):
    organization_id: str | None = None
    identifier_scheme: str | None = None
    identifier_type: str
    identifier: str


class Organization(Record, kw_only=True):
    name: str
    description: str
    alternate_name: str | None = None
    email: str | None = None
    website: str | None = None
    logo: str | None = None
    uri: str | None = None
    legal_status: str | None = None
    year_incorporated: int | None = None
    parent_organization_id: str | None = None
    organization_identifiers: list[OrganizationIdentifier] = []
    contacts: list[Contact] = []
    phones: list[Phone] = []
    funding: list[Funding] = []
    attributes: list[Attribute] = []
    extra: dict[str, Any] = {}


class Service(Record, kw_only=True):
    organization_id: str | None = None
    name: str
    alternate_name: str | None = None
    description: str | None = None
    url: str | None = None
    email: str | None = None
    status: str
    interpretation_services: str | None = None
    application_process: str | None = None
    fees_description: str | None = None
    wait_time: str | None = None
    accreditations: str | None = None
    eligibility_description: str | None = None
    minimum_age: float | None = None
    maximum_age: float | None = None
    assured_date: str | None = None
    assurer_email: str | None = None
    licenses: str | None = None
    alert: str | None = None
    last_modified: str | None = None
    organization: Organization | None = None
    phones: list[Phone] = []
    schedules: list[Schedule] = []
    service_areas: list[ServiceArea] = []
    service_at_locations: list[ServiceAtLocation] = []
    languages: list[Language] = []
    funding: list[Funding] = []
    cost_options: list[CostOption] = []
    contacts: list[Contact] = []
    attributes: list[Attribute] = []
    # Extensions.
    capacity_status: str | None = None  # open, limited, waiting_list, full, paused
    referral: str | None = None  # self, professional, either
    remote: list[str] = []  # phone, online, text, home_visit, in_school
    extra: dict[str, Any] = {}  # what a feed said that no field holds


encoder = msgspec.json.Encoder()
