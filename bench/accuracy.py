"""How often the router is right on a labelled set: `python -m bench.accuracy FILE.csv [FILE.csv ...]`.

The columns are those of tests/routing/heldout.csv. Every figure is printed with its count, because a share of a small
number proves little. Rows are never printed: a set that somebody has read is no longer held out.
"""

import csv
import sys
from collections import Counter
from pathlib import Path

from directory.routing.hearing import Hearing, listen
from directory.routing.route import Router, open_router
from directory.routing.shapes import Ask
from directory.settings import Settings
from directory.words import LEVELS

Row = dict[str, str]
LEVEL_WORDS = {"community": "early_help", "emergency": "specialist"}


class Tally:
    """Shares with their counts, in the order they were first counted."""

    def __init__(self) -> None:
        self.hits: Counter[str] = Counter()
        self.of: dict[str, int] = {}

    def count(self, name: str, hit: bool) -> None:
        self.of[name] = self.of.get(name, 0) + 1
        self.hits[name] += hit

    def share(self, name: str) -> float:
        return self.hits[name] / self.of[name] if self.of.get(name) else float("nan")

    def lines(self) -> list[str]:
        return [
            f"{name:48} {self.share(name):7.3f}  ({self.hits[name]}/{of})" for name, of in self.of.items()
        ]


def measure(rows: list[Row], router: Router) -> Tally:
    tally = Tally()
    for row in rows:
        hearing = listen(
            Ask(text=row["text"]), router.book, router.danger, router.reader, router.levels, router.alarm
        )
        _safety(tally, row, hearing)
        _needs(tally, row, hearing)
        _level(tally, row, hearing)
    return tally


def group(row: Row) -> str:
    """The file's own group, or the one that follows from its labels."""
    if row.get("group"):
        return "flag" if row["red_flag"] != "none" else row["group"]
    if row["red_flag"] != "none":
        return "flag"
    if row["primary_need"] in {"unclear", "out_of_scope"}:
        return row["primary_need"]
    return "near_miss" if "near_miss" in row["notes"] else "ordinary"


def _safety(tally: Tally, row: Row, hearing: Hearing) -> None:
    tier, kind = hearing.safety.tier, group(row)
    if kind == "flag":
        if row.get("emergency") == "yes" or row["expected_level"] == "emergency":
            tally.count("emergency: tier 1", tier == 1)
        tally.count("red flag: tier 1 or 2", tier > 0)
        tally.count("red flag: tier 1", tier == 1)
        tally.count(f"  {row['red_flag']}: tier 1 or 2", tier > 0)
    elif "soft_ok" not in row["notes"]:
        name = "near miss" if kind == "near_miss" else "ordinary"
        tally.count(f"{name}: tier 1 (false alarm)", tier == 1)
        tally.count(f"{name}: tier 2 (soft question)", tier == 2)


def _needs(tally: Tally, row: Row, hearing: Hearing) -> None:
    wanted = row["primary_need"]
    asks = hearing.status == "unclear"
    if wanted == "unclear":
        tally.count("unclear: asks", asks)
    elif wanted == "out_of_scope":
        tally.count("out of scope: said or asked", hearing.status != "clear")
    elif row["red_flag"] == "none":
        tally.count("in scope: wrongly asked", asks)
        tally.count("in scope: wrongly sent away", hearing.status == "out_of_scope")
        if hearing.status == "clear":
            codes = [need.code for need in hearing.needs]
            tally.count("needs: top 1 of answered", codes[:1] == [wanted])
            tally.count("needs: top 3 of answered", wanted in codes[:3])
            also = {wanted, *row["secondary_needs"].split(";")}
            tally.count("needs: top 1 is the first or a second need", bool(codes) and codes[0] in also)


def _level(tally: Tally, row: Row, hearing: Hearing) -> None:
    expected = LEVELS.index(LEVEL_WORDS.get(row["expected_level"], row["expected_level"]))
    off = LEVELS.index(hearing.level.code) - expected
    kind = "flag" if group(row) == "flag" else "no flag"
    for code in LEVELS:
        tally.count(f"  {kind}, should be {LEVELS[expected]}: is {code}", hearing.level.code == code)
    tally.count("level: right", off == 0)
    tally.count("level: too low by one", off == -1)
    tally.count("level: too low by two or more", off < -1)
    tally.count("level: too high by one", off == 1)
    tally.count("level: too high by two or more", off > 1)


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def main() -> None:
    router = open_router(Settings())
    for name in sys.argv[1:]:
        sys.stdout.write(f"{name}\n" + "\n".join(measure(read(Path(name)), router).lines()) + "\n\n")


if __name__ == "__main__":
    main()
