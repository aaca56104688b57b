"""The house's words on pages: codes into plain words, dates and distances as people say them, in every language."""

import datetime as dt
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from markupsafe import Markup
from msgspec import Struct

from directory.web.languages import translations
from directory.words import N_ as N_

LONDON = ZoneInfo("Europe/London")


class Outcome(Struct, frozen=True):
    """One of the eight, as a child would say it."""

    code: str
    name: str
    says: str


OUTCOMES = (
    Outcome("family_and_friends", N_("Family and friends"), N_("I have people who care about me")),
    Outcome("learning", N_("Learning"), N_("I can learn and do well")),
    Outcome("opportunity", N_("Opportunity"), N_("I get the chance to try things")),
    Outcome("understood", N_("Understood"), N_("People listen to me")),
    Outcome("resilience", N_("Resilience"), N_("I can cope when things are hard")),
    Outcome("individual", N_("Individual"), N_("I can be myself")),
    Outcome("safe_and_secure", N_("Safe and secure"), N_("I am safe")),
    Outcome("healthy", N_("Healthy"), N_("I feel well in body and mind")),
)
KINDS = {
    "help_hub": (N_("Help hubs"), N_("One place to talk to someone who knows what is near you")),
    "family_hub": (N_("Family hubs"), N_("Help for families from pregnancy to age 19, under one roof")),
    "early_childhood_group": (N_("Groups for under fives"), N_("Play, songs and company for small children")),
    "voluntary_group": (N_("Voluntary groups"), N_("Charities and clubs run by local people")),
    "school_and_community_zone": (
        N_("School and Community Zones"),
        N_("Schools and services that work together"),
    ),
    "family_support_team": (N_("Family support teams"), N_("A worker who helps your family make a plan")),
    "community_and_partnerships": (
        N_("Community and partnerships"),
        N_("Teams that join up help in one area"),
    ),
    "commissioned_service": (
        N_("Council-funded services"),
        N_("Free help that the council pays others to give"),
    ),
    "online_community": (N_("Online communities"), N_("Talk to people who have been there too")),
    "digital_self_help": (N_("Self-help online"), N_("Apps, courses and guides to use at home")),
    "statutory": (N_("Council and health services"), N_("Services that the law says must be there")),
    "other": (N_("Other help"), N_("Help that fits no other list")),
}
KIND = {
    "help_hub": N_("Help hub"),
    "family_hub": N_("Family hub"),
    "early_childhood_group": N_("Group for under fives"),
    "voluntary_group": N_("Voluntary group"),
    "school_and_community_zone": N_("School and Community Zone"),
    "family_support_team": N_("Family support team"),
    "community_and_partnerships": N_("Community and partnerships"),
    "commissioned_service": N_("Council-funded service"),
    "online_community": N_("Online community"),
    "digital_self_help": N_("Self-help online"),
    "statutory": N_("Council or health service"),
    "other": N_("Other help"),
}
LEVELS = {
    "universal": N_("For everyone"),
    "early_help": N_("Early help"),
    "targeted": N_("Family support"),
    "specialist": N_("Specialist help"),
}
REMOTES = {
    "phone": N_("By phone"),
    "online": N_("Online"),
    "text": N_("By text"),
    "home_visit": N_("In your home"),
    "in_school": N_("In school"),
}
CAPACITIES = {
    "open": N_("Taking new people"),
    "limited": N_("A few places left"),
    "waiting_list": N_("There is a waiting list"),
    "full": N_("Full just now"),
    "paused": N_("Not taking new people just now"),
}
REFERRALS = {
    "self": N_("You can ask for this yourself."),
    "professional": N_("Someone who works with you, such as a teacher or a nurse, must ask for you."),
    "either": N_("You can ask for this yourself, or someone who works with you can ask for you."),
}
DAYS = {
    "monday": N_("Monday"),
    "tuesday": N_("Tuesday"),
    "wednesday": N_("Wednesday"),
    "thursday": N_("Thursday"),
    "friday": N_("Friday"),
    "saturday": N_("Saturday"),
    "sunday": N_("Sunday"),
}
AGES = (
    (0, N_("A baby, or on the way")),
    (2, N_("1 or 2 years old")),
    (4, N_("3 or 4 years old")),
    (7, N_("Primary school")),
    (13, N_("Secondary school")),
    (17, N_("16 and over")),
)
DISTANCES = (1, 3, 5, 10, 20, 40)
RIGHT_TO_LEFT = {"ar", "fa", "ku", "ps", "ur"}
STALE_AFTER = dt.timedelta(days=365)


