"""Plain facts in what someone wrote: ages, an unborn baby, how soon, which day, and who seems to be asking.

Places are read elsewhere. Nothing here decides a need or a level; the rules do.
"""

import re
from collections.abc import Iterator
from datetime import date

import msgspec

from directory.routing.ages import Age, read_ages, read_unborn

MAX_CHARS = 6000

_NOW = re.compile(
    r"\b(?:right now|right this (?:minute|second)|happening now|(?:is|are|hes|shes|he's|she's|theyre) here now|"
    r"as we speak|this (?:very )?(?:minute|second|instant)|immediately|emergency|straight ?away|outside now|"
    r"at the door now|still going on)\b"
)
_TODAY = re.compile(
    r"\b(?:tonight|tonite|2nite|today|2day|this (?:morning|afternoon|evening)|in (?:an|half an|the next) hour|"
    r"same day|end of the day|by (?:5|five) ?(?:pm|oclock|o'clock)?)\b"
)
# "Attended today" says when it was seen, not how soon it must be answered.
_SEEN = re.compile(
    r"\b(?:attended|seen|saw|met|visited|reviewed|spoke|spoken|presented|called|rang|phoned|told|"
    r"disclosed|came|home)"
    r"\s+(?:[\w']+\s+){0,4}(?:today|this morning|this afternoon|this evening)\b"
)
_SOON = re.compile(
    r"\b(?:tomorrow|tmrw|tomoz|urgent|urgently|asap|a\.s\.a\.p|as soon as possible|this week|next week|"
    r"this weekend|deadline|by (?:mon|tues|wednes|thurs|fri|satur|sun)day|in (?:a few|a couple of|[1-9]|"
    r"two|three) days|"
    r"(?:on|this|next|coming) (?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"
)
_DAY = re.compile(r"\b(mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur)?(?:day)?s?\b|\bweekends?\b")
_DAY_WORD = re.compile(r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?|weekends?|tues|weds?|thurs?")

_STAFF = re.compile(
    r"\b(?:caseload|referral|referring|consents?|consented|pupils?|safeguarding lead|dsl|hv|epds|phq|"
    r"gad7?|audit score|"
    r"rcads|nfa|dob|nhs no|ehap|eha|presents? with|presenting with|presented with|"
    r"(?:mum|mother|dad|father|parents?|family|child|carer) (?:reports?|disclosed|discloses|requests?|"
    r"requesting|"
    r"consents?|engaging|not engaging)|known to (?:cads|camhs|services|social care|us)|our school|"
    r"in my class|my class|"
    r"service user|my client|request for|requesting|per parents|per mum|y(?:r|ear)? ?\d{1,2} (?:student|"
    r"child|pupil|boy|girl)s?|attended (?:today|surgery|clinic|with)|i am (?:the|a) (?:senco|teacher|"
    r"head ?teacher|health visitor|midwife|social worker|gp|"
    r"nurse|childminder|pastoral lead|practitioner|ta)|i'?m (?:a|the) (?:senco|teacher|head ?teacher|"
    r"health visitor|"
    r"midwife|social worker|gp|school nurse|childminder|pastoral lead|practitioner|ta)|y/o|ref for|"
    r"please advise)\b|"
    r"\d/(?:52|40|12)\b"
)
_SELF_AGE = re.compile(
    r"\b(?:i'?m|i am|we r|we are|me and my mate are)\s+(?:only |nearly |just |"
    r"now )?(\d{1,2})\b(?!\s*(?:week|wk|month|mth|stone|st\b|day|min|pm|am|%))"
)
_SELF_YEAR = re.compile(r"\b(?:i'?m|i am)\s+(?:only )?in (?:y|yr|year)\s?\d")
_MY_PARENT = re.compile(
    r"\bmy (?:mum|dad|mam|parents|mums|dads|step ?dad|step ?mum|step ?dads|foster carers?|teachers?|"
    r"social worker|head of year)\b"
)
_OWN_CHILD = re.compile(
    r"\b(?:my|our|me) (?:\w+ ){0,2}(?:son|sons|daughter|daughters|child|children|kid|kids|boy|boys|girl|"
    r"girls|baby|"
    r"toddler|twins|lad|little one|teenager|husband|wife|partner)\b|\bme and the kids\b|"
    r"\bi'?m a (?:\w+ )?(?:mum|dad|parent)\b|\b(?:single|lone) (?:mum|dad|parent)\b|\b\d{1,2} ?(?:yr|"
    r"year)s? old\b"
)
_GRAND = re.compile(
    r"\bgrand ?(?:son|sons|d?aughter|daughters|child|children|kid|kids|baby)\b|"
    r"\bgrand(?:parent|ad|ma)s? here\b|\bas a (?:nan|gran|granny|grandparent)\b|\bi'?m (?:his|her|"
    r"their) (?:nan|gran|grandad)\b"
)
_NEAR = re.compile(
    r"\b(?:next ?door|neighbou?rs?|across the (?:road|street)|(?:down|on|up) (?:our|my) (?:road|street|close)|"
    r"flat (?:opposite|upstairs|downstairs|above|below)|at number \d+)\b"
)
_FRIEND = re.compile(r"\bmy (?:best )?(?:mate|friend|bestie|bff)(?:s|'s)?\b")


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What a text says outright.

    `ages` are of children and young people up to 25, in years; `adults` are other ages in years. `urgency` is "now",
    "today", "soon" or empty. `days` are "mon" to "sun" in the order they come. `asker` is a guess ("family",
    "grandparent", "young_person", "friend", "neighbour", "professional") or empty; it never changes the answer.
    """

    ages: tuple[Age, ...] = ()
    adults: tuple[int, ...] = ()
    unborn: bool = False
    urgency: str = ""
    days: tuple[str, ...] = ()
    asker: str = ""


def read_facts(text: str, today: date | None = None) -> Facts:
    """Read a text in any state: nothing raises, and what is not said stays empty.

    `today` turns a date of birth into an age; without it a date of birth is passed over.
    """
    low = _plain(text)
    ages, adults = read_ages(low, today)
    return Facts(
        ages=ages,
        adults=adults,
        unborn=read_unborn(low),
        urgency=_urgency(low),
        days=tuple(dict.fromkeys(_days(low))),
        asker=_asker(low, adults),
    )


def _plain(text: str) -> str:
    """Small letters and straight apostrophes, one character for one, so that spans still fit the text."""
    cut = text[:MAX_CHARS]
    low = cut.lower()
    if len(low) != len(cut):
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in cut)
    return low.translate({0x2019: "'", 0x2018: "'", 0x60: "'", 0xB4: "'"})


def _urgency(low: str) -> str:
    if _NOW.search(low):
        return "now"
    if _TODAY.search(_SEEN.sub(" ", low)):
        return "today"
    return "soon" if _SOON.search(low) else ""


def _days(low: str) -> Iterator[str]:
    for found in _DAY_WORD.finditer(low):
        word = found.group()
        before = low[found.start() - 1 : found.start()]
        after = low[found.end() : found.end() + 1]
        if before.isalpha() or after.isalpha():
            continue
        if word.startswith("weekend"):
            yield from ("sat", "sun")
        else:
            yield word[:3]


def _asker(low: str, adults: tuple[int, ...]) -> str:
    own_age = _SELF_AGE.search(low)
    if _SELF_YEAR.search(low) or (own_age and 5 <= int(own_age.group(1)) <= 18):
        return "young_person"
    if _STAFF.search(low):
        return "professional"
    if _GRAND.search(low):
        return "grandparent"
    if _NEAR.search(low) and not _OWN_CHILD.search(low):
        return "neighbour"
    if _OWN_CHILD.search(low):
        return "family"
    if _FRIEND.search(low):
        return "friend"
    if _MY_PARENT.search(low) and not adults:
        return "young_person"
    return ""
