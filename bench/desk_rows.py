"""The rows of the console: its pages beside the page of one service, with 10,000 requests and 30,000 referrals."""

import asyncio
import itertools
from typing import Any

from bench.load import Measured, measure
from bench.rows import Bench, Figure, row
from directory.access import accounts
from directory.access.roles import ROLES, Caller
from directory.access.vault import open_vault
from directory.db import Database
from directory.referrals.judged import Judged
from directory.referrals.shapes import Agreed, NewRequest
from directory.referrals.submit import submit

MOST = 3.0
REQUESTS, OPEN, EACH, WHOLE = 10_000, 500, 3, 40
CLIENTS = 4  # people who press a button in the same moment
# Copies of one request in many states, so that counting, sorting and filtering have all there is to look at. Their
# words cannot be opened under another id: only pages that show no words are measured on them.
_REQUESTS = """
    insert into request (id, reference, version, state, last_action, door, asker, priority, created_by, owner, needs,
      outcomes, level, ages, areas, safety_tier, safety_kinds, safeguarding, safeguarding_read_at, lawful_basis,
      outcome, route, rules_version, due_at, created_at, changed_at, closed_at, data_key, details)
    select gen_random_uuid(), 'B' || lpad(n::text, 7, '0'), 1,
      case when n > $2 then 'closed' else (array['received', 'in_triage', 'needs_info', 'routed'])[1 + n % 4] end,
      'submit', (array['web', 'phone', 'school'])[1 + n % 3], 'self', 'routine', 'family',
      case when n % 3 = 0 then 'staff:' || $3::text end, array[(array['debt', 'speech', 'sleep'])[1 + n % 3]], '{}',
      'early_help', array[n % 17]::smallint[], array['district:E0700014' || (3 + n % 7)], 0, '{}', n % 20 = 0,
      case when n > $2 then now() end, 'agreement', case when n > $2 then 'need_met' end, '{}', '',
      case when n <= $2 then now() + (n % 200 - 100) * interval '1 hour' end,
      now() - n * interval '50 minutes', now() - n * interval '50 minutes', case when n > $2 then now() end,
      r.data_key, r.details
    from generate_series(1, $1) n, (select data_key, details from request limit 1) r"""
_REFERRALS = """
    insert into referral (id, request_id, kind, status, last_action, service_id, service_name, organization_id, level,
      priority, flagged, reasons, sender, due_at, created_at, changed_at, ended_at, reason)
    select gen_random_uuid(), r.id, 'referral',
      case when r.closed_at is null and n = 1 then 'requested' else 'rejected' end, 'send',
      s.id, s.name, s.organization_id, 'early_help', 'routine', false, '{}', 'family',
      case when r.closed_at is null and n = 1 then now() + interval '5 hours' end, r.created_at, r.created_at,
      case when r.closed_at is null and n = 1 then null else now() end,
      case when r.closed_at is null and n = 1 then null else 'no_capacity' end
    from request r, generate_series(1, $1) n, (select id, name, organization_id from service limit 1) s
    where r.reference like 'B%'"""


@row("desk")
def desk(bench: Bench) -> list[Figure]:
    token, whole = asyncio.run(_filled(bench))
    cookie = f"staff={token}"
    service = f"/services/{bench.house.service}"
    figures = []
    for name, paths in (
        ("the work queues", ["/staff", "/staff?queue=due", "/staff?queue=mine", "/staff?need=debt&sort=new"]),
        ("a request", [f"/staff/requests/{each}" for each in whole]),
        ("services for staff", ["/staff/services", "/staff/services?show=full"]),
        ("the phone desk, empty", ["/staff/phone"]),
    ):
        turns: list[tuple[float, Measured, Measured]] = []
        for _ in range(3):  # turn by turn, so that a busy minute of the machine is everybody's
            plain = _asked(bench, itertools.repeat(service), "")
            shown = _asked(bench, itertools.cycle(paths), cookie)
            turns.append((shown.p95 / plain.p95, shown, plain))
        ratio, shown, plain = sorted(turns, key=lambda each: each[0])[1]
        figures.append(
            Figure(
                name=f"{name} / the page of a service, p95, {CLIENTS} clients",
                value=ratio,
                unit="x",
                target=f"<= {MOST:g}",
                met=ratio <= MOST and not any(each.bad for _, each, _ in turns),
                detail={"page_p95_ms": shown.p95, "service_p95_ms": plain.p95, "page_bytes": shown.size},
            )
        )
    return figures


def _asked(bench: Bench, paths: Any, cookie: str) -> Measured:
    return measure(bench.port, paths, clients=CLIENTS, seconds=bench.seconds / 2, cookie=cookie)


async def _filled(bench: Bench) -> tuple[str, list[str]]:
    """(session token, ids of requests that are whole)."""
    database = await Database(bench.house.url, size=4).open()
    try:
        vault = open_vault("", bench.house.folder)
        who = Caller(kind="key", id="key:bench", permissions=ROLES["front_door"])
        service = await database.pool.fetchval("select id from service where kind <> 'statutory' limit 1")
        whole = []
        for number in range(WHOLE):
            new = NewRequest(
                text="my son is eight and nothing calms him, we are worn out", name=f"Family {number}", near="NR3 1FH",
                agreement=Agreed(to_share=True, to_service=True), services=[service] if number % 2 else [],
            )  # fmt: skip
            whole.append(str((await submit(database, vault, new, Judged(), who)).id))
        made, _ = await accounts.add(database, "bench@example.org", "Bench", "manager", must_change=False)
        async with database.transaction() as connection:
            await connection.execute("set local session_replication_role = replica")
            await connection.execute(_REQUESTS, REQUESTS, OPEN, str(made))
            await connection.execute(_REFERRALS, EACH)
        await database.pool.execute("analyze request")
        await database.pool.execute("analyze referral")
        return await accounts.start(database, made), whole
    finally:
        await database.close()
