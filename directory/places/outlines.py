"""Outlines of areas that are lists of postcodes, for maps: each postcode owns the ground that is nearer to it than to
any other (its Voronoi cell); the cells of an area are joined, cut off a little beyond the last house, and simplified
together, so that neighbours keep one line between them. Pure.

They are drawn, not surveyed: to tell which area a point is in, ask the postcodes themselves.
"""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from directory.places.distance import Plane

_ROUND = 1_000.0
"""Metres of land that are drawn round the last postcode."""
_GAP = 2_500.0
"""Empty ground up to twice as wide is filled."""
_TOLERANCE = (20.0, 220.0)
"""Least and most metres that a simplified line may stray; small areas get finer lines."""
_CELL = 500.0
_DECIMALS = 4


class Ground:
    """The cells of the distinct points of postcodes, inside and just outside the home county."""

    def __init__(self, lat: NDArray[np.float64], lon: NDArray[np.float64], inside: NDArray[np.bool_]) -> None:
        """`inside` is false for a postcode over the border: it only pushes the line to where it belongs."""
        self._plane = Plane(float(np.mean(lat)) if len(lat) else 0.0)
        self._xy, self._first = np.unique(np.round(self._plane.xy(lat, lon), 1), axis=0, return_index=True)
        parts = shapely.voronoi_polygons(shapely.multipoints(self._xy), ordered=True)
        self._cells = np.asarray(shapely.get_parts(parts))
        self._inside = inside[self._first]
        self._land = self._near_homes()

    def outlines(self, labels: Sequence[str]) -> dict[str, bytes]:
        """Label -> its outline as WKB in WGS84, for one label a postcode; "" belongs to none."""
        marked = np.where(self._inside, np.array(labels)[self._first], "")
        wanted = sorted(set(marked.tolist()) - {""})
        joined = [shapely.coverage_union_all(self._cells[marked == label]) for label in wanted]
        cut = shapely.intersection(np.array(joined, dtype=object), self._land)
        simple = shapely.coverage_simplify(_polygons(cut), _tolerance(cut)) if wanted else cut
        degrees = shapely.transform(simple, self._to_degrees)
        # Rounding to about ten metres can make a thin corner cross itself.
        tidy = shapely.make_valid(degrees)
        return {
            label: shapely.to_wkb(shape)
            for label, shape in zip(wanted, _polygons(tidy), strict=True)
            if not shape.is_empty
        }

    def _near_homes(self) -> shapely.Geometry:
        spots = np.unique(np.round(self._xy[self._inside] / _CELL), axis=0) * _CELL
        rounds = shapely.union_all(shapely.buffer(shapely.points(spots), _ROUND + _GAP, quad_segs=3))
        return shapely.buffer(rounds, -_GAP, quad_segs=3)

    def _to_degrees(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.round(self._plane.lonlat(xy), _DECIMALS))


def _tolerance(shapes: NDArray[np.object_]) -> float:
    return float(np.clip(0.05 * np.sqrt(shapely.area(shapes).min()), *_TOLERANCE))


def _polygons(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Only the surfaces of each shape: a cut can leave a line or a point where two only touch."""
    return np.array(
        [
            shapely.union_all([part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"])
            for shape in shapes
        ],
        dtype=object,
    )
