"""A council's own map squares lie under the drawing, in the right places, and come from this server."""

import math
import sqlite3
import struct
import zlib
from pathlib import Path

import pytest

from directory.db import Database
from directory.web.maps import HEIGHT, LARGEST, WIDTH, Ground, Pin, Tile, around, draw, tiled
from directory.web.tiles import tiles
from tests.conftest import MakeClient
from tests.web.test_pages import BROWSER


def picture() -> bytes:
    """A PNG of one grey pixel."""

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + part(b"IHDR", head)
        + part(b"IDAT", zlib.compress(b"\x00\xdd"))
        + part(b"IEND", b"")
    )


@pytest.fixture
def mbtiles(tmp_path: Path) -> Path:
    """Every square over Norfolk at two zooms."""
    path = tmp_path / "norfolk.mbtiles"
    file = sqlite3.connect(path)
    file.execute("create table metadata (name text, value text)")
    file.execute("create table tiles (zoom_level int, tile_column int, tile_row int, tile_data blob)")
    file.executemany(
        "insert into metadata values (?, ?)", [("format", "png"), ("attribution", "Drawn by the council")]
    )
    for zoom in (8, 9):
        for column in range(2**zoom // 2, 2**zoom // 2 + 4):
            for row in range(2**zoom):
                file.execute("insert into tiles values (?, ?, ?, ?)", (zoom, column, row, picture()))
    file.commit()
    file.close()
    return path


def test_squares_cover_the_window_and_meet_without_gaps() -> None:
    window = around([(52.36, 0.15), (52.99, 1.75)])
    found = tiled(window, 5, 18)
    assert 2 <= len(found) <= 40
    assert min(each.x for each in found) <= 0
    assert min(each.y for each in found) <= 0
    assert max(each.x + each.width for each in found) >= WIDTH
    assert max(each.y + each.height for each in found) >= HEIGHT
    at = {(each.column, each.row): each for each in found}
    for (column, row), each in at.items():
        right, below = at.get((column + 1, row)), at.get((column, row + 1))
        assert right is None or math.isclose(each.x + each.width, right.x, abs_tol=0.11)
        assert below is None or math.isclose(each.y + each.height, below.y, abs_tol=0.11)


def test_a_known_point_lies_on_its_own_square() -> None:
    """Norwich, 52.6285 N 1.2992 E, is on square 10/515/335 of every web map."""
    window = around([(52.6, 1.2), (52.7, 1.4)])
    square: Tile = next(each for each in tiled(window, 10, 10) if (each.column, each.row) == (515, 335))
    x, y = window(52.6285, 1.2992)
    assert square.x <= x <= square.x + square.width
    assert square.y <= y <= square.y + square.height


def test_pins_come_apart_where_the_map_can_be_large_enough() -> None:
    def pin(number: int, lat: float, lon: float) -> Pin:
        return Pin(number=number, lat=lat, lon=lon, name=f"Service {number}", id=str(number))

    pins = [pin(1, 52.628, 1.299), pin(2, 52.640, 1.310), pin(3, 52.95, 0.5), pin(4, 52.95, 0.5)]
    near, same = sorted(
        (each for each in draw(pins, None, Ground()).dots if len(each.pins) > 1),
        key=lambda each: each.pins[0].number,
    )
    assert [spot.pin.number for spot in near.spots] == [2, 1]
    assert 1 < near.apart <= LARGEST
    assert same.spots == []


async def test_the_map_shows_the_squares_and_their_maker(
    county: Database, make_client: MakeClient, mbtiles: Path
) -> None:
    client = await make_client(county, tiles=str(mbtiles))
    page = await client.get("/search?q=food&map=true", headers=BROWSER)
    assert "Drawn by the council" in page.text
    first = page.text.partition('<image href="')[2].partition('"')[0]
    answer = await client.get(first)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    assert answer.content == picture()
    for missing in ("/tiles/9/1/1", "/tiles/40/1/1", "/tiles/9/-1/1"):
        assert (await client.get(missing)).status_code == 404


async def test_without_squares_there_is_nothing_to_ask_for(county: Database, make_client: MakeClient) -> None:
    client = await make_client(county)
    assert "<image" not in (await client.get("/search?q=food&map=true", headers=BROWSER)).text
    assert (await client.get("/tiles/9/256/170")).status_code == 404


def test_a_file_of_something_else_is_refused_by_name(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.mbtiles"
    wrong.write_text("not a database at all, but long enough to be looked at" * 20)
    with pytest.raises(ValueError, match="DIRECTORY_TILES"):
        tiles(str(wrong))
