"""The colours of the theme can be read by day and by night, and a council's own theme is served, checked and judged."""

from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from directory.app import create_app
from directory.cli import cli
from directory.db import Database
from directory.settings import Settings
from directory.web.assets import FOLDER
from directory.web.contrast import DAY, NIGHT, colours, contrast, faults
from tests.conftest import MakeClient
from tests.web.test_pages import BROWSER

OURS = (FOLDER / "theme.css").read_text("utf-8")


def test_our_own_theme_can_be_read_and_its_edges_seen() -> None:
    assert faults(OURS) == []


def test_contrast_is_what_the_guidelines_say() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((0x77, 0x77, 0x77), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)


def test_a_theme_changes_day_and_night_apart() -> None:
    night = "@media (prefers-color-scheme: dark) { :root { --ink: #010203 } }"
    own = f":root {{ --ink: #ABC }} {night} :root {{ --line: #fff }}"
    found = colours(OURS, own)
    assert found[DAY]["ink"] == (0xAA, 0xBB, 0xCC)
    assert found[NIGHT]["ink"] == (1, 2, 3)
    assert found[NIGHT]["line"] == (255, 255, 255)
    assert any("ink" in each for each in faults(OURS, own))


def test_the_command_says_which_colours_are_too_close(tmp_path: Path) -> None:
    poor, good = tmp_path / "poor.css", tmp_path / "good.css"
    poor.write_text(":root { --quiet: #cccccc }")
    good.write_text(":root { --accent: #1d3f8f; --accent-deep: #122a63; --accent-soft: #e8eef9 }")
    told = CliRunner().invoke(cli, ["check", "theme", str(poor)])
    assert told.exit_code == 1
    assert "quiet on ground" in told.output
    good.write_text(":root { --font: Georgia, serif }")
    assert CliRunner().invoke(cli, ["check", "theme", str(good)]).exit_code == 0


async def test_a_council_s_theme_stands_after_ours_under_an_address_of_its_own(
    county: Database, make_client: MakeClient, tmp_path: Path
) -> None:
    own = tmp_path / "norfolk.css"
    own.write_text(":root { --font: Georgia, serif }")
    themed = await make_client(county, theme=str(own))
    plain = await make_client(county)
    addresses = []
    for client in (themed, plain):
        page: httpx.Response = await client.get("/", headers=BROWSER)
        addresses.append(page.text.partition("theme.css")[0].rpartition('href="')[2] + "theme.css")
    assert addresses[0] != addresses[1]
    door = await themed.get("/staff/sign-in", headers=BROWSER)
    assert addresses[0] in door.text
    sheet = await themed.get(addresses[0])
    assert sheet.text.startswith(OURS)
    assert sheet.text.endswith("Georgia, serif }")
    assert (await plain.get(addresses[0])).status_code == 404


@pytest.mark.parametrize("name", ["theme", "tiles"])
def test_a_file_that_is_not_there_stops_the_start_with_its_setting(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=f"DIRECTORY_{name.upper()}"):
        create_app(Settings(**{name: str(tmp_path / "missing")}))
