"""What the guides say is there is there."""

import re
from pathlib import Path

import pytest
import rich_click as click

from directory.cli import cli

ROOT = Path(__file__).parents[1]
GUIDES = [
    ROOT / name
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "seed/README.md", "seed/PLACES.md")
]
GUIDES += sorted((ROOT / "docs").glob("*.md"))


def commands(group: click.Group, before: str = "") -> set[str]:
    found: set[str] = set()
    for name, command in group.commands.items():
        found.add(f"{before}{name}")
        if isinstance(command, click.Group):
            found |= commands(command, f"{before}{name} ")
    return found


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(guide: Path) -> None:
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", guide.read_text("utf-8")):
        assert (guide.parent / target).exists(), f"{guide.name}: {target}"


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_that_is_named_exists(guide: Path) -> None:
    known = commands(cli)
    for line in re.findall(r"`(?:\.venv/bin/)?directory ([a-z][a-z ]*[a-z])", guide.read_text("utf-8")):
        words = line.split()
        assert words[0] in known, f"{guide.name}: directory {line}"
        if isinstance(cli.commands[words[0]], click.Group) and len(words) > 1:
            assert f"{words[0]} {words[1]}" in known, f"{guide.name}: directory {line}"


def test_the_design_s_commands_are_all_here() -> None:
    wanted = {
        "serve", "migrate", "seed", "search", "route", "import oruk", "import csv", "import postcodes", "import areas",
        "export oruk", "index rebuild", "index status", "check oruk", "key issue", "key list", "key revoke", "user add",
        "user list", "user disable", "rules check", "backup", "restore",
    }  # fmt: skip
    assert wanted <= commands(cli)


def test_the_two_commands_stand_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "make run" in readme
    assert "make test" in readme
