"""The figures: what each one says in words, whom it counts, and out of whom. Pure.

Nothing here is fit to be shown yet: `shown.py` rounds what these masks count.
"""

from collections.abc import Callable

import msgspec
import numpy as np
from msgspec import Struct

from directory.insight import facts as columns
from directory.insight.facts import Facts, Ints, Referrals, Requests
from directory.insight.periods import Period
from directory.insight.suppression import Keys, Mask
from directory.referrals import codes

# Days of waiting are counted one by one up to ten, and then together: the last one is "more than 60".
BANDS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20, 30, 40, 60)
QUARTER_YEAR, YEAR = 90, 365
_OUTCOME = {code: index for index, code in enumerate(codes.OUTCOMES)}
_HELP = {code: index for index, code in enumerate(codes.GOT_HELP)}


class Choice(Struct, frozen=True, kw_only=True):
    """What was asked for: one period, and at most one area ("zone:zone-03") and one topic, an outcome or a need.

    `scopes` are the areas that the caller is bound to; empty is everywhere.
    """

    period: Period
    area: str = ""
    outcome: str = ""
    need: str = ""
    scopes: tuple[str, ...] = ()


def with_period(choice: Choice, period: Period) -> Choice:
    return msgspec.structs.replace(choice, period=period)


class Cut(Struct, frozen=True, kw_only=True):
    """The rows that a choice leaves: requests received, and closed, in the period; referrals sent in it."""

    facts: Facts
    received: Mask
    closed: Mask
    sent: Mask

    @property
    def requests(self) -> Requests:
        return self.facts.requests

    @property
    def referrals(self) -> Referrals:
        return self.facts.referrals


class Counted(Struct, frozen=True):
    """Who is counted, out of whom; and for a wait, how long each of those who are counted waited (working days)."""

    keys: Keys
    part: Mask
    whole: Mask
    waits: Ints | None = None


class Figure(Struct, frozen=True, kw_only=True):
    """`unit` is count, share (of the whole), ratio (for each 100 of the whole) or days (half and nine in ten of those
    counted). `definition` stands beside it wherever it is shown."""

    code: str
    label: str
    definition: str
    unit: str
    of: Callable[[Cut], Counted]
    good: str = ""  # "high" or "low": which way is better, where there is one


def cut(facts: Facts, choice: Choice) -> Cut:
    requests, referrals = facts.requests, facts.referrals
    low, high = choice.period.start.toordinal(), choice.period.end.toordinal()
    kept = among(facts, choice)
    return Cut(
        facts=facts,
        received=kept & (requests.received >= low) & (requests.received < high),
        closed=kept & (requests.closed >= low) & (requests.closed < high),
        sent=kept[referrals.request] & (referrals.sent >= low) & (referrals.sent < high),
    )


def among(facts: Facts, choice: Choice) -> Mask:
    """The requests of the area, topic and scopes, of any time."""
    requests = facts.requests
    kept = np.ones(len(requests.keys), np.bool_)
    kind, _, code = choice.area.partition(":")
    if kind:
        names, column = (
            (facts.zones, requests.zone) if kind == "zone" else (facts.districts, requests.district)
        )
        kept &= column == names.index(code) if code in names else np.False_
    for word, words, having in (
        (choice.need, facts.needs, requests.needs), (choice.outcome, facts.outcomes, requests.outcomes)
    ):  # fmt: skip
        if word:
            bit = np.uint64(1 << words.index(word) if word in words else 0)
            kept &= (having & bit) != 0
    if choice.scopes:
        own = set(choice.scopes)
        kept &= np.fromiter((not own.isdisjoint(areas) for areas in requests.scopes), np.bool_, len(kept))
    return kept


def _requests(cut: Cut) -> Counted:
    return Counted(cut.requests.keys, cut.received, cut.received)


def _triage(cut: Cut) -> Counted:
    return _wait(cut, cut.requests.triaged)


def _reached(cut: Cut) -> Counted:
    return _wait(cut, cut.requests.reached)


def _wait(cut: Cut, waits: Ints) -> Counted:
    return Counted(cut.requests.keys, cut.received & (waits >= 0), cut.received, waits)


def _accept_days(cut: Cut) -> Counted:
    waits = cut.referrals.accepted
    return Counted(cut.referrals.keys, cut.sent & (waits >= 0), cut.sent, waits)


def _acceptance(cut: Cut) -> Counted:
    first = cut.referrals.first
    whole = cut.sent & (first != columns.NONE)
    return Counted(cut.referrals.keys, whole & (first == columns.ACCEPTED), whole)


def _accuracy(cut: Cut) -> Counted:
    first = cut.requests.first
    whole = cut.received & (first != columns.NONE)
    return Counted(cut.requests.keys, whole & (first == columns.ACCEPTED), whole)


def _re_routed(cut: Cut) -> Counted:
    whole = cut.received & (cut.requests.attempts > 0)
    return Counted(cut.requests.keys, whole & (cut.requests.rerouted > 0), whole)


def _closed_loop(cut: Cut) -> Counted:
    return Counted(cut.referrals.keys, cut.sent & cut.referrals.told, cut.sent)


