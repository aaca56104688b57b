"""Outlines of areas that are lists of postcodes, for maps: each postcode owns the ground that is nearer to it than to
any other (its Voronoi cell); the cells of an area are joined, cut off a little beyond the last house, and simplified
together, so that neighbours keep one line between them. Pure.

They are drawn, not surveyed: to tell which area a point is in, ask the postcodes themselves.
"""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from directory.places.distance import Plane
from directory.places.onspd import Batch

_ROUND = 1_000.0
"""Metres of land that are drawn round the last postcode."""
_GAP = 2_500.0
"""Empty ground up to twice as wide is filled."""
_TOLERANCE = 220.0
_CELL = 500.0
_DECIMALS = 4


class Ground:
    """Distinct places of live postcodes, inside and just outside the home districts, and their cells."""

    def __init__(
        self,
        lat: NDArray[np.float64],
        lon: NDArray[np.float64],
        district: Sequence[str],
        sector: Sequence[str],
    ) -> None:
        """`district` is "" for a postcode outside: it only pushes the line to where it belongs."""
        self._plane = Plane(float(np.mean(lat)) if len(lat) else 0.0)
        self._xy, first = np.unique(np.round(self._plane.xy(lat, lon), 1), axis=0, return_index=True)
        self.districts = [district[index] for index in first.tolist()]
        self.sectors = [sector[index] for index in first.tolist()]
        parts = shapely.voronoi_polygons(shapely.multipoints(self._xy), ordered=True)
        self._cells = np.asarray(shapely.get_parts(parts))
        self._land = self._near_homes()

    @classmethod
    def of(cls, batches: Sequence[Batch], home: Collection[str]) -> "Ground":
        """The ground of the postcodes that are not known to have ended."""
        keep = [batch.where(batch.live != 0) for batch in batches]
        districts = [d if d in home else "" for batch in keep for d in batch.district.tolist()]
        return cls(
            np.concatenate([batch.lat for batch in keep]),
            np.concatenate([batch.lon for batch in keep]),
            districts,
            [code[:-2] for batch in keep for code in batch.postcode.tolist()],
        )

    def labelled(self, by_sector: Mapping[str, str]) -> list[str]:
        """A label for each place inside, by its sector; "" for one outside or in no listed sector."""
        return [
            by_sector.get(sector, "") if district else ""
            for sector, district in zip(self.sectors, self.districts, strict=True)
        ]

    def outlines(self, labels: Sequence[str]) -> dict[str, bytes]:
        """Label -> its outline as WKB in WGS84, for one label a place; "" belongs to none."""
        marked = np.array(labels)
        wanted = sorted({label for label in labels if label})
        joined = [shapely.coverage_union_all(self._cells[marked == label]) for label in wanted]
        cut = shapely.intersection(np.array(joined, dtype=object), self._land)
        simple = shapely.coverage_simplify(_polygons(cut), _TOLERANCE) if wanted else cut
        degrees = shapely.transform(simple, self._to_degrees)
        # Rounding to about ten metres can make a thin corner cross itself.
        tidy = shapely.make_valid(degrees)
        return {
            label: shapely.to_wkb(shape)
            for label, shape in zip(wanted, _polygons(tidy), strict=True)
            if not shape.is_empty
        }

    def _near_homes(self) -> shapely.Geometry:
        inside = np.array([bool(district) for district in self.districts])
        spots = np.unique(np.round(self._xy[inside] / _CELL), axis=0) * _CELL
        rounds = shapely.union_all(shapely.buffer(shapely.points(spots), _ROUND + _GAP, quad_segs=3))
        return shapely.buffer(rounds, -_GAP, quad_segs=3)

    def _to_degrees(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.round(self._plane.lonlat(xy), _DECIMALS))


def _polygons(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Only the surfaces of each shape: a cut can leave a line or a point where two only touch."""
    return np.array(
        [
            shapely.union_all([part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"])
            for shape in shapes
        ],
        dtype=object,
    )
