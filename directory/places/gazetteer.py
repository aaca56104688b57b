"""Typed names -> places, from an immutable table in memory. Pure: no SQL, no files, no network; nothing
raises.

A name is sought as it is, as an alias, by its first words ("cley"), without its qualifier ("Runton"), by its
first letters, and last by likeness. A repeated name is asked about, never guessed, unless the text tells
which is meant (a district, a county, an outcode, a place near by) or one of them is plainly the bigger.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from directory.places import names
from directory.places.named import CLEARLY, REACH, STREET_REACH, Hit, LatLon, Named, Table
from directory.places.spelling import Speller, trusted

How = Literal["exact", "alias", "start", "part", "letters", "typo", "inside"]
Status = Literal["one", "several", "outside", "elsewhere", "none"]

_SAME_PLACE = 1500.0
_MOST = 12
_MARGIN = 0.15
_AREAS = ("district", "county", "region")


class Found(NamedTuple):
    """What a name means. one: `hits[0]` (others of its name may follow); several: ask which; outside:
    `hits[0]`, but beyond the home county; elsewhere: the text itself says that another is meant ("Norwich,
    Connecticut"), `hits` are the near ones; none: nothing like it. `unread`: words beside the name were not
    understood."""

    status: Status
    how: How | None = None
    hits: tuple[Hit, ...] = ()
    unread: bool = False


class Hints(NamedTuple):
    """What the words beside a name say of it: ONS codes, counties, a point; that it is far away; or nothing
    known."""

    districts: frozenset[str] = frozenset()
    counties: frozenset[str] = frozenset()
    point: LatLon | None = None
    elsewhere: bool = False
    unread: bool = False


_NOTHING = Found("none")


class Gazetteer:
    """Built once from the whole table, then only read: safe to share between threads.

    `outcodes` maps "NR27" to a point, for hints.
    """

    def __init__(
        self,
        places: Iterable[Named],
        *,
        home: str = "Norfolk",
        districts: Mapping[str, str] | None = None,
        outcodes: Mapping[str, LatLon] | None = None,
    ) -> None:
        self.table = Table(places, home, districts or {})
        self._outcodes = {code.lower(): point for code, point in (outcodes or {}).items()}
        self._speller = Speller(self.table.keys)
        self._counties = {
            names.fold(place.county): place.county for place in self.table.places if place.county
        }
        self._districts: dict[str, str] = {}
        for index, place in enumerate(self.table.places):
            if place.kind == "district":
                for name in (place.name, *place.aliases):
                    self._districts[names.fold(name)] = self.table.places[index].district

    def look_up(self, text: str, near: LatLon | None = None) -> Found:
        """What the text names. `near` puts the candidates of a repeated name in order, it never chooses."""
        whole = names.fold(text)
        if found := self._exactly(whole, Hints(), near):
            return found
        pieces = names.split(text)
        if not pieces:
            return _NOTHING
        if len(pieces) > 1:
            return self._from_pieces(pieces, near)
        whole = pieces[0]
        return (
            self._exactly(whole, Hints(), near)
            or self._from_words(whole, near)
            or self._loosely(whole, Hints(), near)
            or self._inside(whole, near)
            or _NOTHING
        )

    def complete(self, prefix: str, limit: int = 8, near: LatLon | None = None) -> tuple[Hit, ...]:
        """Places whose name, or an alias, or a later word of either, begins with the text; bigger and nearer
        first.

        With fewer than `limit` of them, names that the text is a misspelling of follow.
        """
        start = names.fold(prefix)
        table = self.table
        best: dict[int, tuple[float, float, str]] = {}

        def offer(key: str, cost: float) -> None:
            for index in table.owners(key):
                outside = 0 if table.is_home(index) else 1
                cost_here = cost + outside - 0.3 * table.weight(index)
                mine = (cost_here, table.metres(index, near), table.hit(index).label)
                best[index] = min(mine, best.get(index, mine))

        if not start or limit < 1:
            return ()
        for key in table.keys:
            if key.startswith(start):
                offer(key, 0.0)
            elif f" {start}" in key:
                offer(key, 1.0)
        if len(best) < limit:
            for one in self._speller.nearest(start):
                offer(table.keys[one.at], 9.0 + one.cost)
        ranked = sorted(
            (index for index in best if table.places[index].kind != "region"), key=best.__getitem__
        )
        return tuple(table.hit(index) for index in ranked[:limit])

    def _exactly(self, key: str, hints: Hints, near: LatLon | None) -> Found | None:
        table = self.table
        if key not in table.own and key not in table.alias:
            key = table.joined.get(key.replace(" ", ""), "")
        owners = table.owners(key)
        return self._choose(owners, "exact" if key in table.own else "alias", hints, near) if owners else None

    def _from_pieces(self, pieces: tuple[str, ...], near: LatLon | None) -> Found:
        later: Found | None = None
        for at, piece in enumerate(pieces):
            hints = self._hints(pieces[at + 1 :])
            found = self._exactly(piece, hints, near)
            if not found and not names.like_a_street(piece):
                found = self._loosely(piece, hints, near)
                if found and (found.status == "several" or found.how == "letters"):
                    found, later = None, later or found
            if found and at and found.hits and found.hits[0].place.kind in _AREAS:
                # "Cromr, Norfolk" is a slip in the first word before it is the whole county.
                found, later = None, later or found
            if found:
                return found._replace(how="inside") if at and found.status != "elsewhere" else found
        last = self._inside(pieces[0], near)
        return last or later or _NOTHING

    def _from_words(self, whole: str, near: LatLon | None) -> Found | None:
        """A name and its hint with nothing between them: "fritton great yarmouth", "cromer norfolk"."""
        words = whole.split()[:_MOST]
        for cut in range(len(words) - 1, 0, -1):
            head, tail = " ".join(words[:cut]), " ".join(words[cut:])
            if head in self.table.own or head in self.table.alias:
                hints = self._hints((tail,), strict=True)
                if not hints.unread:
                    return self._exactly(head, hints, near)
        return None

    def _loosely(self, key: str, hints: Hints, near: LatLon | None) -> Found | None:
        table = self.table
        if len(key) >= 3:
            began = [index for one in table.starting(f"{key} ") for index in table.owners(one)]
            owners = list(dict.fromkeys([*began, *table.endings.get(key, ())]))
            some = 0 < len(owners) <= _MOST and key not in names.QUALIFIERS
            if some and (
                found := self._choose(owners, "start" if began else "part", hints, near, wider=True)
            ):
                return found
        return self._by_letters(key, hints, near)

    def _by_letters(self, key: str, hints: Hints, near: LatLon | None) -> Found | None:
        table = self.table
        costs: dict[str, tuple[float, int]] = {}
        for like in self._speller.nearest(key):
            costs[table.keys[like.at]] = (like.cost, like.edits)
        if len(key) >= 4:
            for one in table.starting(key):
                more = len(one) - len(key)
                costs[one] = min(costs.get(one, (9.0, more)), (0.6 + 0.1 * more, 0))
        likely = {one: cost - self._prior(one) for one, (cost, _) in costs.items()}
        ranked = sorted(likely, key=likely.__getitem__)
        if not ranked:
            return None
        first = ranked[0]
        cost, edits = costs[first]
        rivals = [one for one in ranked if set(table.owners(one)) != set(table.owners(first))]
        clear = not rivals or likely[rivals[0]] - likely[first] >= _MARGIN
        taken = clear and edits <= trusted(min(len(key), len(first))) and (edits or cost < 1.3)
        if taken and (
            found := self._choose(table.owners(first), "typo" if edits else "letters", hints, near)
        ):
            return found._replace(hits=tuple(hit._replace(edits=edits) for hit in found.hits))
        wrong: dict[int, int] = {}
        for one in ranked:
            for index in table.owners(one):
                wrong.setdefault(index, costs[one][1])
        hits = tuple(table.hit(index, wrong[index]) for index in list(wrong)[:_MOST])
        return Found("several", "typo" if edits else "letters", hits, hints.unread)

    def _inside(self, whole: str, near: LatLon | None) -> Found | None:
        """An address without commas: "12 high street cromer"; its last words, or its first ones before a
        street."""
        words = whole.split()[:40]
        if len(words) < 2 or not (len(words) > 2 or names.like_a_street(whole)):
            return None
        tails = [words[at:] for at in range(max(1, len(words) - 5), len(words))]
        heads = (
            [words[:at] for at in range(min(5, len(words) - 1), 0, -1)] if names.like_a_street(whole) else []
        )
        for some in (*tails, *heads):
            key = " ".join(some)
            if key not in names.QUALIFIERS and (found := self._exactly(key, Hints(unread=True), near)):
                return found._replace(how="inside")
        return None

    def _hints(self, pieces: tuple[str, ...], *, strict: bool = False) -> Hints:
        districts, counties, points = set(), set(), []
        elsewhere = unread = False
        table = self.table
        for piece in pieces:
            key = piece
            if not strict and not table.owners(key) and key not in self._outcodes and len(key) >= 5:
                best = self._speller.nearest(key, 1)
                key = table.keys[best[0].at] if best and best[0].edits <= trusted(len(key)) else key
            owners = table.owners(key)
            known = False
            if key in self._counties:
                counties.add(self._counties[key])
                known = True
            if key in self._districts:
                districts.add(self._districts[key])
                known = True
            if key in self._outcodes:
                points.append(self._outcodes[key])
                known = True
            if owners:
                top = max(owners, key=lambda index: (table.is_home(index), table.weight(index)))
                place = table.places[top]
                if place.point:
                    points.append(place.point)
                elsewhere |= place.kind == "region"
                known = True
            unread |= not known and not names.is_country(key)
        return Hints(
            frozenset(districts), frozenset(counties), points[0] if points else None, elsewhere, unread
        )

    def _choose(
        self, owners: list[int], how: How, hints: Hints, near: LatLon | None, *, wider: bool = False
    ) -> Found | None:
        """One, several or outside, of the places of a name; None when the hints rule all of them out.

        `wider`: the text is only part of their names, so that none of several is the plain answer by its
        size alone.
        """
        table = self.table
        everyone = self._merged(
            sorted(owners, key=lambda index: (-table.weight(index), table.metres(index, near)))
        )
        kept = everyone
        told = [
            index
            for index in everyone
            if table.places[index].district in hints.districts or table.places[index].county in hints.counties
        ]
        if told:
            kept = told
        elif hints.elsewhere:
            return Found("elsewhere", how, tuple(map(table.hit, everyone)), hints.unread)
        elif hints.point is None and (hints.districts or hints.counties):
            return Found("several", how, tuple(map(table.hit, everyone)), hints.unread)
        if hints.point is not None and (len(kept) > 1 or not told):
            away = {index: table.metres(index, hints.point) for index in kept}
            kept = sorted(kept, key=away.__getitem__)
            if away[kept[0]] > (STREET_REACH if names.like_a_street(self._key(kept[0])) else REACH):
                return None
            if len(kept) > 1 and away[kept[1]] >= CLEARLY * max(away[kept[0]], 1.0):
                kept = kept[:1]
        elif not told:
            home = [index for index in kept if table.is_home(index)]
            if home and table.weight(home[0]) >= max(map(table.weight, kept)):
                kept = home
        bare = not (told or hints.point)
        if bare and not wider and how == "exact" and all(names.half_an_address(self._key(i)) for i in kept):
            # "High Street" is half an address before it is a hamlet.
            return Found("several", how, tuple(map(table.hit, kept)), hints.unread)
        if len(kept) > 1 and hints.point is None:
            lead = table.weight(kept[0]) - table.weight(kept[1])
            if lead >= (3 if wider else 2):
                kept = kept[:1]
        if len(kept) > 1:
            return Found("several", how, tuple(map(table.hit, kept)), hints.unread)
        order = [*kept, *(index for index in everyone if index not in kept)]
        status: Status = "one" if table.is_home(kept[0]) else "outside"
        return Found(status, how, tuple(map(table.hit, order)), hints.unread)

    def _prior(self, key: str) -> float:
        """A small head start in the order of likeness: for home, and for what more people mean."""
        table = self.table
        return max(0.02 * table.weight(i) + (0.12 if table.is_home(i) else 0) for i in table.owners(key))

    def _key(self, index: int) -> str:
        return names.fold(self.table.places[index].name)

    def _merged(self, owners: list[int]) -> list[int]:
        """Without a second record of the same place, or of the district that a town gives its name to."""
        table = self.table
        town = any(table.places[index].kind in ("city", "town") for index in owners)
        kept: list[int] = []
        for index in owners:
            place = table.places[index]
            if place.point is None:
                same = town
            else:
                same = any(
                    table.places[other].name == place.name and table.metres(other, place.point) < _SAME_PLACE
                    for other in kept
                )
            if not same:
                kept.append(index)
        return kept
