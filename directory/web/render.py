"""Templates into pages: one Jinja environment for each language, one frame around every page."""

import datetime as dt
import re
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, urlencode
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from litestar import Request, Response
from markupsafe import Markup, escape
from msgspec import Struct

from directory.settings import Settings
from directory.web import assets, cards, urgent
from directory.web.languages import LANGUAGES, translations
from directory.web.saved import Saved
from directory.web.wording import Wording

HTML = "text/html"
NOTHING, IN_ENGLISH = Markup(), Markup(' lang="en"')
EXIT_TO = "https://www.bbc.co.uk/weather"


class Page(Struct, frozen=True, kw_only=True):
    """What every page takes from its address: `saved`, the short list that travels along, `lang`, and `quiet` for
    a page that keeps the quick way out of the page before it."""

    saved: str = ""
    lang: str = ""
    quiet: bool = False


class Travels(Protocol):
    """Any query that has the three."""

    @property
    def saved(self) -> str: ...

    @property
    def lang(self) -> str: ...

    @property
    def quiet(self) -> bool: ...


class Frame:
    """What is around every page. `quiet` is for sensitive needs: a way out in view, nothing kept, a neutral title."""

    def __init__(
        self, settings: Settings, path: str, wanted: Travels, *, quiet: bool = False, query: str = ""
    ) -> None:
        self.path = path
        self.quiet = quiet or wanted.quiet
        self.query = query
        self.demo = settings.demo
        self.theme = assets.assets(settings.theme)[assets.THEME].url
        self.contact_mail = settings.contact_mail
        self.public_url = settings.public_url.rstrip("/")
        self.language = LANGUAGES.get(wanted.lang, LANGUAGES["en"])
        self.saved = Saved.read(wanted.saved)
        by_id = urgent.contacts(settings.rules_dir)
        self.urgent = [(by_id[key], words) for key, words in urgent.ALWAYS]
        self.contacts = by_id
        self.languages = list(LANGUAGES.values())
        self.exit_to = EXIT_TO
        # For what services wrote themselves, on a page in another language.
        self.own = NOTHING if self.language.code == "en" else IN_ENGLISH
        self.words = wording(self.language.code)
        self._travels = urlencode(self.kept())
        self._beside = urlencode([pair for pair in self.kept() if pair[0] != "saved"])

    def url(self, path: str, **query: Any) -> str:
        """An address in this directory that takes the short list and the language along."""
        pairs = [(name, value) for name, values in query.items() for value in _each(values)]
        return self.link(path + ("?" + urlencode(pairs) if pairs else ""))

    def link(self, address: str) -> str:
        """The same for an address that has its query already."""
        path, _, fragment = address.partition("#")
        if not self._travels:
            return address
        joined = path + ("&" if "?" in path else "?") + self._travels
        return joined + ("#" + fragment if fragment else "")

    def kept(self) -> list[tuple[str, str]]:
        """The parameters that travel from page to page, also as hidden fields of forms."""
        pairs = []
        if self.saved.ids:
            pairs.append(("saved", self.saved.text))
        if self.language.code != "en":
            pairs.append(("lang", self.language.code))
        if self.quiet:
            pairs.append(("quiet", "true"))
        return pairs

    def saving(self, id_: UUID | str) -> tuple[str, bool]:
        """Where the link that saves a service goes, and whether the service is on the list already."""
        if self.saved.ids and self.saved.has(id_):
            return self.link("/shortlist"), True
        address = f"/shortlist?saved={self.saved.plus(id_).text}"
        return f"{address}&{self._beside}" if self._beside else address, False

    def in_language(self, code: str) -> str:
        """This page in another language."""
        pairs = [("saved", self.saved.text)] if self.saved.ids else []
        pairs += [("lang", code)] if code != "en" else []
        pairs += [("quiet", "true")] if self.quiet else []
        both = "&".join(part for part in (self.query, urlencode(pairs)) if part)
        return self.path + ("?" + both if both else "")


def _each(values: Any) -> list[str]:
    if values is None or values == "" or values is False:
        return []
    many = values if isinstance(values, list | tuple) else [values]
    return ["true" if each is True else str(each) for each in many]


@cache
def wording(language: str) -> Wording:
    return Wording(language)


class Spoken(Extension):
    """Translates `{{ _("plain words") }}` when a template is read, not each time that it is shown."""

    plain = re.compile(r"""\{\{ _\((?:"([^"%\\]+)"|'([^'%\\]+)')\) \}\}""")

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        say = translations(self.environment.globals["language"]).gettext
        return self.plain.sub(lambda found: str(escape(say(found[1] or found[2]))), source)


@cache
def environment(language: str) -> Environment:
    """Autoescaping, and strict: a name that is not there is an error, not a gap on a page."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=[Spoken],
    )
    made.globals["language"] = language
    words = wording(language)
    made.globals.update(
        asset=assets.asset,
        _=words.marked,
        ngettext=words.counted,
        card=cards.card,
        save=cards.save,
        words=words,
        quote=quote,
        now=lambda: dt.datetime.now(dt.UTC),
    )
    made.filters.update(words.filters())
    return made


def frame_of(
    request: Request[Any, Any, Any], wanted: Travels, *, quiet: bool = False, query: str = ""
) -> Frame:
    """`query` is the page's own query string, without what travels."""
    return Frame(request.app.state.settings, request.url.path, wanted, quiet=quiet, query=query)


def page(
    frame: Frame,
    template: str,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    seconds: int = 60,
    **context: Any,
) -> Response[bytes]:
    """The page as HTML. It may be kept for `seconds`; a quiet page is kept nowhere and says nothing of itself."""
    html = environment(frame.language.code).get_template(template).render(frame=frame, **context)
    sent = {"Cache-Control": f"private, max-age={seconds}" if seconds else "no-cache"}
    if frame.quiet:
        sent = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return Response(
        html.encode(),
        status_code=status,
        media_type=HTML,
        headers=sent | {"Content-Language": frame.language.code} | (headers or {}),
    )
