"""Languages of the pages: gettext catalogues, read and compiled in memory when the first page needs them."""

import gettext
import io
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from msgspec import Struct

FOLDER = Path(__file__).parent / "locale"


class Language(Struct, frozen=True, kw_only=True):
    """`name` is in the language itself. `reviewed` is False until a fluent person has read every page."""

    code: str
    name: str
    direction: str = "ltr"
    reviewed: bool = True


LANGUAGES = {
    each.code: each
    for each in (
        Language(code="en", name="English"),
        Language(code="pl", name="Polski", reviewed=False),
    )
}


@cache
def translations(code: str) -> gettext.NullTranslations:
    """The catalogue of a language; English is the text in the templates themselves."""
    path = FOLDER / f"{code}.po"
    if code == "en" or not path.is_file():
        return gettext.NullTranslations()
    with path.open("rb") as file:
        catalogue = read_po(file, locale=code)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
