"""Static files: read, hashed and compressed once; served from memory under addresses that never change meaning."""

import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import brotli
from litestar import Request, Response, get
from litestar.params import FromPath
from msgspec import Struct

from directory.access import OPEN
from directory.errors import NotFound

FOLDER = Path(__file__).parent / "static"
TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".ico": "image/x-icon",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}
THEME = "theme.css"
FOREVER = "public, max-age=31536000, immutable"


class Asset(Struct, frozen=True, kw_only=True):
    """One file as it goes out. `digest` is in its address, so the address changes whenever the content does."""

    name: str
    digest: str
    media_type: str
    plain: bytes
    gzipped: bytes
    brotlied: bytes

    @property
    def url(self) -> str:
        return f"/static/{self.digest}/{self.name}"


@cache
def assets(theme: str = "") -> dict[str, Asset]:
    """Every file of the folder by its name; a file of an unknown type is not served.

    `theme` is the path of a council's own stylesheet: it stands after ours in theme.css, and so wins. Raises
    ValueError where it cannot be read.
    """
    found = {}
    for path in sorted(FOLDER.iterdir()):
        if path.suffix in TYPES:
            plain = path.read_bytes()
            if theme and path.name == THEME:
                plain += b"\n" + _own(theme)
            found[path.name] = Asset(
                name=path.name,
                digest=hashlib.sha256(plain).hexdigest()[:16],
                media_type=TYPES[path.suffix],
                plain=plain,
                gzipped=gzip.compress(plain, 9, mtime=0),
                brotlied=brotli.compress(plain, quality=11),
            )
    return found


def _own(theme: str) -> bytes:
    try:
        return Path(theme).read_bytes()
    except OSError as error:
        raise ValueError(f"DIRECTORY_THEME: {theme} cannot be read ({error.strerror})") from None


def asset(name: str) -> str:
    """The address of a static file, for templates; raises KeyError for a file that is not there."""
    return assets()[name].url


@get("/static/{digest:str}/{name:str}", opt={**OPEN, "compressed": True}, sync_to_thread=False)
def static(request: Request[Any, Any, Any], digest: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """A static file. An address with an old hash is gone: an old page must not get a new stylesheet for ever."""
    found = assets(request.app.state.settings.theme).get(name)
    if found is None or found.digest != digest:
        raise NotFound("there is no such file")
    body, encoding = _encoded(found, request.headers.get("accept-encoding", ""))
    headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding"}
    if encoding:
        headers["Content-Encoding"] = encoding
    return Response(body, media_type=found.media_type, headers=headers)


def _encoded(found: Asset, accepted: str) -> tuple[bytes, str]:
    names = {part.partition(";")[0].strip() for part in accepted.split(",")}
    if "br" in names:
        return found.brotlied, "br"
    if "gzip" in names:
        return found.gzipped, "gzip"
    return found.plain, ""
