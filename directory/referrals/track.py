"""What a family sees and does by itself: progress in plain words, add, correct, withdraw, say how it went.

It comes in with its reference and one fact of its request, or with a hand-over code and its fact, and is given a signed
token for half an hour. The token goes into a form, never into an address.
"""

import datetime as dt
import time
from typing import Any
from uuid import UUID

from msgspec import Struct

from directory.access import limits, passwords
from directory.access.roles import Caller
from directory.access.vault import Vault
from directory.db import Database
from directory.errors import NotAllowed, NotFound, NotSignedIn
from directory.referrals import facts, handover, plain, reference, write
from directory.referrals.ledger import key_context, note_context, open_details
from directory.referrals.lifecycle import Ask, request_actions
from directory.referrals.plain import ENGLISH, Tongue
from directory.referrals.shapes import Act, Contact, Done
from directory.routing.safety import check
from directory.routing.safety_rules import Book

MINUTES = 30
TRIES, TRIES_FROM = 5, 20  # from one address: at one reference, and at all, in a quarter of an hour
WINDOW = dt.timedelta(minutes=15)
TRIES_A_DAY = 10  # from one address at one reference, so that nobody alone uses up what is for all
TRIES_OF_ALL = (
    60  # at one reference in a day, from wherever; not counted where the family came in from before
)
DAY = dt.timedelta(days=1)
REMEMBERED = dt.timedelta(days=30)
FAMILY_ACTIONS = ("give_info", "add", "correct", "withdraw", "score", "withdraw_agreement")
HEARD = "what the family added sounds like danger now"
REFUSED = "we could not find that; check the reference and what you told us about yourself"


class Enter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`code` is a reference or a hand-over code; `fact` a date of birth, postcode, phone, e-mail or chosen word."""

    code: str
    fact: str


class Mine(Struct, frozen=True, kw_only=True):
    """A family's own view. `question` is what the front door asks; `score_wanted` invites to say how it went.

    `code_until` is when its hand-over code ends, where it has one.
    """

    reference: str
    version: int
    state: str
    words: str
    progress: list[str]
    question: str
    text: str
    added: list[str]
    contact: Contact
    by: dt.datetime | None
    actions: list[str]
    score: int | None
    got_help: str | None
    score_wanted: bool
    code_until: dt.datetime | None = None


async def enter(database: Database, vault: Vault, given: Enter, address: str) -> str:
    """A token. The same NotFound whatever was wrong; TooMany after some tries from one place, or at one reference.

    A stranger who knows a reference locks out himself and not the family; many places together are held to a few tries
    a day, and so is everybody then but for where the family came in from before.
    """
    address = limits.place(address)
    await limits.spend(database, vault, "track-from", address, TRIES_FROM, WINDOW)
    known = reference.read_reference(given.code)
    if known is None:
        try:
            return token(
                vault, await handover.find(database, vault, given.code, given.fact, f"track:{address}")
            )
        except NotFound:
            raise NotFound(REFUSED) from None
    here = f"{known} {address}"
    await limits.spend(database, vault, "track", here, TRIES, WINDOW)
    await limits.spend(database, vault, "track-day", here, TRIES_A_DAY, DAY)
    if not await limits.kept(database, vault, "track", here):
        await limits.spend(database, vault, "track-all", known, TRIES_OF_ALL, DAY)
    row = await database.pool.fetchrow(
        "select id, data_key, details, word_hash from request where reference = $1 and data_key is not null",
        known,
    )
    if row is None:
        raise NotFound(REFUSED)
    if not await _knows(vault, row, given.fact):
        raise NotFound(REFUSED)
    for what in ("track", "track-day"):
        await limits.forgive(database, vault, what, here)
    await limits.keep(database, vault, "track", here, REMEMBERED)
    return token(vault, row["id"])


async def _knows(vault: Vault, row: Any, fact: str) -> bool:
    """Whether `fact` is the family's own word; where it chose none, a fact that the request holds."""
    if row["word_hash"]:
        return await passwords.matches(row["word_hash"], facts.plain("word", fact))
    key = vault.data_key(row["data_key"], key_context(row["id"]))
    return facts.fits(open_details(key, row["id"], row["details"]), fact)


def token(vault: Vault, request_id: UUID) -> str:
    until = int(time.time()) + MINUTES * 60
    body = f"{request_id}.{until}"
    return f"{body}.{vault.sign('track', body)}"


def who(vault: Vault, given: str) -> tuple[Caller, UUID]:
    """The family behind a token, and its request. NotSignedIn once it is over."""
    body, _, signature = given.rpartition(".")
    request_id, _, until = body.partition(".")
    if not body or not vault.signed("track", body, signature) or int(until) < time.time():
        raise NotSignedIn("please enter your reference again")
    return family(UUID(request_id)), UUID(request_id)


def family(request_id: UUID) -> Caller:
    """The family whose request it is, as a caller."""
    return Caller(kind="family", id=f"family:{request_id}", name="the family")


async def mine(database: Database, vault: Vault, given: str, tongue: Tongue = ENGLISH) -> Mine:
    """What the family sees, in its language."""
    _, request_id = who(vault, given)
    row = await database.pool.fetchrow("select * from request where id = $1", request_id)
    if row is None or row["data_key"] is None:
        raise NotFound(REFUSED)
    key = vault.data_key(row["data_key"], key_context(request_id))
    details = open_details(key, request_id, row["details"])
    note = await database.pool.fetchval(
        """select note from referral_event where request_id = $1 and referral_id is null and action = 'ask_info'
           order by id desc limit 1""",
        request_id,
    )
    asked = row["state"] == "needs_info" and note is not None
    offered = request_actions(Ask(state=row["state"]), {"family"})
    return Mine(
        reference=reference.grouped(row["reference"]),
        version=row["version"],
        state=row["state"],
        words=plain.state_words(row["state"], tongue),
        progress=await handover.progress(database, request_id, tongue),
        question=key.open(note, note_context(request_id)) if asked else "",
        text=details.text,
        added=details.added,
        contact=details.contact,
        by=row["due_at"],
        actions=[each.action for each in offered if each.action in FAMILY_ACTIONS],
        score=row["score"],
        got_help=row["got_help"],
        score_wanted=row["score"] is None
        and (row["closed_at"] is not None or row["follow_up_at"] is not None),
        code_until=await handover.until(database, request_id),
    )


async def act(
    database: Database, vault: Vault, given: str, wanted: Act, danger: Book, *, key: str | None = None
) -> Done:
    """One of the family's own actions. Danger in what it adds is raised as a concern in the same breath."""
    caller, request_id = who(vault, given)
    if wanted.action not in FAMILY_ACTIONS:
        raise NotAllowed("that is not yours to do")
    heard = wanted.note and check(wanted.note, danger).tier == 1
    concern = Act(action="flag_safeguarding", note=HEARD) if heard else None
    return await write.act_on_request(database, vault, request_id, wanted, caller, key=key, first=concern)
