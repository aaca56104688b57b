"""A raster map under our own drawing, from an MBTiles file of the council's: served by us, so that no map company
learns where a family looks.

MBTiles 1.3: an SQLite database with `metadata(name, value)` and `tiles(zoom_level, tile_column, tile_row, tile_data)`,
rows counted from the south.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from litestar import Request, Response, get
from litestar.params import FromPath
from msgspec import Struct

from directory.access import OPEN
from directory.errors import NotFound

if TYPE_CHECKING:
    import sqlite3

SIGNATURES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}


class Tiles(Struct, frozen=True):
    """`zooms` are the least and the most that the file holds; `credit` is who drew it, for under the map."""

    path: Path
    zooms: tuple[int, int]
    credit: str

    def read(self, zoom: int, column: int, row: int) -> bytes | None:
        with _opened(self.path) as file:
            found = file.execute(
                "select tile_data from tiles where zoom_level = ? and tile_column = ? and tile_row = ?",
                (zoom, column, 2**zoom - 1 - row),
            ).fetchone()
        file.close()
        return bytes(found[0]) if found else None


@cache
def tiles(path: str) -> Tiles | None:
    """The file of the setting; None where none is set. Raises ValueError for a file that is not MBTiles of pictures."""
    if not path:
        return None
    import sqlite3  # late: few have such a file

    try:
        with _opened(Path(path)) as file:
            least, most = file.execute("select min(zoom_level), max(zoom_level) from tiles").fetchone()
            words = dict(file.execute("select name, value from metadata"))
        file.close()
    except sqlite3.Error as error:
        raise ValueError(f"DIRECTORY_TILES: {path} is not an MBTiles file ({error})") from None
    if least is None or words.get("format", "png") not in {"png", "jpg", "jpeg", "webp"}:
        raise ValueError(f"DIRECTORY_TILES: {path} holds no pictures (png, jpg or webp)")
    return Tiles(Path(path), (least, most), words.get("attribution", ""))


def _opened(path: Path) -> "sqlite3.Connection":
    import sqlite3

    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


@get("/tiles/{zoom:int}/{column:int}/{row:int}", opt={**OPEN, "compressed": True}, sync_to_thread=True)
def tile(
    request: Request[Any, Any, Any], zoom: FromPath[int], column: FromPath[int], row: FromPath[int]
) -> Response[bytes]:
    """One square of the map."""
    known = tiles(request.app.state.settings.tiles)
    inside = 0 <= zoom <= 22 and 0 <= column < 2**zoom and 0 <= row < 2**zoom
    found = known.read(zoom, column, row) if known and inside else None
    if found is None:
        raise NotFound("there is no such tile")
    media = next((kind for start, kind in SIGNATURES.items() if found.startswith(start)), None)
    if media is None:
        raise NotFound("there is no such tile")
    return Response(found, media_type=media, headers={"Cache-Control": "public, max-age=86400"})
