"""Web origins, compared exactly: scheme, host and port, as a browser writes them in the `Origin` header. Pure."""

from urllib.parse import urlsplit

from directory.errors import BadRequest, FieldError

PORTS = {"http": 80, "https": 443}
LONGEST = 300


def origin(text: str) -> str:
    """An address or origin that somebody wrote, as the origin a browser sends. BadRequest for what is none.

    A path is refused rather than dropped: who writes one may think that it narrows the permission. So are wildcards,
    names with a user, and anything but http and https.
    """
    given = text.strip()
    found = read(given.removesuffix("/"))
    if found is None or len(given) > LONGEST:
        raise BadRequest(
            f"{given[:60]!r} is no origin: write scheme and host, such as https://www.school.example",
            errors=[
                FieldError("origin", "scheme, host and, where it is unusual, the port; nothing after it")
            ],
        )
    return found


def read(text: str) -> str | None:
    """The normal form of an origin; None for anything else."""
    try:
        parts = urlsplit(text)
        port = parts.port
        host = (
            (parts.hostname or "").encode("idna").decode("ascii") if ":" not in (parts.hostname or "") else ""
        )
    except (ValueError, UnicodeError):
        return None
    if not host or parts.scheme not in PORTS or parts.path or parts.query or parts.fragment:
        return None
    if "@" in parts.netloc or "?" in text or "#" in text or host.endswith(".") or not _named(host):
        return None
    return f"{parts.scheme}://{host}" + ("" if port in (None, PORTS[parts.scheme]) else f":{port}")


def _named(host: str) -> bool:
    return all(
        label and len(label) <= 63 and label.replace("-", "a").replace("_", "a").isalnum() and label.isascii()
        for label in host.split(".")
    )


def of(address: str) -> str:
    """The origin of a whole address of ours; "" where it has none."""
    parts = urlsplit(address)
    return read(f"{parts.scheme}://{parts.netloc}") or ""
