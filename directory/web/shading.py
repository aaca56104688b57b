"""The zones of the county, shaded by a number: the same outlines as the public maps. Pure."""

from collections.abc import Mapping, Sequence

import shapely
from msgspec import Struct

from directory.insight.charts import level
from directory.web.maps import HEIGHT, WIDTH, Window, around, outline


class Patch(Struct, frozen=True):
    """One area: its path, its shade from 0 to 4, and where its short name stands."""

    path: str
    shade: int
    x: float
    y: float
    short: str
    name: str
    text: str


class Shaded(Struct, frozen=True):
    patches: list[Patch]
    width: float = WIDTH
    height: float = HEIGHT


def shaded(
    shapes: Mapping[str, shapely.Geometry], names: Mapping[str, str], values: Mapping[str, float | None],
    texts: Mapping[str, str],
) -> Shaded | None:  # fmt: skip
    """A patch for each area that has an outline; None where none has."""
    if not shapes:
        return None
    bounds = [each.bounds for each in shapes.values()]
    corners = [
        (min(b[1] for b in bounds), min(b[0] for b in bounds)),
        (max(b[3] for b in bounds), max(b[2] for b in bounds)),
    ]
    window = around(_shrunk(corners))
    most = max((value or 0 for value in values.values()), default=0)
    return Shaded([_patch(ref, shape, window, names, values, texts, most) for ref, shape in shapes.items()])


def _patch(
    ref: str, shape: shapely.Geometry, window: Window, names: Mapping[str, str], values: Mapping[str, float | None],
    texts: Mapping[str, str], most: float,
) -> Patch:  # fmt: skip
    point = shape.representative_point()
    x, y = window(point.y, point.x)
    name = names.get(ref, ref)
    short = name.rpartition(" ")[2] if name.startswith("Zone ") else name[:3]
    return Patch(
        outline([shape], window), level(values.get(ref), most), x, y + 4, short, name, texts.get(ref, "")
    )


def _shrunk(corners: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """An outline needs less room around it than a pin does."""
    (south, west), (north, east) = corners
    dy, dx = (north - south) * 0.11, (east - west) * 0.11
    return [(south + dy, west + dx), (north - dy, east - dx)]
