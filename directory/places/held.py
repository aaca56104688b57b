"""What a process keeps of the places in memory: one immutable snapshot, swapped whole when the data changes. Pure."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from directory.places.atlas import Atlas, Region
from directory.places.gazetteer import Gazetteer
from directory.places.named import Named
from directory.places.shapes import AreaShare
from directory.places.units import Packed, Row, Units, Wide


class Held(NamedTuple):
    """`whole`: `units` are all the postcodes there are, so that one that is not among them need not be asked for.
    `outcodes` "NR3" -> where it is; `districts` code -> name; `counties` code of a district
    -> its county; `editions` dataset -> what edition of it."""

    units: Units
    whole: bool
    outcodes: Mapping[str, Wide]
    atlas: Atlas
    gazetteer: Gazetteer
    districts: Mapping[str, str]
    counties: Mapping[str, str]
    editions: Mapping[str, str]

    @property
    def home(self) -> str:
        """The name of the county that the directory serves."""
        return self.atlas.counties[0] if self.atlas.counties else ""

    def wide(self, text: str) -> Wide | None:
        """The sector "NR3 1" or the outcode "NR3"."""
        return self.units.sector(text) if " " in text else self.outcodes.get(text)

    def at_home(self, wide: Wide) -> bool:
        """Whether any of a sector or outcode is in the home county."""
        return not self.atlas.home_districts.isdisjoint(wide.districts)

    def shares(self, areas: tuple[int, ...], *, near_edge: bool = False) -> list[AreaShare]:
        regions = (self.atlas.regions[at] for at in areas)
        return [
            AreaShare(kind=one.kind, code=one.code, name=one.name, near_edge=near_edge) for one in regions
        ]

    def wide_shares(self, wide: Wide) -> list[AreaShare]:
        """Every district and zone of a sector or outcode with its share, the greatest first."""
        total = sum(wide.districts.values()) or 1
        found = [
            AreaShare(kind="district", code=code, name=self.districts[code], share=round(count / total, 3))
            for code, count in sorted(wide.districts.items(), key=lambda one: -one[1])
            if code in self.districts
        ]
        rows = self.units.within(wide.text if " " in wide.text else f"{wide.text} ")
        for kind in self.atlas.kinds:
            if kind not in ("district", "county"):
                for at, share in self.atlas.shares(rows, kind).items():
                    one = self.atlas.regions[at]
                    found.append(AreaShare(kind=kind, code=one.code, name=one.name, share=round(share, 3)))
        return found


def made(
    rows: Sequence[Row] | Packed,
    whole: bool,
    regions: Sequence[Region],
    outcodes: Sequence[Wide],
    named: Sequence[Named],
    editions: Mapping[str, str],
) -> Held:
    """The snapshot of these postcodes, areas, outcodes and places."""
    units = Units(rows)
    names = {place.district: place.name for place in named if place.kind == "district"}
    atlas = Atlas(regions, units, names)
    names |= {region.code: region.name for region in atlas.regions if region.kind == "district"}
    gazetteer = Gazetteer(
        named,
        home=atlas.counties[0] if atlas.counties else "",
        districts=names,
        outcodes={wide.text: (wide.lat, wide.lon) for wide in outcodes},
    )
    return Held(
        units=units,
        whole=whole,
        outcodes={wide.text: wide for wide in outcodes},
        atlas=atlas,
        gazetteer=gazetteer,
        districts=names,
        counties={place.district: place.county for place in named if place.kind == "district"},
        editions=editions,
    )


@lru_cache(4096)
def _share(kind: str, code: str, name: str, near_edge: bool) -> AreaShare:
    return AreaShare(kind=kind, code=code, name=name, near_edge=near_edge)