class Wording:
    """The words of one language. A code that is not known is shown as words, never as nothing."""

    outcomes = OUTCOMES
    kinds = KINDS
    ages = AGES
    days = DAYS
    distances = DISTANCES

    def __init__(self, language: str) -> None:
        self.locale = {"en": "en_GB"}.get(language, language.partition("-")[0])
        self.say = translations(language).gettext
        self.plural = translations(language).ngettext
        self._miles = lru_cache(1000)(self._said)
        self._opens = lru_cache(1000)(self._opening)
        self._marked = lru_cache(2000)(lambda message: Markup(self.say(message)))  # noqa: S704 - our own words

    def marked(self, message: str, **holes: Any) -> Markup:
        """Our own words for a template, which may hold marks; what fills the holes is escaped."""
        said: Markup = self._marked(message)
        return said % holes if holes else said

    def counted(self, one: str, many: str, num: int, **holes: Any) -> Markup:
        return Markup(self.plural(one, many, num)) % {"num": num, **holes}  # noqa: S704 - our own words

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "outcome": self.outcome,
            "kind": self.kind,
            "level": lambda code: self._of(LEVELS, code),
            "remote": self.remote,
            "capacity": lambda code: self._of(CAPACITIES, code),
            "referral": lambda code: self._of(REFERRALS, code),
            "day": lambda code: self._of(DAYS, code),
            "miles": self.miles,
            "opens": self.opens,
            "date": self.date,
            "day_of": lambda moment: self.day(moment.astimezone(LONDON).date()),
            "clock": self.clock,
            "money": self.money,
            "tel": tel,
            "sms": lambda number: tel(number).replace("tel:", "sms:", 1),
            "host": host,
            "spoken": spoken,
            "language": self.language,
        }

    def outcome(self, code: str) -> str:
        return next((self.say(each.name) for each in OUTCOMES if each.code == code), plain(code))

    def kind(self, code: str | None) -> str:
        return self._of(KIND, code) if code else ""

    def remote(self, code: str) -> str:
        return self._of(REMOTES, code)

    def _of(self, words: dict[str, str], code: str) -> str:
        return self.say(words[code]) if code in words else plain(code)

    def facet(self, name: str, code: str, label: str) -> str:
        """The words for one choice of a filter: ours where the list is ours, else what the directory calls it."""
        if name == "outcome":
            return self.outcome(code)
        known = {"kind": KIND, "day": DAYS}.get(name, {})
        return self.say(known[code]) if code in known else label or plain(code)

    def opens(self, moment: str) -> str:
        """When something opens next, from an RFC 3339 moment: today, tomorrow, a weekday, or a date."""
        return self._opens(moment, dt.datetime.now(LONDON).toordinal())

    def _opening(self, moment: str, today: int) -> str:
        found = dt.datetime.fromisoformat(moment).astimezone(LONDON)
        ahead = found.toordinal() - today
        time = self.clock(found.time())
        if ahead == 0:
            return self.say("Opens today at %(time)s") % {"time": time}
        if ahead == 1:
            return self.say("Opens tomorrow at %(time)s") % {"time": time}
        day = format_date(found.date(), "EEEE" if ahead < 7 else "EEEE d MMMM", locale=self.locale)
        return self.say("Opens %(day)s at %(time)s") % {"day": day, "time": time}

    def miles(self, distance: float) -> str:
        """To a tenth below ten miles, whole above: more would claim what a postcode cannot know."""
        if distance < 0.1:
            return self.say("less than 0.1 miles")
        return self._miles(round(distance, 1) if distance < 10 else round(distance))

    def _said(self, shown: float) -> str:
        """Asked for over and over, and costly: numbers are written by the rules of a language."""
        whole = int(shown) if shown == int(shown) else 5
        return self.plural("%(n)s mile", "%(n)s miles", whole) % {
            "n": format_decimal(shown, locale=self.locale)
        }

    def day(self, day: dt.date) -> str:
        """ "Friday 27 November"."""
        return self.date(day, "EEEE d MMMM")

    def date(self, day: dt.date | str, form: str = "d MMMM y") -> str:
        found = dt.date.fromisoformat(day[:10]) if isinstance(day, str) else day
        return format_date(found, form, locale=self.locale)

    def clock(self, time: dt.time | str) -> str:
        """9am, 9:30am, noon as English pages write them; other languages by their own custom."""
        found = dt.time.fromisoformat(time) if isinstance(time, str) else time
        if self.locale != "en_GB":
            return format_time(found, "short", locale=self.locale)
        if (found.hour, found.minute) in {(0, 0), (12, 0)}:
            return "midday" if found.hour else "midnight"
        hour = found.hour % 12 or 12
        return f"{hour}{f':{found.minute:02}' if found.minute else ''}{'am' if found.hour < 12 else 'pm'}"

    def language(self, spoken: Any) -> str:
        """A language by its name in the page's language; a code that nobody knows stays as it is."""
        code = (spoken.code or "").lower()
        try:
            name = Locale.parse(self.locale).languages.get(code)
        except (ValueError, UnknownLocaleError):
            name = None
        return name or {"bfi": self.say("British Sign Language")}.get(code) or spoken.name or code

    def money(self, amount: float) -> str:
        return f"£{amount:.0f}" if amount == int(amount) else f"£{amount:.2f}"


def plain(code: str) -> str:
    """`parent_mental_health` as "Parent mental health"."""
    return code.replace("_", " ").capitalize()


def tel(number: str) -> str:
    """The `tel:` address of a number as people write it: digits, and a leading +."""
    digits = "".join(each for each in number if each.isdigit())
    return f"tel:{'+' if number.strip().startswith('+') else ''}{digits}"


def host(address: str) -> str:
    """`https://www.example.org/a` as `example.org/a`, short enough to read."""
    shown = address.partition("://")[2].removeprefix("www.").rstrip("/")
    return shown if len(shown) <= 40 else shown[:39] + "…"


def spoken(safety: Any, wording: Any) -> dict[str, Any]:
    """A route's safety with the words and numbers of its door, as the safety template takes it."""
    return {
        "tier": safety.tier,
        "language": safety.language,
        "right_to_left": safety.language in RIGHT_TO_LEFT,
        "message": wording.message,
        "contacts": wording.contacts,
        "ask": safety.ask,
    }