def _got_help(cut: Cut) -> Counted:
    said = cut.requests.got_help
    whole = cut.received & (said != columns.NEVER)
    helped = (said == _HELP["yes"]) | (said == _HELP["partly"])
    return Counted(cut.requests.keys, whole & helped, whole)


def _score(cut: Cut) -> Counted:
    whole = cut.received & (cut.requests.score >= 1)
    return Counted(cut.requests.keys, whole & (cut.requests.score >= 8), whole)


def _asked_again(cut: Cut, within: int) -> Counted:
    requests = cut.requests
    passed = requests.closed + within < cut.facts.to.toordinal()
    whole = cut.closed & requests.known & passed
    again = (requests.asked_again >= 0) & (requests.asked_again <= within)
    return Counted(requests.keys, whole & again, whole)


def _ended(cut: Cut, outcome: str) -> Counted:
    return Counted(cut.requests.keys, cut.closed & (cut.requests.outcome == _OUTCOME[outcome]), cut.closed)


def _plans(cut: Cut) -> Counted:
    return Counted(cut.requests.keys, cut.received & cut.requests.planned, cut.received)


FIGURES: tuple[Figure, ...] = (
    Figure(code="requests", label="Requests", unit="count", of=_requests,
           definition="Requests received in the period. Those that were made by mistake or closed as a duplicate are "
           "left out, here and everywhere below."),
    Figure(code="triage_days", label="Until somebody looked at it", unit="days", of=_triage, good="low",
           definition="Working days from asking until the front door first did something with the request. Of requests "
           "received in the period that somebody has looked at; a request that a family sent straight to a service "
           "counts when the front door steps in, or not at all."),
    Figure(code="accept_days", label="Until a service said yes", unit="days", of=_accept_days, good="low",
           definition="Working days from sending a referral until the service first accepted it; while a question of "
           "the service waits for its answer the clock stands still. Of referrals sent in the period and accepted."),
    Figure(code="contact_days", label="From asking to the first contact", unit="days", of=_reached, good="low",
           definition="Working days from asking until a service first spoke with the family. Of requests received in "
           "the period whose family was reached."),
    Figure(code="acceptance", label="Referrals accepted", unit="share", of=_acceptance, good="high",
           definition="Referrals sent in the period whose first answer was yes, out of those that were accepted, "
           "declined, or given up because nobody answered. A waiting list is not an answer yet."),
    Figure(code="accuracy", label="Right first time", unit="share", of=_accuracy, good="high",
           definition="Requests received in the period whose first referral was accepted by the first service asked, "
           "out of those whose first referral was accepted, declined or given up."),
    Figure(code="re_routed", label="Sent on to another service", unit="share", of=_re_routed, good="low",
           definition="Requests received in the period that were sent on to another service at least once, out of "
           "those that were sent to any."),
    Figure(code="closed_loop", label="Somebody told us how it ended", unit="share", of=_closed_loop, good="high",
           definition="Referrals sent in the period that ended with an outcome or a reason from somebody, out of all "
           "sent. One that was given up because nobody answered is not a closed loop; one that still runs is not yet."),
    Figure(code="got_help", label="Families who got help", unit="share", of=_got_help, good="high",
           definition="Families of requests received in the period who, asked afterwards, last said that they got help "
           "or some of it, out of those who said. It is what families say, and apart from what services report."),
    Figure(code="score", label="Scores of 8 or more", unit="share", of=_score, good="high",
           definition="Families of requests received in the period whose last score was 8, 9 or 10 out of 10, out of "
           "those who gave one."),
    Figure(code="again_90", label="Asked again within 90 days", unit="share",
           of=lambda cut: _asked_again(cut, QUARTER_YEAR), good="low",
           definition="Requests closed in the period, and more than 90 days ago, after which the same family asked "
           "again within 90 days. The same family is the same telephone number or e-mail address; without either, or "
           "once personal data is erased, a request is left out."),
    Figure(code="again_365", label="Asked again within 12 months", unit="share",
           of=lambda cut: _asked_again(cut, YEAR), good="low",
           definition="As asked again within 90 days, but within 365 days, of requests closed more than 365 days ago."),
    Figure(code="stepped_down", label="Stepped down", unit="share", of=lambda cut: _ended(cut, "stepped_down"),
           definition="Requests closed in the period because help went on with a service for everyone or an early "
           "help service, out of all closed in it."),
    Figure(code="stepped_up", label="Stepped up", unit="share", of=lambda cut: _ended(cut, "stepped_up"),
           definition="Requests closed in the period because a social work or other specialist team took over, out of "
           "all closed in it."),
    Figure(code="not_met", label="Closed without a service", unit="share",
           of=lambda cut: _ended(cut, "not_met_no_service"), good="low",
           definition="Requests closed in the period because no service could be found, out of all closed in it."),
    Figure(code="plans", label="Plans begun (EHAP)", unit="share", of=_plans,
           definition="Requests received in the period for which an early help assessment and plan was begun with the "
           "family, out of all received."),
)  # fmt: skip
BY_CODE = {each.code: each for each in FIGURES}


def band(waits: Ints) -> Ints:
    """The band of each wait, by its number in BANDS; one more than the last for longer ones."""
    return np.searchsorted(np.array(BANDS), waits, side="left").astype(np.int32)
