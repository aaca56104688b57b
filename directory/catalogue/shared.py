"""What a run of many batches remembers between them: who is stored already, and how. Pure."""

from collections.abc import Collection, Iterable, Iterator

from directory.catalogue import hsds
from directory.catalogue.rows import Flattener, Term


class Shared:
    """The organizations and locations that a run of `store` has put away, so that the next batch need not compare them
    again. Holds the last 50,000. Also the terms that are known to be there.

    After each batch, `settled` are those of its services that are new and stored just as they were given, and
    `compared` has grown by the organizations and locations that may have changed what was stored before.
    """

    def __init__(self) -> None:
        self._kept: dict[str, int] = {}
        self._marks: dict[int, int] = {}
        self.terms: dict[Term, str] = {}
        self.settled: list[hsds.Service] = []
        self.compared: set[str] = set()

    def seen(self, services: Collection[hsds.Service]) -> set[str]:
        """The ids that were stored before, just as they are now."""
        self._marks = {id(each): hash(hsds.encoder.encode(each)) for each in _roots(services)}
        return {each.id for each in _roots(services) if self._kept.get(each.id) == self._marks[id(each)]}

    def keep(self, services: Collection[hsds.Service], flat: Flattener, exists: Collection[str]) -> None:
        """Remember the batch that `seen` was asked about. `exists`: ids that were there before it."""
        if len(self._kept) > 50_000:
            self._kept.clear()
        for each in _roots(services):
            self._kept.setdefault(
                each.id, self._marks[id(each)]
            )  # of several in one batch the first was stored
        self.compared |= {
            str(row[0]) for table in ("organization", "location") for row in flat.known.tables[table]
        }
        self.settled = []
        taken: set[str] = set()
        for service in services if not flat.derived else ():
            if service.id not in exists and service.id not in taken and self._plain(service):
                self.settled.append(service)
            taken.add(service.id)

    def forget(self) -> None:
        self._kept.clear()
        self.terms.clear()
        self.settled = []

    def _plain(self, service: hsds.Service) -> bool:
        spots = [each.location_id for each in service.service_at_locations]
        return len(spots) == len(set(spots)) and all(
            self._kept.get(each.id) == self._marks[id(each)] for each in _roots([service])
        )


def _roots(services: Iterable[hsds.Service]) -> Iterator[hsds.Organization | hsds.Location]:
    for service in services:
        if service.organization is not None:
            yield service.organization
        for each in service.service_at_locations:
            if each.location is not None:
                yield each.location
