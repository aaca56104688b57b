"""Maps as SVG, drawn on the server: the county's outline, its towns, numbered pins. Pure.

A map never holds anything that the list beside it does not. Lengths are in units of the drawing (400 wide).
"""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import shapely
from msgspec import Struct

WIDTH, HEIGHT = 400.0, 268.0
PIN = 13.0
APART = 34.0  # pins closer than this become one: 24 pixels on the smallest screen
LEAST = 0.3  # degrees of longitude shown at least: about 20 km
EDGE = 0.16  # of the window left free around the pins
LABEL = 11.0
LARGEST = 16.0  # as far as the script makes a map larger
SHARP = 800  # pixels across that tiles are sharp at
MOST_TILES = 40


class Pin(Struct, frozen=True, kw_only=True):
    """`number` is its number in the list; `id` where the list's entry is."""

    number: int
    lat: float
    lon: float
    name: str
    id: str


class Town(NamedTuple):
    name: str
    lat: float
    lon: float


class Ground(Struct, frozen=True):
    """What lies under the pins: outlines as polygons (WGS84), towns in order of importance.

    `coarse` are the outlines with fewer corners, for windows of a width in degrees or more, the widest first.
    """

    outlines: Sequence[shapely.Geometry] = ()
    towns: Sequence[Town] = ()
    zooms: tuple[int, int] | None = None  # of the tiles, where there are any
    credit: str = ""
    coarse: Sequence[tuple[float, Sequence[shapely.Geometry]]] = ()

    def seen(self, wide: float) -> Sequence[shapely.Geometry]:
        """The outlines for a window so many degrees wide."""
        return next((shapes for least, shapes in self.coarse if wide >= least), self.outlines)


def coarsened(outlines: Sequence[shapely.Geometry]) -> list[tuple[float, list[shapely.Geometry]]]:
    """Outlines for wide windows: corners that stand out by less than half a unit of the drawing are left away."""
    return [(wide, [shapely.simplify(each, wide / WIDTH / 2) for each in outlines]) for wide in (1.2, 0.6)]


class Spot(NamedTuple):
    """One pin where it really is."""

    x: float
    y: float
    pin: Pin


class Dot(Struct, frozen=True):
    """One pin or several close together. `text` stands in the pin.

    `spots` are its pins apart, where a map `apart` times as large has room for each; empty where no size would do.
    """

    x: float
    y: float
    text: str
    pins: list[Pin]
    spots: list[Spot] = []
    apart: float = 0.0


class Label(Struct, frozen=True):
    """A town: its dot at `x`, `y`, its name at `text_x`, `text_y`."""

    x: float
    y: float
    text: str
    anchor: str
    text_x: float
    text_y: float


class Tile(Struct, frozen=True):
    """One square of a raster map: its number (zoom, column, row from the north-west) and where it lies."""

    zoom: int
    column: int
    row: int
    x: float
    y: float
    width: float
    height: float


class Map(Struct, frozen=True):
    """What the template draws: `land` and `area` (one area that stands out) are the data of SVG paths; `tiles` lie
    under everything, where the council has them."""

    land: str
    dots: list[Dot]
    labels: list[Label]
    you: tuple[float, float] | None
    area: str = ""
    tiles: list[Tile] = []
    credit: str = ""
    width: float = WIDTH
    height: float = HEIGHT


class Window(NamedTuple):
    """The part of the world that is drawn: degrees to units."""

    west: float
    south: float
    scale: float  # units a degree of latitude
    squeeze: float  # how much shorter a degree of longitude is

    def __call__(self, lat: float, lon: float) -> tuple[float, float]:
        x = (lon - self.west) * self.scale * self.squeeze
        return round(x, 1), round(HEIGHT - (lat - self.south) * self.scale, 1)


def draw(
    pins: Sequence[Pin],
    you: tuple[float, float] | None,
    ground: Ground,
    around_shape: shapely.Geometry | None = None,
    *,
    whole: bool = False,
) -> Map:
    """A map of the pins (and of `you`, latitude and longitude) or of one shape; `whole`, or without any, of the
    whole ground."""
    shapes = ground.outlines
    points = [(pin.lat, pin.lon) for pin in pins] + ([you] if you else [])
    if around_shape is not None:
        points += _corners([around_shape])
    window = around(_corners(shapes) if whole or not points else points)
    dots = joined(pins, window)
    at = window(*you) if you else None
    return Map(
        land=outline(ground.seen(WIDTH / window.scale / window.squeeze), window),
        dots=dots,
        labels=_labels(ground.towns, window, dots),
        you=at,
        area=outline([around_shape], window) if around_shape is not None else "",
        tiles=tiled(window, *ground.zooms) if ground.zooms else [],
        credit=ground.credit if ground.zooms else "",
    )


