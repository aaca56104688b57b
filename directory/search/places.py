"""What a search asks of the places room."""

from collections.abc import Callable
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from directory.places.named import Table
from directory.places.resolve import Places


class PlaceFinder(Protocol):
    async def resolve(self, text: str, near: Any = None) -> Any: ...


_known: WeakKeyDictionary[Table, frozenset[str]] = WeakKeyDictionary()


async def names_near_home(places: PlaceFinder) -> Callable[[str], bool]:
    """Whether a folded text is the name of a place or district of the county that the directory serves."""
    if not isinstance(places, Places):
        return lambda name: False
    table = (await places.load()).gazetteer.table
    if table not in _known:
        _known[table] = frozenset(
            name
            for spellings in (table.own, table.alias)
            for name, owners in spellings.items()
            if any(table.is_home(each) and table.places[each].kind != "county" for each in owners)
        )
    return _known[table].__contains__
