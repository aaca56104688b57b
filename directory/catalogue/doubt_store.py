"""Public reports of a service, stored and read. A check of the service after a report settles it by itself."""

import datetime as dt
from typing import ClassVar
from uuid import UUID

from sqlmodel import Field, SQLModel

from directory.catalogue.doubts import KINDS, Doubt
from directory.catalogue.hours import LONDON
from directory.db import Database, Reader
from directory.errors import BadRequest, FieldError, NotFound


class ServiceDoubt(SQLModel, table=True):
    """How many people reported one kind of fault of a service on one day."""

    __tablename__: ClassVar[str] = "service_doubt"
    service_id: UUID = Field(foreign_key="service.id", ondelete="CASCADE", primary_key=True)
    kind: str = Field(primary_key=True, max_length=20)
    day: dt.date = Field(primary_key=True)
    count: int


async def doubt(database: Database, service_id: UUID, kind: str) -> None:
    """Count one report. Raises BadRequest for a kind that is none, NotFound for a service that is not there."""
    if kind not in KINDS:
        raise BadRequest(errors=[FieldError("what", "choose what is wrong")])
    stored = await database.pool.fetchval(
        """insert into service_doubt (service_id, kind, day, count)
           select id, $2, $3, 1 from service where id = $1
           on conflict (service_id, kind, day) do update set count = service_doubt.count + 1 returning count""",
        service_id,
        kind,
        dt.datetime.now(LONDON).date(),
    )
    if stored is None:
        raise NotFound("no service has this id")


async def doubts(reader: Reader, most: int = 100) -> list[Doubt]:
    """What was reported since each service was last checked, the gravest and most often reported first."""
    rows = await reader.fetch(
        """select d.service_id::text, s.name, coalesce(o.name, '') as organization, d.kind,
                  sum(d.count)::int as count, max(d.day)::text as day
           from service_doubt d join service s on s.id = d.service_id
           left join organization o on o.id = s.organization_id
           where s.status = 'active' and (s.assured_date is null or d.day > s.assured_date)
           group by d.service_id, s.name, o.name, d.kind
           order by d.kind <> 'unsafe', sum(d.count) desc, max(d.day) desc, s.name, d.kind limit $1""",
        most,
    )
    return [Doubt(**dict(row)) for row in rows]
