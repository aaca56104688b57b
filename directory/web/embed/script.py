"""`widget.js`, put together from the files that people write: a list of modules, one stylesheet, the English words.

Nothing is built beforehand. When a process first serves it, the modules are joined in order inside one function, their
imports and exports fall away, and rjsmin takes out comments and needless space. An import is one line, and no two
modules use one name for two things at their top. Pure but for reading the files.
"""

import base64
import gzip
import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import brotli
import rjsmin
from msgspec import Struct

STATIC = Path(__file__).parents[1] / "static"
EMBED = STATIC / "embed"
WORDS = EMBED / "words"
RELEASES = EMBED / "releases"
MODULES = ("embed/tools.js", "completes.js", "embed/shows.js", "embed/element.js", "embed/start.js")


class Built(Struct, frozen=True, kw_only=True):
    """A file as it goes out. `integrity` is what a page may pin it to."""

    body: bytes
    gzipped: bytes
    brotlied: bytes
    integrity: str
    etag: str


def packed(body: bytes) -> Built:
    return Built(
        body=body,
        gzipped=gzip.compress(body, 9, mtime=0),
        brotlied=brotli.compress(body, quality=11),
        integrity="sha384-" + base64.b64encode(hashlib.sha384(body).digest()).decode(),
        etag='"' + hashlib.sha256(body).hexdigest()[:24] + '"',
    )


@cache
def current() -> Built:
    """The script of the files as they are now: what `/embed/v1/` serves."""
    parts = [plain_script((STATIC / name).read_text("utf-8")) for name in MODULES]
    known = {
        "CSS": plain_style((EMBED / "widget.css").read_text("utf-8")),
        "ENGLISH": english(),
        "LANGUAGES": [each for each in languages() if each != "en"],
    }
    consts = ",".join(
        f"{name}={json.dumps(value, ensure_ascii=False, separators=(',', ':'))}"
        for name, value in known.items()
    )
    script: str = rjsmin.jsmin("\n".join(parts))
    return packed(f'(()=>{{"use strict";const {consts};{script}}})();\n'.encode())


@cache
def releases() -> dict[str, Built]:
    """Version -> the script as it was released, byte for byte: a page that pinned one keeps it."""
    found = {path.stem: packed(path.read_bytes()) for path in RELEASES.glob("*.js")}
    return dict(sorted(found.items(), key=lambda one: [int(part) for part in one[0].split(".")]))


@cache
def languages() -> list[str]:
    return sorted(path.stem for path in WORDS.glob("*.json"))


@cache
def english() -> dict[str, Any]:
    """The words that the script carries."""
    table: dict[str, Any] = json.loads((WORDS / "en.json").read_text("utf-8"))
    return table


@cache
def words(language: str) -> Built:
    """A table of words, squeezed; KeyError for a language that has none."""
    if language not in languages():
        raise KeyError(language)
    table = json.loads((WORDS / f"{language}.json").read_text("utf-8"))
    return packed(json.dumps(table, ensure_ascii=False, separators=(",", ":")).encode())


def plain_script(text: str) -> str:
    """A module as part of one script: without imports and exports."""
    text = re.sub(r"^import .*;$", "", text, flags=re.MULTILINE)
    return re.sub(r"^export (?=class|const|function|async)", "", text, flags=re.MULTILINE)


def plain_style(text: str) -> str:
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    return re.sub(r"\s*([{};,>])\s*", r"\1", text).replace(": ", ":").replace(";}", "}").strip()
