"""The script: small, harmless, the same for ever under its version, and with all its words in every language."""

import base64
import gzip
import hashlib
import json
import re
import string
from pathlib import Path

import brotli
import httpx
import pytest
from babel import Locale

from directory.web.embed import release, script
from directory.web.embed.script import EMBED, MODULES, STATIC

HELLO = 450  # bytes of the one other answer that is there before a search
KNOWN = {"1.0.0": "sha384-QhW1I7Him7/lQoAugXvvt2EYpSYjZe6hF59c3szx1/JWUE4HwkXKINbdkWG+53ec"}
ENGLISH = json.loads((EMBED / "words" / "en.json").read_text("utf-8"))
OTHERS = [each for each in script.languages() if each != "en"]


def test_the_script_is_small() -> None:
    built = script.current()
    assert len(built.gzipped) + HELLO <= 8_000
    for language in OTHERS:
        # What a browser gets over https; nobody speaks both.
        assert len(built.brotlied) + len(script.words(language).brotlied) + HELLO <= 8_000, language


def test_it_is_squeezed_without_loss() -> None:
    built = script.current()
    assert gzip.decompress(built.gzipped) == brotli.decompress(built.brotlied) == built.body


@pytest.mark.parametrize(
    "word",
    ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "localStorage",
     "sessionStorage", "indexedDB", "cookie", "sendBeacon", "http://", "https://", "import ", "export ", ".style",
     "console.", "include"],
)  # fmt: skip
def test_it_has_no_means_to_do_harm(word: str) -> None:
    allowed = {"include": "includes"}
    text = script.current().body.decode()
    assert text.count(word) == (text.count(allowed[word]) if word in allowed else 0)


def test_no_two_modules_use_one_name_at_their_top() -> None:
    """They become one function: a name that is there twice would break it."""
    pattern = re.compile(r"^(?:export )?(?:async )?(?:const|let|function|class) \[?(\w+)", re.MULTILINE)
    names = [name for each in MODULES for name in pattern.findall((STATIC / each).read_text("utf-8"))]
    assert len(names) == len(set(names)) > 20


def test_a_host_page_has_twelve_properties_and_parts_at_least() -> None:
    css = (EMBED / "widget.css").read_text("utf-8")
    from directory.access.partners import THEME

    used = set(re.findall(r"--fd-([a-z-]+)", css))
    assert len(used) >= 12
    assert used == set(THEME), "what a partner may set is what there is"
    guide = (Path(__file__).parents[3] / "docs" / "embed.md").read_text("utf-8")
    assert all(f"`--fd-{name}`" in guide for name in used)
    text = "".join((STATIC / each).read_text("utf-8") for each in MODULES)
    parts = {
        "title",
        "urgent",
        "form",
        "field",
        "label",
        "input",
        "button",
        "choices",
        "status",
        "results",
        "result",
    }
    assert all(f'"{part}"' in text and f"`{part}`" in guide for part in parts)


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_every_word_and_every_plural(language: str) -> None:
    table = json.loads((EMBED / "words" / f"{language}.json").read_text("utf-8"))
    assert set(table) - {"draft"} == set(ENGLISH)
    assert table["dir"] == ("rtl" if language in {"ar", "fa", "ur", "ps", "ku"} else "ltr")
    needed = set(Locale.parse(language).plural_form.tags) | {"other"}
    for name, value in table.items():
        own = ENGLISH.get(name)
        if isinstance(own, dict):
            assert needed <= set(value), (name, needed - set(value))
            assert fields(value["other"]) == fields(own["other"]), name
        elif own:
            assert fields(value) == fields(own), name


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_a_release_is_never_changed() -> None:
    assert {version: each.integrity for version, each in script.releases().items()} == KNOWN


def test_a_version_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(script, "RELEASES", tmp_path / "releases")
    assert release.main("1.9.0").startswith("1.9.0 sha384-")
    assert (tmp_path / "releases" / "1.9.0.js").read_bytes() == script.current().body
    for version in ("1.9.0", "2.0.0", "latest", "../1.0.0"):
        with pytest.raises(ValueError):
            release.main(version)


async def test_a_pinned_version_is_the_same_for_ever_and_the_manifest_says_its_hash(
    client: httpx.AsyncClient,
) -> None:
    manifest = (await client.get("/embed/v1/manifest.json")).json()
    newest = manifest["releases"][-1]
    path = httpx.URL(newest["url"]).path
    for encoding in ("gzip", "br", "identity"):
        answer = await client.get(path, headers={"Accept-Encoding": encoding})
        digest = base64.b64encode(hashlib.sha384(answer.content).digest()).decode()
        assert newest["integrity"] == f"sha384-{digest}"
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-type"].startswith("text/javascript")
    assert (await client.get("/embed/9.9.9/widget.js")).status_code == 404


async def test_the_evergreen_one_is_asked_for_again_and_not_sent_again(client: httpx.AsyncClient) -> None:
    first = await client.get("/embed/v1/widget.js")
    assert "max-age=3600" in first.headers["cache-control"]
    again = await client.get("/embed/v1/widget.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
