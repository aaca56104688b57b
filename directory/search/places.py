"""What a search asks of the places room."""

from collections.abc import Iterable
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from rapidfuzz import process
from rapidfuzz.distance import OSA

from directory.places.held import Held
from directory.places.named import Table
from directory.places.resolve import Places
from directory.search.text import tolerance


class PlaceFinder(Protocol):
    async def resolve(self, text: str, near: Any = None) -> Any: ...


class Names:
    """The folded names of places and districts of the county that the directory serves, and all outcodes."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._known = frozenset(known)
        self._long = sorted(name for name in self._known if len(name) > 4)

    @staticmethod
    def of(held: Held) -> "Names":
        table = held.gazetteer.table
        named = (
            name
            for spellings in (table.own, table.alias)
            for name, owners in spellings.items()
            if any(table.is_home(each) and table.places[each].kind != "county" for each in owners)
        )
        return Names([*named, *(code.lower() for code in held.outcodes)])

    def known(self, name: str) -> bool:
        return name in self._known

    def nearest(self, name: str) -> str:
        """The name that a misspelt one means, "" where none is near enough or two are."""
        reach = tolerance(name.replace(" ", ""))
        if len(name) < 5 or not reach or name in self._known:
            return ""
        found = process.extract(name, self._long, scorer=OSA.distance, score_cutoff=reach, limit=2)
        found = [each for each in found if each[0][0] == name[0]]
        if not found or (len(found) > 1 and found[0][1] == found[1][1] > 1):
            return ""
        return str(found[0][0])


_NOWHERE = Names()
_names: WeakKeyDictionary[Table, Names] = WeakKeyDictionary()


async def names_near_home(places: PlaceFinder) -> Names:
    """Names of the county; none where `places` is some other finder."""
    if not isinstance(places, Places):
        return _NOWHERE
    held = await places.load()
    table = held.gazetteer.table
    if table not in _names:
        _names[table] = Names.of(held)
    return _names[table]