def around(points: Sequence[tuple[float, float]]) -> Window:
    """The smallest window with the right shape that holds the points and some room; never smaller than a town."""
    lats, lons = [p[0] for p in points], [p[1] for p in points]
    middle, across = (min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2
    squeeze = math.cos(math.radians(middle))
    room = 1 + 2 * EDGE
    wide = max((max(lons) - min(lons)) * room, LEAST) * squeeze
    high = max((max(lats) - min(lats)) * room, wide * HEIGHT / WIDTH)
    wide = max(wide, high * WIDTH / HEIGHT)
    scale = WIDTH / wide
    return Window(across - wide / squeeze / 2, middle - high / 2, scale, squeeze)


def joined(pins: Sequence[Pin], window: Window) -> list[Dot]:
    """Pins too close to tap apart become one, with the first number and a plus."""
    places: list[tuple[float, float, list[Pin]]] = []
    for pin in sorted(pins, key=lambda each: each.number):
        x, y = window(pin.lat, pin.lon)
        near = next((each for each in places if math.hypot(each[0] - x, each[1] - y) < APART), None)
        if near:
            near[2].append(pin)
        else:
            places.append((x, y, [pin]))
    # The first number is drawn last, on top.
    return [_dot(x, y, found, window) for x, y, found in reversed(places)]


def _dot(x: float, y: float, pins: list[Pin], window: Window) -> Dot:
    if len(pins) == 1:
        return Dot(x, y, str(pins[0].number), pins)
    spots = [Spot(*window(pin.lat, pin.lon), pin) for pin in pins]
    closest = min(math.hypot(a.x - b.x, a.y - b.y) for i, a in enumerate(spots) for b in spots[:i])
    apart = math.ceil(10 * APART / closest) / 10 if closest else math.inf
    text = f"{pins[0].number}+"
    return Dot(x, y, text, pins, spots[::-1], apart) if apart <= LARGEST else Dot(x, y, text, pins)


def tiled(window: Window, least: int, most: int) -> list[Tile]:
    """The tiles (web Mercator, 256 pixels) under a window, at the zoom that is sharp on a wide screen.

    The drawing is not Mercator: each tile is placed by its own corners, off by less than a pixel within.
    """
    wide = WIDTH / window.scale / window.squeeze
    zoom = min(max(round(math.log2(360 / wide * SHARP / 256)), least), most)
    count = 2**zoom
    north = window.south + HEIGHT / window.scale
    columns = range(
        max(0, int((window.west + 180) / 360 * count)),
        min(count - 1, int((window.west + wide + 180) / 360 * count)) + 1,
    )
    rows = range(
        max(0, int(_mercator(north) * count)), min(count - 1, int(_mercator(window.south) * count)) + 1
    )
    if len(columns) * len(rows) > MOST_TILES:
        return []
    found = []
    for column, row in ((c, r) for r in rows for c in columns):
        x, y = window(_latitude(row / count), column / count * 360 - 180)
        right, low = window(_latitude((row + 1) / count), (column + 1) / count * 360 - 180)
        found.append(Tile(zoom, column, row, x, y, round(right - x, 1), round(low - y, 1)))
    return found


def _mercator(latitude: float) -> float:
    """0 at the northern edge of the Mercator square, 1 at its southern one."""
    return 0.5 - math.asinh(math.tan(math.radians(latitude))) / math.tau


def _latitude(mercator: float) -> float:
    return math.degrees(math.atan(math.sinh(math.tau * (0.5 - mercator))))


def _corners(shapes: Iterable[shapely.Geometry]) -> list[tuple[float, float]]:
    bounds = [each.bounds for each in shapes]
    if not bounds:
        return [(52.36, 0.15), (52.99, 1.75)]
    west, south = min(b[0] for b in bounds), min(b[1] for b in bounds)
    east, north = max(b[2] for b in bounds), max(b[3] for b in bounds)
    shrink = EDGE / 1.3  # an outline needs less room around it than a pin
    dy, dx = (north - south) * shrink / 2, (east - west) * shrink / 2
    return [(south + dy, west + dx), (north - dy, east - dx)]


def outline(shapes: Iterable[shapely.Geometry], window: Window) -> str:
    """The data of one SVG path for all shapes, cut to a little more than the window."""
    pad = 0.05
    east = window.west + WIDTH / window.scale / window.squeeze
    north = window.south + HEIGHT / window.scale
    parts: list[str] = []
    for shape in shapes:
        seen = shapely.clip_by_rect(shape, window.west - pad, window.south - pad, east + pad, north + pad)
        polygons = [
            p for p in getattr(seen, "geoms", [seen]) if isinstance(p, shapely.Polygon) and not p.is_empty
        ]
        parts += [_ring(polygon, window) for polygon in polygons]
    return "".join(parts)


def _ring(polygon: shapely.Polygon, window: Window) -> str:
    coords = shapely.get_coordinates(polygon.exterior)
    x = np.rint((coords[:, 0] - window.west) * (window.scale * window.squeeze)).astype(int)
    y = np.rint(HEIGHT - (coords[:, 1] - window.south) * window.scale).astype(int)
    moved = np.flatnonzero((np.diff(x, prepend=x[0] - 1) != 0) | (np.diff(y, prepend=y[0] - 1) != 0))
    points = [f"{a} {b}" for a, b in zip(x[moved].tolist(), y[moved].tolist(), strict=True)]
    return "M" + "L".join(points[:-1]) + "Z" if len(points) >= 4 else ""


def _labels(towns: Iterable[Town], window: Window, dots: Sequence[Dot]) -> list[Label]:
    """Names of towns where there is room: none over a pin or over another name."""
    taken = [(dot.x - PIN, dot.y - PIN, dot.x + PIN, dot.y + PIN) for dot in dots]
    found: list[Label] = []
    for town in towns:
        x, y = window(town.lat, town.lon)
        if not (4 < x < WIDTH - 4 and 4 < y < HEIGHT - 4):
            continue
        long = len(town.name) * LABEL * 0.56
        under = min(max(x, long / 2 + 3), WIDTH - long / 2 - 3)
        for anchor, at, low in (
            ("start", x + 5, y + 4),
            ("end", x - 5, y + 4),
            ("middle", under, y + 14),
            ("middle", under, y - 6),
        ):
            left = {"start": at, "end": at - long, "middle": at - long / 2}[anchor]
            box = (left, low - LABEL, left + long, low + 2)
            inside = box[0] > 2 and box[2] < WIDTH - 2 and box[1] > 2 and box[3] < HEIGHT - 2
            if inside and not any(_over(box, other) for other in taken):
                taken.append(box)
                found.append(Label(x, y, town.name, anchor, round(at, 1), round(low, 1)))
                break
    return found


def _over(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
