"""The filters of the open lists as SQL conditions with numbered arguments. Pure text.

Nothing that is not published is asked: a search or a distance never tells what a confidential location hides.
"""

from collections.abc import Sequence
from typing import Any

from directory.catalogue.oruk.query import Organizations, Services, TaxonomyTerms, moment

EARTH = 6_371_008.8  # metres, mean radius
SERVICES = "service s join organization o on o.id = s.organization_id"
PLACES = (
    "service_at_location p join location l on l.id = p.location_id join service s on s.id = p.service_id"
    " join organization o on o.id = s.organization_id"
)
TERMS = "taxonomy_term t join taxonomy x on x.id = t.taxonomy_id"
# A tag that is only suggested is not a tag yet. Kind and level are columns, and terms all the same.
TAGGED = (
    "(exists (select from attribute a join taxonomy_term t on t.id = a.taxonomy_term_id"
    " where a.service_id = s.id and a.confidence is null and t.{column} = {value})"
    " or exists (select from taxonomy_term t join taxonomy x on x.id = t.taxonomy_id where t.{column} = {value}"
    " and (x.name, t.code) in (('kind', s.kind), ('level', s.level))))"
)
DISTANCE = (
    f"2 * {EARTH} * asin(least(1, sqrt(sin(radians(l.latitude - {{lat}}) / 2) ^ 2"
    " + cos(radians({lat})) * cos(radians(l.latitude)) * sin(radians(l.longitude - {lon}) / 2) ^ 2)))"
)
NEAR = f"l.latitude is not null and not l.confidential and {DISTANCE} <= {{metres}}"
OF_SERVICE = (
    "select from service_at_location p join location l on l.id = p.location_id where p.service_id = s.id"
)
COVERED = (  # a service that does not say where it is for is for everywhere
    "(not exists (select from service_area c where c.service_id = s.id and c.area is not null)"
    " or exists (select from service_area c where c.service_id = s.id and c.area = any({areas})))"
)
SCHEDULED = (
    "exists (select from schedule h where (h.service_id = s.id or h.service_at_location_id in"
    " (select p.id from service_at_location p join location l on l.id = p.location_id"
    " where p.service_id = s.id and not l.confidential)) and not h.closed{when})"
)


class Where:
    """Conditions that must all hold; `add` fills a template's names with $1, $2, ... and keeps the values."""

    def __init__(self) -> None:
        self.conditions: list[str] = []
        self.values: list[Any] = []

    def add(self, template: str, **values: Any) -> None:
        self.conditions.append(self.filled(template, **values))

    def filled(self, template: str, **values: Any) -> str:
        names = {}
        for name, value in values.items():
            self.values.append(value)
            names[name] = f"${len(self.values)}"
        return template.format(**names)

    @property
    def text(self) -> str:
        return " and ".join(self.conditions) or "true"

    def search(self, words: str | None, columns: str) -> None:
        """Every word is somewhere in `columns`, whatever its case."""
        for word in (words or "").split()[:10]:
            escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            self.add(f"concat_ws(' ', {columns}) ilike {{word}}", word=f"%{escaped}%")


def services(
    wanted: Services, point: tuple[float, float] | None, areas: Sequence[str], *, at_location: bool = False
) -> Where:
    """`point` and `areas` are those of the postcode, where one is given."""
    where = Where()
    where.search(wanted.search, "s.name, s.alternate_name, s.description, o.name")
    if wanted.taxonomy_term_id:
        where.add(TAGGED.replace("{column}", "id"), value=wanted.taxonomy_term_id)
    if wanted.taxonomy_id:
        where.add(TAGGED.replace("{column}", "taxonomy_id"), value=wanted.taxonomy_id)
    if wanted.organization_id:
        where.add("s.organization_id = {value}", value=wanted.organization_id)
    if wanted.modified_after:
        where.add("s.changed_at >= {value}", value=moment(wanted.modified_after))
    if wanted.minimum_age is not None:
        where.add("s.minimum_age >= {value}", value=wanted.minimum_age)
    if wanted.maximum_age is not None:
        where.add("s.maximum_age <= {value}", value=wanted.maximum_age)
    if point is not None:
        where.add(COVERED, areas=list(areas))
        if wanted.proximity is not None:
            near = where.filled(NEAR, lat=point[0], lon=point[1], metres=wanted.proximity)
            where.conditions.append(near if at_location else f"exists ({OF_SERVICE} and {near})")
    if wanted.start_time or wanted.end_time or wanted.day:
        _scheduled(where, wanted)
    return where


def _scheduled(where: Where, wanted: Services) -> None:
    when = ""
    if wanted.start_time:
        when += where.filled(" and h.opens_at >= {value}::text::time", value=wanted.start_time)
    if wanted.end_time:
        when += where.filled(" and h.closes_at <= {value}::text::time", value=wanted.end_time)
    if wanted.day:
        when += where.filled(" and h.byday like {value}", value=f"%{wanted.day}%")
    where.conditions.append(SCHEDULED.replace("{when}", when))


def organizations(wanted: Organizations) -> Where:
    where = Where()
    where.search(wanted.search, "o.name, o.alternate_name, o.description")
    for column, value in (("id", wanted.taxonomy_term_id), ("taxonomy_id", wanted.taxonomy_id)):
        if value:
            tagged = TAGGED.replace("{column}", column)
            where.add(
                f"(exists (select from service s where s.organization_id = o.id and {tagged}) or exists (select"  # noqa: S608
                " from attribute a join taxonomy_term t on t.id = a.taxonomy_term_id"
                f" where a.organization_id = o.id and a.confidence is null and t.{column} = {{value}}))",
                value=value,
            )
    return where


def terms(wanted: TaxonomyTerms) -> Where:
    where = Where()
    where.search(wanted.search, "t.name, t.description")
    if wanted.taxonomy_id:
        where.add("t.taxonomy_id = {value}", value=wanted.taxonomy_id)
    if wanted.parent_id:
        where.add("t.parent_id = {value}", value=wanted.parent_id)
    if wanted.top_only:
        where.add("t.parent_id is null")
    return where
