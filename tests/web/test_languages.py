"""Every string of the pages can be translated, and a catalogue that is offered is whole."""

import re
from pathlib import Path

import httpx
import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from directory.web.languages import FOLDER, LANGUAGES
from directory.web.wording import Wording
from tests.web.test_pages import BROWSER

ROOM = FOLDER.parent
HOLES = re.compile(r"%\(\w+\)s|%s|\{n\}")
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2), "say": None, "marked": None, "plural": (1, 2)}
Message = str | tuple[str, ...]


# Staff pages are marked for translation as all are; they are offered in English only.
STAFF = (("staff/**.py", "ignore"), ("templates/staff/**.html", "ignore"))


def messages(*, staff: bool = False) -> set[Message]:
    """What stands in templates and code."""
    found: set[Message] = set()
    for room, methods in (
        (ROOM, [*(STAFF if not staff else ()), ("**.py", "python"), ("templates/**.html", "jinja2")]),
        (ROOM.parent / "referrals", [("plain.py", "python"), ("codes.py", "python")]),
    ):
        for _, _, message, *_ in extract_from_dir(
            room,
            method_map=methods,
            options_map={"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}},
            keywords=KEYWORDS,  # type: ignore[arg-type]
        ):
            found.add(message if isinstance(message, str) else tuple(message[:2]))
    return found


@pytest.mark.parametrize("code", sorted(set(LANGUAGES) - {"en"}))
def test_a_catalogue_says_everything_and_keeps_every_hole(code: str) -> None:
    with (FOLDER / f"{code}.po").open("rb") as file:
        catalogue = read_po(file, locale=code)
    missing = []
    for message in messages():
        entry = catalogue.get(message if isinstance(message, str) else message[0])
        if entry is None or not entry.string or entry.fuzzy:
            missing.append(message)
            continue
        strings = entry.string if isinstance(entry.string, tuple) else (entry.string,)
        holes = set(HOLES.findall(message if isinstance(message, str) else " ".join(message)))
        assert all(set(HOLES.findall(each)) == holes for each in strings), message
    assert missing == []


def test_no_words_stand_in_a_template_that_cannot_be_translated() -> None:
    """Text between tags is a call, a variable, or a name that is the same in every language."""
    plain = {"(Childline)", "/oruk/v3/services", "/api/routes/rules"}
    for path in sorted(
        [*(ROOM / "templates").glob("*.html"), *(ROOM / "templates" / "staff").glob("*.html")]
    ):
        if path.name == "docs.html":
            assert '<div class="wrap page prose" lang="en">' in path.read_text("utf-8")
            continue  # for those who write programs: in English, as the names in it are
        text = re.sub(r"\{#.*?#\}|<script.*?</script>|<svg.*?</svg>", "", path.read_text("utf-8"), flags=re.S)
        text = re.sub(r'<p lang="en">.*?</p>', "", text)
        text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", text, flags=re.S)
        loose = [each.strip() for each in re.findall(r">([^<>]*)<", text)]
        assert [each for each in loose if re.search(r"[A-Za-z]{3}", each) and each not in plain] == [], (
            path.name
        )


async def test_a_page_in_another_language_says_so_and_keeps_it(client: httpx.AsyncClient) -> None:
    page = await client.get("/search?q=food&lang=pl", headers=BROWSER)
    assert '<html lang="pl" dir="ltr">' in page.text
    assert page.headers["content-language"] == "pl"
    assert "Znajdź pomoc" in page.text
    assert "Nikt jeszcze nie sprawdził tego tłumaczenia" in page.text
    assert all("lang=pl" in link for link in re.findall(r'href="(/services/[^"]+)"', page.text))


def test_distances_dates_and_times_are_said_as_people_say_them() -> None:
    english, polish = Wording("en"), Wording("pl")
    assert [english.miles(each) for each in (0.04, 0.5, 1, 3.26, 14.6)] == [
        "less than 0.1 miles", "0.5 miles", "1 mile", "3.3 miles", "15 miles",
    ]  # fmt: skip
    assert polish.miles(3) == "3 mile"
    assert polish.miles(12) == "12 mil"
    assert english.date("2026-11-23") == "23 November 2026"
    assert polish.date("2026-11-23") == "23 listopada 2026"
    assert [english.clock(each) for each in ("09:00", "12:00", "13:30", "00:00")] == [
        "9am",
        "midday",
        "1:30pm",
        "midnight",
    ]
    assert polish.clock("13:30") == "13:30"


def test_catalogues_are_where_the_package_finds_them() -> None:
    assert all((Path(FOLDER) / f"{code}.po").is_file() for code in LANGUAGES if code != "en")
