"""The statements that look at one record. Each also writes down who looked, and both are committed before the answer.

A look is written where the caller may read the record: the same rule as in party.py, which has the last word. What was
not written down (`looked`) is not shown, so that the two can only ever differ by showing too little.
"""

from typing import Any
from uuid import UUID

from directory.access.roles import Caller
from directory.referrals.lifecycle import Attempt
from directory.referrals.likeness import ENOUGH, PAIR
from directory.referrals.shapes import AgreementView, Likely, ReferralView, RequestView

MOST_ALIKE = (
    200  # requests looked at for one mark: what more share, such as the phone of a school, says little
)

# Fields of the shapes that are columns of their own.
OF_REQUEST = tuple(
    name
    for name in RequestView.__struct_fields__
    if name not in {"reference", "route", "details", "agreements", "referrals", "likely", "actions"}
)
OF_REFERRAL = tuple(
    name
    for name in ReferralView.__struct_fields__
    if name not in {"reference", "reasons", "details", "needs", "ages", "call_sheet", "actions"}
)
AGREED = AgreementView.__struct_fields__
ALIKE = Likely.__struct_fields__

_REQUEST = (*OF_REQUEST, "reference", "route", "data_key", "details")
_REFERRAL = tuple(dict.fromkeys((*OF_REFERRAL, *Attempt.__struct_fields__, "reasons", "call_sheet")))
_FOR_REFERRAL = ("id", "reference", "created_by", "areas", "needs", "ages", "data_key", "details")

# $2 may read requests, $3 in these areas; $4 may follow what was sent by $5.
_IN_AREAS = "($3::text[] = '{}' or r.areas = '{}' or r.areas && $3)"
_MAY = f"r.data_key is not null and ($2::bool and {_IN_AREAS} or $4::bool and r.created_by = $5::varchar)"
# Other requests that share a phone or e-mail with this one, or two lesser things; the newest first.
_LIKELY = f"""select r.id, r.reference, r.state, r.created_at, (
    select string_agg(distinct b.kind, ' ') from request_index a
      join request_index b on b.digest = a.digest and b.kind = a.kind and b.request_id = r.id
    where a.request_id = $1 and a.kind <> '{PAIR}') as shares
  from (select distinct m.request_id from request_index a cross join lateral (
      select m.request_id from request_index m
      where m.digest = a.digest and m.kind = a.kind and m.request_id <> $1 limit {MOST_ALIKE}) m
    where a.request_id = $1 and a.kind in {ENOUGH}) alike
  join request r on r.id = alike.request_id
  where (select $2::bool) and r.data_key is not null and {_IN_AREAS}
  order by r.created_at desc limit 10"""  # noqa: S608
# A request and all that hangs on it: a row for each referral, the first of which has the request too, and in it a
# column of each list as an array. $6 is what the look is called.
REQUEST = f"""with look as (insert into record_read (request_id, actor, what)
    select r.id, $5, $6::varchar from request r where r.id = $1 and {_MAY} returning true)
  select whole.*, (select true from look) as looked, f.*
  from (select 1 as n, {", ".join(f"r.{name}" for name in _REQUEST)}, agreed.*, likely.*
    from request r cross join lateral (
      select {", ".join(f"array_agg(a.{name} order by a.given_at, a.kind) as agreed_{name}" for name in AGREED)}
      from agreement a where a.request_id = r.id) agreed cross join (
      select {", ".join(f"array_agg(l.{name} order by l.created_at desc) as likely_{name}" for name in ALIKE)}
      from ({_LIKELY}) l) likely where r.id = $1) whole
  full join (select row_number() over (order by a.created_at, a.id)::int as n,
      {", ".join(f"a.{name} as f_{name}" for name in _REFERRAL)}
    from referral a where a.request_id = $1) f on f.n = whole.n
  order by f.n"""  # noqa: S608
# One attempt with what its reader may need of the request. $7 is the caller's organization, $8 whether it is the link
# of this very attempt.
REFERRAL = f"""with look as (insert into record_read (request_id, actor, what)
    select r.id, $5, $6::varchar from referral f join request r on r.id = f.request_id
    where f.id = $1 and ({_MAY} or r.data_key is not null and f.kind = 'referral'
      and f.status not in ('draft', 'entered_in_error') and (f.organization_id = $7::uuid or $8::bool))
    returning true)
  select {", ".join(f"r.{name} as request_{name}" for name in _FOR_REFERRAL)}, (select true from look) as looked,
    {", ".join(f"f.{name}" for name in _REFERRAL)}
  from referral f join request r on r.id = f.request_id where f.id = $1"""  # noqa: S608


def at_request(request_id: UUID, caller: Caller, what: str) -> tuple[Any, ...]:
    """The values of `REQUEST`."""
    return (
        request_id,
        caller.may("requests.read"),
        list(caller.areas),
        caller.may("requests.submit"),
        caller.id,
        what,
    )


def at_referral(referral_id: UUID, caller: Caller, what: str) -> tuple[Any, ...]:
    """The values of `REFERRAL`."""
    organization = caller.organization_id if caller.may("referrals.answer") else None
    by_link = caller.kind == "link" and caller.id == f"link:{referral_id}"
    return (*at_request(referral_id, caller, what), organization, by_link)


def request_of(row: Any) -> dict[str, Any]:
    """The request's part of a row of `REFERRAL`."""
    return {name: row[place] for place, name in enumerate(_FOR_REFERRAL)}


def referrals_of(rows: Any) -> list[dict[str, Any]]:
    """The referrals of the rows of `REQUEST`; none where the only row has none."""
    return [
        dict(zip(_REFERRAL, row[-len(_REFERRAL) :], strict=True)) for row in rows if row["f_id"] is not None
    ]
