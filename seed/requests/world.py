"""What invented requests are made of: the services of the database, homes with their areas, and the desk's people."""

import tomllib
from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from msgspec import Struct

from directory.db import Reader
from directory.importing.vocabulary import RULES
from seed.requests.story import Offer

NOBODYS = frozenset({"digital_self_help", "online_community"})  # nothing to be referred to
_OFFERS = """
    select s.id, s.name, s.organization_id, s.kind, s.level, coalesce(s.referral, 'self') as referral,
        coalesce((select array_agg(t.code order by t.code) from attribute a
                  join taxonomy_term t on t.id = a.taxonomy_term_id join taxonomy x on x.id = t.taxonomy_id
                  where a.service_id = s.id and a.confidence is null and x.name = 'needs'), '{}') as needs,
        coalesce((select array_agg(distinct c.area) from service_area c where c.service_id = s.id
                  and c.area is not null), '{}')
        || coalesce((select array_agg(distinct 'district:' || p.district) from service_at_location l
                     join address d on d.location_id = l.location_id
                     join postcode p on p.postcode = d.postal_code
                     where l.service_id = s.id and p.district <> ''), '{}') as areas
    from service s where s.status = 'active' and s.kind is not null and s.feed_id = 'local'
    order by s.source_id, s.id
"""
# Every 37th live postcode of the county, with the zone of its sector: homes that are nobody's on purpose.
_HOMES = """
    with homes as materialized (
        select postcode, district from (
            select postcode, district, row_number() over (order by postcode) as at from postcode
            where live and district in (select code from area where kind = 'district' and valid_to is null)
        ) numbered where at % 37 = 0
    ), zones as materialized (
        select m.member, a.code from area_member m join area a on a.id = m.area_id
        where m.kind = 'sector' and a.kind = 'zone' and a.valid_to is null
    )
    select postcode, district, code as zone from homes
    join zones on member = left(postcode, length(postcode) - 2) order by postcode
"""
COUNTY = "county:E10000020"


class Home(Struct, frozen=True):
    postcode: str
    areas: tuple[str, ...]

    @property
    def zone(self) -> str:
        return self.areas[2]


class Need(Struct, frozen=True):
    """As the rule book has it; `outcomes` with the primary one first."""

    code: str
    outcomes: tuple[str, ...]
    level: str


class World(Struct, frozen=True):
    """`desk` are the actors of the front door; `provider` the one organization that answers with an account."""

    offers: list[Offer]
    homes: list[Home]
    needs: Mapping[str, Need]
    desk: tuple[str, ...]
    by_need: Mapping[str, list[Offer]]
    statutory: list[Offer]
    rules_version: str = "demonstration"

    def near(self, need: str, areas: tuple[str, ...]) -> list[Offer]:
        """Services for a need that one can be referred to and that cover a home."""
        here = set(areas)
        return [each for each in self.by_need.get(need, []) if not here.isdisjoint(each.areas)]


async def look(reader: Reader, desk: tuple[str, ...]) -> World:
    """The world of a database that holds the demonstration county."""
    offers = [
        Offer(
            row["id"], row["name"], row["organization_id"], row["kind"], row["level"], row["referral"],
            frozenset(row["needs"]), frozenset(row["areas"]),
        )
        for row in await reader.fetch(_OFFERS)
    ]  # fmt: skip
    homes = [
        Home(row["postcode"], (COUNTY, f"district:{row['district']}", f"zone:{row['zone']}"))
        for row in await reader.fetch(_HOMES)
    ]
    by_need: dict[str, list[Offer]] = defaultdict(list)
    for each in offers:
        if each.kind not in NOBODYS and each.kind != "statutory":
            for need in each.needs:
                by_need[need].append(each)
    return World(offers, homes, needs(), desk, by_need, [each for each in offers if each.kind == "statutory"])


@cache
def needs() -> Mapping[str, Need]:
    raw = tomllib.loads((RULES / "needs.toml").read_text("utf-8"))["need"]
    return {
        each["code"]: Need(each["code"], (each["outcome"], *each.get("also", ())), each["level"])
        for each in raw
        if each["code"] not in {"out_of_scope", "unclear"}
    }
