"""Needs that no running service meets, district by district: where the rule book leads to nothing."""

from collections.abc import Iterable

from directory.db import Reader
from directory.routing.rule_shapes import OUT_OF_SCOPE, UNCLEAR
from directory.routing.rulebook import RuleBook

_MET = """
select a.name, a.code, array(
    select distinct t.code from service s
    join attribute x on x.service_id = s.id and x.confidence is null
    join taxonomy_term t on t.id = x.taxonomy_term_id
    join taxonomy v on v.id = t.taxonomy_id and v.name = 'needs'
    where s.status = 'active' and s.capacity <> 'paused' and (
        exists(select from service_area sa where sa.service_id = s.id
            and (sa.area = 'district:' || a.code or sa.area like 'county:%'))
        or exists(select from service_at_location sal join address d on d.location_id = sal.location_id
            join postcode p on p.postcode = d.postal_code where sal.service_id = s.id and p.district = a.code))) as met
from area a where a.kind = 'district' and (a.valid_to is null or a.valid_to >= current_date) order by a.name
"""


async def gaps(reader: Reader, book: RuleBook) -> dict[str, list[str]]:
    """District -> codes of the needs that nothing running there meets, in the rule book's order."""
    needs = [need.code for need in book.needs if need.code not in (OUT_OF_SCOPE, UNCLEAR)]
    rows = await reader.fetch(_MET)
    return {row["name"]: _without(needs, row["met"]) for row in rows}


def _without(needs: Iterable[str], met: Iterable[str]) -> list[str]:
    known = set(met)
    return [need for need in needs if need not in known]
