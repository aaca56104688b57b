"""What can go wrong, as a tree; the HTTP status lives on the class.

    DirectoryError                    500
      BadRequest                      400   the caller can mend it: bad or unknown parameter, bad body
        TooLarge                      413   a body over the limit
        AddressTooLong                414   a URL over the limit
      NotSignedIn                     401
      NotAllowed                      403
      NotFound                        404
        Gone                          410   was here once, removed on purpose
      Conflict                        409   it is in the wrong state, or was done already
        Stale                         412   somebody else changed it since it was read
        NoVersion                     428   a change must say which version it read (If-Match)
      TooMany                         429   slow down; carries Retry-After
      Unavailable                     503   database or search engine away; carries Retry-After
      SourceError                     502   a feed or file that we were told to read is not what it should be

Every error leaves the house in one shape, `application/problem+json` (RFC 9457):
`{"type", "title", "status", "detail", "errors"?: [{"field", "message"}]}`.
"""

from collections.abc import Sequence
from typing import ClassVar

from msgspec import Struct


class FieldError(Struct, frozen=True):
    """One thing wrong with one parameter or field; `field` is the name the caller used."""

    field: str
    message: str


class Problem(Struct, frozen=True, omit_defaults=True):
    """The wire shape of every error."""

    title: str
    status: int
    detail: str = ""
    type: str = "about:blank"
    errors: list[FieldError] = []


class DirectoryError(Exception):
    """The root: a failure that a person can be told about in one line."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong"

    def __init__(
        self, detail: str = "", *, errors: Sequence[FieldError] = (), headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.errors = list(errors)
        self.headers = headers or {}

    def problem(self) -> Problem:
        return Problem(title=self.title, status=self.status, detail=self.detail, errors=self.errors)


class BadRequest(DirectoryError):
    status = 400
    title = "The request is not valid"


class TooLarge(BadRequest):
    status = 413
    title = "The request is too large"


class AddressTooLong(BadRequest):
    status = 414
    title = "The address is too long"


class NotSignedIn(DirectoryError):
    status = 401
    title = "Sign in first"


class NotAllowed(DirectoryError):
    status = 403
    title = "Not allowed"


class NotFound(DirectoryError):
    status = 404
    title = "Not found"


class Gone(NotFound):
    status = 410
    title = "No longer listed"


class Conflict(DirectoryError):
    status = 409
    title = "That cannot be done as things stand"


class Stale(Conflict):
    status = 412
    title = "It has changed meanwhile"


class NoVersion(Conflict):
    status = 428
    title = "Say which version you read"


class TooMany(DirectoryError):
    status = 429
    title = "Too many requests"

    def __init__(self, detail: str = "", *, retry_after: int = 60) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)})


class Unavailable(DirectoryError):
    status = 503
    title = "Not available right now"

    def __init__(self, detail: str = "", *, retry_after: int = 5) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)})


class SourceError(DirectoryError):
    status = 502
    title = "The source could not be read"
