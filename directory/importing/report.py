"""A run told to people: counts, reasons and pointers, in the terminal. Pure text is made here, printed elsewhere."""

import re
from collections.abc import Iterable

from directory.importing.shapes import Cleaned, Finding, Quarantined, Report

MOST_LISTED = 1000  # quarantined records that a report names; the rest are counted
_NUMBERS = re.compile(r"/\d+")


class Tally:
    """Gathers what cleaning said, in memory that does not grow with the feed."""

    def __init__(self) -> None:
        self._findings: dict[tuple[str, str], Finding] = {}
        self.quarantined: list[Quarantined] = []
        self.count = 0

    def notes(self, record: Cleaned) -> None:
        for note in record.notes:
            key = (_NUMBERS.sub("/*", note.pointer), note.problem)
            before = self._findings.get(key)
            if before is not None:
                self._findings[key] = Finding(
                    before.field, before.problem, before.count + 1, before.example, before.value
                )
            elif len(self._findings) < MOST_LISTED:
                example = f"{record.where}, id {record.source_id}: {note.pointer}"
                self._findings[key] = Finding(*key, 1, example, note.value)

    def refuse(self, record: Cleaned, reasons: Iterable[str]) -> None:
        self.count += 1
        if len(self.quarantined) < MOST_LISTED:
            self.quarantined.append(Quarantined(record.where, record.source_id, record.name, list(reasons)))

    def findings(self) -> list[Finding]:
        return sorted(self._findings.values(), key=lambda each: (-each.count, each.field))


def summary(report: Report) -> str:
    """The run in one sentence."""
    counts = [
        (report.added, "new"),
        (report.changed, "changed"),
        (report.same, "unchanged"),
        (report.withdrawn, "withdrawn"),
        (report.missing, "missing but kept for now"),
        (report.quarantined_count, "quarantined"),
    ]
    said = ", ".join(f"{count} {word}" for count, word in counts if count) or "nothing in it"
    if report.suggested:
        said += f"; {report.suggested} untagged ones got suggested tags"
    would = "would import" if report.dry_run else "imported"
    return (
        f"{report.source} ({report.dialect}): {report.read} records read, {would} as {report.feed}: {said}."
    )


def rows_quarantined(report: Report) -> list[tuple[str, str, str, str]]:
    return [(each.where, each.source_id, each.name, "; ".join(each.reasons)) for each in report.quarantined]


def rows_findings(report: Report) -> list[tuple[int, str, str, str]]:
    return [
        (
            each.count,
            each.field,
            each.problem,
            f"{each.example} = {each.value}" if each.value else each.example,
        )
        for each in report.findings
    ]
