"""Tables behind the charts: how time passes, how requests end, why services say no, what families say. Pure.

Each is a finding in words, columns and rows of shown counts, for a page, a CSV file and the API alike.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from msgspec import Struct

from directory.insight import facts as columns
from directory.insight import figures, shown
from directory.insight.facts import Facts, Ints
from directory.insight.figures import BANDS, BY_CODE, Choice, Cut, cut
from directory.insight.periods import Period
from directory.insight.shapes import Column, Table, Value
from directory.insight.suppression import WORTH, Count, Keys, Mask, Rounding
from directory.referrals import clocks, codes

COUNT = Column("count", "Number, rounded", "count")
_AIMS = {
    "triage_days": clocks.DAYS["triage"]["routine"],
    "accept_days": clocks.DAYS["answer"]["routine"],
}


Made: TypeAlias = tuple[str, list[Column], list[list[Value]], list[list[str]]]
"""The finding in words, the columns, the rows and the same as a page writes them."""
_WAITS = (1, 3, 5, 7, 10, 11, 12, 14)  # the last band of each row of the table of waits


class View(Struct, frozen=True, kw_only=True):
    """What a table is made from: the rows of one choice, and the means to count them. `before` are the four quarters
    to compare with, oldest first, at most eight."""

    facts: Facts
    choice: Choice
    rounding: Rounding
    quarters: list[Period]

    def cut(self, period: Period | None = None) -> Cut:
        return cut(self.facts, figures.with_period(self.choice, period or self.choice.period))


class Breakdown(Struct, frozen=True):
    """`about` is the title under the finding; `make` gives the finding and the rows."""

    code: str
    about: str
    definition: str
    make: Callable[[View], Made]


def table(found: Breakdown, view: View) -> Table:
    title, heads, rows, texts = found.make(view)
    return Table(
        code=found.code, title=title, about=found.about, definition=found.definition, columns=heads, rows=rows,
        texts=texts,
    )  # fmt: skip


def _by_quarter(view: View) -> Made:
    rows: list[list[Value]] = []
    texts = []
    for period in view.quarters:
        found = view.cut(period)
        made = {
            code: shown.figure(BY_CODE[code], found, view.rounding)
            for code in ("requests", "acceptance", "accuracy", "got_help")
        }
        rows.append([period.label, *(each.value for each in made.values())])
        texts.append([period.label, *(each.text for each in made.values())])
    heads = [Column("quarter", "Quarter")] + [
        Column(code, BY_CODE[code].label, BY_CODE[code].unit)
        for code in ("requests", "acceptance", "accuracy", "got_help")
    ]
    return _trend(view.quarters, rows), heads, rows, texts


def _trend(quarters: Sequence[Period], rows: list[list[Value]]) -> str:
    whole = [row[1] for row, period in zip(rows, quarters, strict=True) if period.whole]
    known = [float(each) for each in whole if isinstance(each, float | int)]
    if len(known) < 2 or len(known) < len(whole):
        return "Requests in each quarter"
    first, last = known[0], known[-1]
    change = (last - first) / first
    if abs(change) < 0.1:
        return f"About as many requests as {len(known) - 1} quarters before"
    if change >= 1:
        return f"More than twice as many requests as {len(known) - 1} quarters before"
    word = "more" if change > 0 else "fewer"
    return f"{abs(change):.0%} {word} requests than {len(known) - 1} quarters before"


def _waits(view: View) -> Made:
    now = view.cut()
    rows: list[list[Value]] = []
    texts: list[list[str]] = []
    for code in ("triage_days", "accept_days", "contact_days"):
        made = shown.figure(BY_CODE[code], now, view.rounding)
        aim = _AIMS.get(code)
        rows.append([made.label, made.value, made.most, aim, made.part])
        nine = "" if made.most is None else shown.days(made.most)
        texts.append([made.label, made.text, nine, "" if aim is None else shown.days(aim), f"{made.part:,}"])
    heads = [
        Column("step", "Step"), Column("half", "Half within", "days"),
        Column("nine_in_ten", "Nine in ten within", "days"),
        Column("aim", "The clock gives", "days"), Column("count", "Counted, rounded", "count"),
    ]  # fmt: skip
    contact = rows[2][1]
    title = "How long families wait"
    if isinstance(contact, float):
        title = f"Half of the families who were reached heard from a service within {shown.days(contact)}"
        if contact == 0:
            title = "Half of the families who were reached heard from a service the same day"
    return title, heads, rows, texts


def _wait_bands(view: View) -> Made:
    counts = shown.spread(BY_CODE["contact_days"].of(view.cut()), view.rounding)
    rows: list[list[Value]] = []
    texts: list[list[str]] = []
    first = 0
    for last in (*_WAITS, len(BANDS)):
        value = sum(each.value for each in counts[first : last + 1])
        low = 0 if first == 0 else BANDS[first - 1] + 1
        label = f"more than {BANDS[_WAITS[-1]]}" if last == len(BANDS) else f"{low} to {BANDS[last]}"
        rows.append([label, value or None])
        texts.append([label, f"{value:,}" if value else f"fewer than {view.rounding.base}"])
        first = last + 1
    soon, all_ = sum(each.value for each in counts[:6]), sum(each.value for each in counts)
    title = "Working days from asking to the first contact"
    if all_ >= WORTH * view.rounding.base:
        title = (
            f"{soon / all_:.0%} of the families who were reached heard from a service within 5 working days"
        )
    return title, [Column("days", "Working days"), COUNT], rows, texts


def _path(view: View) -> Made:
    now = view.cut()
    requests, received = now.requests, now.received
    sent = received & (requests.attempts > 0)
    accepted = sent & requests.accepted
    reached = accepted & (requests.reached >= 0)
    steps = (
        ("Asked", received), ("Sent to a service", sent), ("Accepted by a service", accepted),
        ("Spoken with by the service", reached), ("Ended, and somebody said how", reached & requests.finished),
    )  # fmt: skip
    counts = [view.rounding.count(requests.keys, mask) for _, mask in steps]
    title = "From asking to an end that somebody knows"
    if counts[1].enough:
        many = _tenths(counts[3], counts[1])
        title = f"Of every 10 requests sent to a service, {many} led to a service speaking with the family"
    return title, [Column("step", "Step"), COUNT], *_counts([label for label, _ in steps], counts)


def _tenths(part: Count, whole: Count) -> str:
    found = round(10 * min(1.0, part.value / whole.value))
    return "all" if found == 10 else "none" if found == 0 else str(found)


def _ends(view: View) -> Made:
    now = view.cut()
    words = [
        (index, each.label)
        for index, (code, each) in enumerate(codes.OUTCOMES.items())
        if code != "duplicate"
    ]
    counts = _split(view, now.requests.keys, now.closed, now.requests.outcome, [index for index, _ in words])
    helped = [
        count
        for count, (index, _) in zip(counts, words, strict=True)
        if list(codes.OUTCOMES.values())[index].helped
    ]
    all_ = sum(each.value for each in counts)
    title = "How requests ended"
    if all_ >= WORTH * view.rounding.base:
        title = f"{sum(each.value for each in helped) / all_:.0%} of the requests that were closed ended with help"
    return title, [Column("outcome", "How it ended"), COUNT], *_sorted([label for _, label in words], counts)


def _refusals(view: View) -> Made:
    now = view.cut()
    refused = now.sent & ((now.referrals.first == columns.DECLINED) | (now.referrals.first == columns.LAPSED))
    reasons = list(codes.REASONS.values())
    counts = _split(view, now.referrals.keys, refused, now.referrals.reason, range(len(reasons)))
    labels, title = [each.label for each in reasons], "Why services said no"
    all_ = sum(each.value for each in counts)
    if all_ >= WORTH * view.rounding.base:
        top = max(range(len(counts)), key=lambda at: counts[at].value)
        title = f"“{labels[top]}” is behind {counts[top].value / all_:.0%} of refusals"
    return title, [Column("reason", "Reason"), COUNT], *_sorted(labels, counts)


def _said(view: View) -> Made:
    now = view.cut()
    labels = {"yes": "Yes", "partly": "Partly", "no": "No", "not_yet": "Not yet"}
    counts = _split(view, now.requests.keys, now.received, now.requests.got_help, range(len(codes.GOT_HELP)))
    title = "Whether families say that they got help"
    made = shown.figure(BY_CODE["got_help"], now, view.rounding)
    if made.value is not None:
        title = f"{made.text} of the families who answered say that they got help, or some of it".capitalize()
    return (
        title,
        [Column("answer", "Did you get help?"), COUNT],
        *_counts([labels[each] for each in codes.GOT_HELP], counts),
    )


def _split(view: View, keys: Keys, mask: Mask, values: Ints, wanted: Sequence[int] | range) -> list[Count]:
    """The shown count of each value that is wanted, among the rows of the mask."""
    size = max(wanted, default=0) + 1
    inside = mask & (values >= 0) & (values < size)
    counts = view.rounding.table(keys[inside], values[inside].astype(np.intp), size)
    return [counts[each] for each in wanted]


def _counts(labels: Sequence[str], counts: Sequence[Count]) -> tuple[list[list[Value]], list[list[str]]]:
    rows: list[list[Value]] = [
        [label, each.value or None] for label, each in zip(labels, counts, strict=True)
    ]
    return rows, [[label, each.text] for label, each in zip(labels, counts, strict=True)]


def _sorted(labels: Sequence[str], counts: Sequence[Count]) -> tuple[list[list[Value]], list[list[str]]]:
    """The greatest first; what is too small to be shown is told apart no more."""
    order = sorted(range(len(counts)), key=lambda at: (-counts[at].value, labels[at]))
    return _counts([labels[at] for at in order], [counts[at] for at in order])


def trend_quarters(offered: Sequence[Period], choice: Choice, first: dt.date) -> list[Period]:
    """The whole quarters from the `first` day with a request up to the end of the chosen period, at most eight, oldest
    first. The one that it began in is no whole one."""
    quarters = [each for each in offered if each.whole and not each.code.startswith("year")]
    found = [each for each in quarters if each.end <= choice.period.end and each.start >= first]
    return sorted(found, key=lambda each: each.start)[-8:]


BREAKDOWNS: tuple[Breakdown, ...] = (
    Breakdown("trend", "Requests and answers by quarter", "The figures of the same names, for each whole quarter up to "
              "the end of the chosen period, eight at most.", _by_quarter),
    Breakdown("waits", "Working days that half, and nine in ten, waited at most", "Working days as the clocks count "
              "them: 0 on the day itself, no weekends, no bank holidays. Those who still wait are not in it.", _waits),
    Breakdown("wait_bands", "Working days from asking to the first contact", "Requests received in the period whose "
              "family was reached, by how long it took.", _wait_bands),
    Breakdown("path", "How far requests got", "Requests received in the period, and how many of them went each step: "
              "sent to a service at all, accepted by one, spoken with, and ended with somebody saying how.", _path),
    Breakdown("ends", "How requests ended", "Requests closed in the period, by outcome.", _ends),
    Breakdown("refusals", "Why services said no", "Referrals sent in the period whose first answer was no, or that "
              "nobody answered, by reason.", _refusals),
    Breakdown("said", "Did you get help?", "Families of requests received in the period, by their last answer.", _said),
)  # fmt: skip
