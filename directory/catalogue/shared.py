"""What a run of many batches remembers between them: who is stored already, and how. Pure."""

from collections.abc import Collection, Iterable, Iterator

from directory.catalogue import hsds
from directory.catalogue.rows import Flattener, Term


class Shared:
    """The organizations and locations that a run of `store` has put away, so that the next batch need not compare them
    again. What there is of each is one number, and those of earlier batches stand in the database (write.py): a run
    takes no more memory for a great feed than for a small one. Also the terms that are known to be there.

    After each batch, `settled` are those of its services that are new and stored just as they were given, and
    `compared` has grown by the organizations and locations that may have changed what was stored before.
    """

    def __init__(self) -> None:
        self._marks: dict[int, int] = {}
        self._stored: set[int] = set()
        self._done: set[str] = set()
        self.terms: dict[Term, str] = {}
        self.settled: list[hsds.Service] = []
        self.compared: set[str] = set()

    def marks(self, services: Collection[hsds.Service]) -> list[int]:
        """One number, of 64 bits, for each organization and location of a batch, with all that it says."""
        self._marks = {id(each): hash(hsds.encoder.encode(each)) for each in _roots(services)}
        return sorted(set(self._marks.values()))

    def seen(self, services: Collection[hsds.Service], before: Collection[int]) -> set[str]:
        """The ids that were stored before, just as they are now. `before`: those of the `marks` that were kept."""
        self._stored = set(before)
        self._done = {each.id for each in _roots(services) if self._marks[id(each)] in self._stored}
        return self._done

    def keep(self, services: Collection[hsds.Service], flat: Flattener, exists: Collection[str]) -> list[int]:
        """The marks to keep of the batch that `seen` was asked about. `exists`: ids that were there before it."""
        first: dict[str, int] = {}  # of several in one batch the first was stored
        for each in _roots(services):
            if each.id not in self._done:
                first.setdefault(each.id, self._marks[id(each)])
        self._stored.update(first.values())
        self.compared |= {
            str(row[0]) for table in ("organization", "location") for row in flat.known.tables[table]
        }
        self.settled = []
        taken: set[str] = set()
        for service in services if not flat.derived else ():
            if service.id not in exists and service.id not in taken and self._plain(service):
                self.settled.append(service)
            taken.add(service.id)
        return sorted(set(first.values()))

    def forget(self) -> None:
        """The last batch was taken back."""
        self.terms.clear()
        self.settled = []

    def _plain(self, service: hsds.Service) -> bool:
        spots = [each.location_id for each in service.service_at_locations]
        return len(spots) == len(set(spots)) and all(
            self._marks[id(each)] in self._stored for each in _roots([service])
        )


def _roots(services: Iterable[hsds.Service]) -> Iterator[hsds.Organization | hsds.Location]:
    for service in services:
        if service.organization is not None:
            yield service.organization
        for each in service.service_at_locations:
            if each.location is not None:
                yield each.location
