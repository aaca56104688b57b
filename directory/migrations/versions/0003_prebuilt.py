"""the prebuilt forms of a service beside its record, and the rest of what changes them

Terms of kind and level, names of taxonomies, tags of organizations and locations, and languages of any phone show
in a service's record too.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COLUMNS = ("form", "extras", "card", "rules")

TAGGED = (
    "select a.service_id from terms join attribute a on a.taxonomy_term_id = terms.id where a.service_id is not null"
    " union select sal.service_id from terms join attribute a on a.taxonomy_term_id = terms.id"
    " join service_at_location sal using (location_id)"
    " union select s.id from terms join attribute a on a.taxonomy_term_id = terms.id join service s using (organization_id)"
    " union select s.id from terms join service s"
    " on (terms.taxonomy, terms.code) in (('kind', s.kind), ('level', s.level))"
)
PARTS = {
    "taxonomy_term": "with terms as (select c.id, c.code, t.name as taxonomy from changed c"
    f" join taxonomy t on t.id = c.taxonomy_id) {TAGGED}",
    "taxonomy": "with terms as (select t.id, t.code, c.name as taxonomy from changed c"
    f" join taxonomy_term t on t.taxonomy_id = c.id) {TAGGED}",
    "language": "select service_id from changed where service_id is not null"
    " union select sal.service_id from changed join service_at_location sal using (location_id)"
    " union select p.service_id from changed join phone p on p.id = phone_id where p.service_id is not null"
    " union select sal.service_id from changed join phone p on p.id = phone_id join service_at_location sal"
    " on sal.location_id = p.location_id or sal.id = p.service_at_location_id"
    " union select s.id from changed join phone p on p.id = phone_id join service s using (organization_id)"
    " union select coalesce(c.service_id, s.id, sal.service_id) from changed join phone p on p.id = phone_id"
    " join contact c on c.id = p.contact_id left join service s on s.organization_id = c.organization_id"
    " left join service_at_location sal on sal.location_id = c.location_id or sal.id = c.service_at_location_id",
}


EARLIER = {
    "taxonomy_term": "select a.service_id from changed join attribute a on a.taxonomy_term_id = changed.id"
    " where a.service_id is not null",
    "language": "select service_id from changed where service_id is not null"
    " union select sal.service_id from changed join service_at_location sal using (location_id)"
    " union select p.service_id from changed join phone p on p.id = phone_id where p.service_id is not null",
}
EVENTS = {
    "insert": "referencing new table as new_rows",
    "update": "referencing old table as old_rows new table as new_rows",
    "delete": "referencing old table as old_rows",
}


def upgrade() -> None:
    op.execute("delete from service_record")
    op.add_column("service_record", sa.Column("form", sa.String(), nullable=False))
    for name in COLUMNS[1:]:
        op.add_column("service_record", sa.Column(name, sa.LargeBinary(), nullable=False))
    for name in ("body", *COLUMNS[1:]):  # compressing them costs more than reading and writing them
        op.execute(f"alter table service_record alter column {name} set storage external")
    _set(PARTS)


def downgrade() -> None:
    _set(EARLIER)
    for event in EVENTS:
        op.execute(f"drop trigger part_{event} on taxonomy")
    op.execute("alter table service_record alter column body set storage extended")
    for name in reversed(COLUMNS):
        op.drop_column("service_record", name)


def _set(parts: dict[str, str]) -> None:
    for event, tables in EVENTS.items():
        for part, services in parts.items():
            query = services.replace("'", "''")
            op.execute(f"drop trigger if exists part_{event} on {part}")
            op.execute(
                f"create trigger part_{event} after {event} on {part} {tables}"
                f" for each statement execute function part_changed('{query}')"
            )
