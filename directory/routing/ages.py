"""Ages of children in free text: "my 3 year old", "yr 8", "13f", "10/52 postnatal", "8 and 11", "toddler".

Every function takes text already in small letters with straight apostrophes (`facts.read_facts` does that).
School years are England's: Reception is 4 to 5, Year 1 is 5 to 6, Year 13 is 17 to 18.
"""

import re
from collections.abc import Iterator
from datetime import date

import msgspec

_MOST_READINGS = 60
OLDEST_YOUNG = 25
"""Years. Support for disabled young people and care leavers runs to 25."""

_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20,
}  # fmt: skip
_N = r"\d{1,2}|" + "|".join(_WORDS)
_NOT_UNIT = (
    r"(?![\d%:/])(?!\.\d)(?!\s{0,3}(?:-|–|to)?\s{0,3}(?:pm|am|%|percent|per cent|quid|pound|pence|k\b|grand\b|"
    r"mile|min|hour|hr|day|night|week|wk|"
    r"month|mth|mo\b|year|yr|time|kid|child|boy|girl|son|daughter|sibling|brother|sister|of us|of them|"
    r"bed|room|stone|st\b|kg|lb|cm|"
    r"foot|ft|o'?clock|school|class|lesson|people|person|adult|more|others|different|house|road|street|"
    r"close|lane|"
    r"flat|floor|th\b|st\b|nd\b|rd\b|january|february|march|april|may|june|july|august|september|october|"
    r"november|"
    r"december|jan\b|feb\b|mar\b|apr\b|jun\b|jul\b|aug\b|sept?\b|oct\b|nov\b|dec\b|gcse|a level|"
    r"suspension|exclusion|"
    r"days|point|dog|cat|bag|jab|tooth|teeth|filling|job|letter|complaint|meeting|visit|call|text|choice|word))"
)
_CHILD = (
    r"(?:sons?|daughters?|boys?|girls?|child|children|kids?|lads?|lass|grandsons?|grandd?aughters?|"
    r"grandchild|grandchildren|"
    r"grandkids?|nephews?|nieces?|twins|pupil|student|brothers?|sisters?|siblings?|young person|yp|"
    r"little one|youngest|eldest|oldest|"
    r"middle one|teenager|toddler|ones?|stepson|stepdaughter|cousin)"
)
_ADULT = (
    r"(?:mum|mother|mam|dad|father|parents?|wife|husband|partner|boyfriend|bf|man|bloke|woman|lady|guy|"
    r"nan|nana|gran|granny|"
    r"grandma|grandad|granddad|grandpa|grandfather|grandmother|aunt|aunty|auntie|uncle|carer|neighbour|"
    r"husbands?)"
)

_DURATION = re.compile(
    rf"\b({_N})(?:\.\d)?\s{{0,3}}-?\s{{0,3}}(days?|weeks?|wks?|wk|months?|mths?|mos?|m)\s{{0,3}}-?\s{{0,3}}olds?\b|"
    rf"\b(?:baby|newborn|infant|bub|twins)(?:'s| is| are|s)?,?(?: now| only| just| about)? ({_N}) (days?|"
    rf"weeks?|wks?|months?|mths?)"
    r"(?!\s{0,3}(?:ago|late|overdue|early|prem|pregnant|time|behind|in hospital))\b|"
    rf"\b(?:she|he|it)(?:'s|s| is)(?: now| only| just| about| nearly)? ({_N}) (days?|weeks?|wks?|months?|mths?)"
    r"(?!\s{0,3}(?:ago|late|overdue|pregnant|behind|gone|sober|clean|time|into|in)\b)(?=\W|$)"
)
_SHORTHAND = re.compile(
    r"\b(\d{1,2})/(52|12|7)\b(?=\s{0,3}(?:postnatal|post natal|pn\b|postpartum|old|baby|infant|boy|girl|male|"
    r"female|check|review|dev))"
)
_RANGE = re.compile(
    rf"\b({_N})\s{{0,3}}(?:-|–|to|or|and|&)\s{{0,3}}({_N})\s{{0,3}}-?\s{{0,3}}(?:years?|yrs?|yr|y/?o)\b(?!\s{{0,3}}(?:ago|now|later|"
    rf"on\b|we|of\b|since|relationship|wait|bidding))"
)
_YEARS = re.compile(
    rf"\b(nearly |almost |coming up |just )?({_N})(?:\.\d|½| and a half| ?1/2)?\s{{0,3}}-?\s{{0,3}}"
    r"(?:(?:years?|yrs?|yr|y)\s{0,3}-?\s{0,3}(?:olds?\b|o\b|boy\b|girl\b|son\b|daughter\b|child\b|lad\b|of age\b)|"
    r"y/o\b|yo\b|yos\b|yr'?s?\b(?=\s{0,3}old)|y\.o)"
)
_AGED = re.compile(
    rf"\b(?:aged?|ages|age of|age is|turned|turning|turns)\s{{0,3}}:?\s{{0,3}}(?:about |around )?"
    rf"({_N})\b(?:\s{{0,3}}(?:-|–|to|,|and|&)\s{{0,3}}({_N})\b)?(?:\s{{0,3}}(?:,|and|&)\s{{0,3}}({_N})\b)?"
)
_YEAR_GROUP = re.compile(
    r"(?<!last )(?<!this )(?<!next )(?<!every )(?<!each )(?<!per )"
    r"\b(?:y|yr|yrs|year|years|yeargroup|year group)\s?-?(1[0-3]|[1-9])(?![\d/.%])\b(?:\s{0,3}(?:and|&|/|"
    r",)\s{0,3}(?:y|yr|year)?\s?(1[0-3]|[1-9])(?![\d/.%])\b)?"
)
_STAGE = re.compile(r"\bks\s?([1-5])\b|\bkey stage ([1-5])\b")
_SEX = re.compile(r"(?<![\w.£$])(\d{1,2})\s?(?:f|m)\b(?!\s{0,3}(?:ago|old))|\bf\s?(\d{1,2})\b")
_SELF = re.compile(
    rf"\b(?:i'?m|i am|we r|we are|were both|we're)\s{{1,3}}(?:only |nearly |just |now |both )?({_N})\b{_NOT_UNIT}"
)
_THEY = re.compile(
    rf"\b(?:he|she|they|who)(?:'s|s| is| are|'re|re| was)\s{{1,3}}(?:only |just |about |still |nearly |almost |"
    rf"now |like ){{0,3}}({_N})\b{_NOT_UNIT}(?!\s{{0,3}}[a-z]{{0,12}} (?:ago|late|behind))"
)
_PERSON = re.compile(
    rf"\b({_CHILD}|{_ADULT})(?:'s|s)?\s{{0,3}}(?:,|\(|-|:| is| are| was| who is| whos| who's|'s| of| now| only|"
    rf" both| just| about){{0,3}}\s{{0,3}}\(?({_N})\b{_NOT_UNIT}"
    rf"(?:\s{{0,3}}(?:,|and|&|\+|or|/)\s{{0,3}}({_N})\b{_NOT_UNIT})?(?:\s{{0,3}}(?:,|and|&|"
    rf"\+)\s{{0,3}}(?:and )?({_N})\b{_NOT_UNIT})?(?:\s{{0,3}}(?:,|and|&|\+)\s{{0,3}}(?:and )?({_N})\b{_NOT_UNIT})?"
)
_LIST = re.compile(
    rf"(?<![\d£$:/.])(?<!from )(?<!between )(?<!half )(?<!past )(?<!section )(?<!page )(?<!at )\b"
    rf"(\d{{1,2}})\s{{0,3}}((?:(?:,|and|&|\+)\s{{0,3}}(?:and )?\d{{1,2}}\b\s{{0,3}}){{1,6}}){_NOT_UNIT}"
)
_ALONE = re.compile(
    r"(?:[,.;!?(]\s{0,3}(?:only |just |about |nearly |he's |she's )?|\babout )(\d{1,2})\s{0,3}(?=[,.;!?)]\s|"
    r"[.!?)]?\s{0,3}$)"
)
_UNDER = re.compile(rf"\bunder (?:the age of )?({_N})'?s?\b{_NOT_UNIT}")
_DOB = re.compile(
    r"\b(?:dob|d\.o\.b\.?|date of birth|born)(?: on| in)?\s{0,3}:?\s{0,3}(?:(\d{1,2})[/.-](\d{1,2})[/.-])?((?:19|"
    r"20)\d\d)\b"
)
_BIRTH = re.compile(
    r"\bgave birth\b|\bsince (?:giving birth|the birth|(?:the|my|our|her) baby)\b|\bpost ?-?natal|"
    r"\bpostpartum|\bnewborn|\bnew born|\bnew baby\b|"
    r"\b(?:had|having had) (?:my|our|the|a|her|his)(?: first| second| third)? (?:baby|little (?:boy|girl))\b"
)
_LOOSE = (
    (re.compile(r"\btoddlers?\b|\btots?\b"), 1, 3),
    (re.compile(r"\bbab(?:y|ys|ies)\b(?! sit| bank| group| and toddler| bond)"), 0, 1),
    (re.compile(r"\binfants?\b(?! school| class)|\bbubs?\b"), 0, 1),
    (re.compile(r"\bpre ?-?schoolers?\b|\bin nursery\b|\bat nursery\b|\bat pre ?-?school\b|\beyfs\b"), 2, 4),
    (re.compile(r"\breception\b(?! desk| staff| area| centre)|\bstart(?:s|ing)? school in sept"), 4, 5),
    (re.compile(r"\b(?:primary|infant|junior) (?:school|age)|\bprimary aged"), 4, 11),
    (re.compile(r"\b(?:high|secondary|senior|upper) school|\bsecondary age"), 11, 16),
    (re.compile(r"\bteen(?:s|ager|agers|aged?)?\b|\badolescents?\b"), 13, 19),
    (re.compile(r"\bgcses?\b|\bmocks\b"), 14, 16),
    (re.compile(r"\b(?:sixth|6th) form|\ba[ -]levels?\b|\bt[ -]levels?\b"), 16, 18),
    (re.compile(r"\bcare leavers?\b"), 16, 25),
)  # fmt: skip
_UNBORN = re.compile(
    r"\bunborn\b|\bpregnan\w+|\bpregnent\b|\bexpecting (?:a |our |my |her |twins|number|number four|"
    r"their)|\bantenatal\b|\bante natal\b|"
    r"\bdue (?:date|in|on|next|any day)\b(?= (?:\d|january|february|march|april|may|june|july|august|"
    r"september|october|november|december|"
    r"three|two|four|six|month|day|week))|\bbaby(?:'s| is|s)? due\b|\b\d{1,2}/40\b|"
    r"\b\d{1,2} weeks? (?:pregnant|gone|along)|"
    r"\b(?:\d{1,2}) weeks,? (?:first|second|third) baby|\bmum to be\b|\bprimip|\btrimester\b|\bthe bump\b"
)
_POST = re.compile(r"\bpost ?natal|\bsince (?:i|she) (?:gave birth|had)")


class Age(msgspec.Struct, frozen=True, kw_only=True):
    """One child's age as said, in whole years from `low` to `high`, and the span of text that says it.

    `exact` is False where only a stage was said ("toddler", "high school").
    """

    low: int
    high: int
    start: int
    end: int
    exact: bool = True


def _number(text: str) -> int:
    return _WORDS[text] if text in _WORDS else int(text)


def read_unborn(low: str) -> bool:
    """Whether a pregnancy is spoken of as going on."""
    return _UNBORN.search(low) is not None


def read_ages(low: str, today: date | None = None) -> tuple[tuple[Age, ...], tuple[int, ...]]:
    """Ages of children and young people in the order said, and other ages in years.

    Overlapping readings keep the first found by the surest pattern; stages count only where no age is said.
    """
    taken: list[tuple[int, int]] = []
    ages: list[Age] = []
    adults: list[int] = []
    for from_years, to_years, start, end, grown in _sure(low, today):
        if any(start < t_end and t_start < end for t_start, t_end in taken):
            continue
        taken.append((start, end))
        if len(taken) > _MOST_READINGS:
            break
        if grown or from_years > OLDEST_YOUNG:
            if to_years <= 120:
                adults.append(from_years)
            continue
        ages.append(Age(low=from_years, high=max(from_years, to_years), start=start, end=end))
    if not ages:
        ages.extend(_stages(low))
    ages.sort(key=lambda age: age.start)
    return tuple(ages[:12]), tuple(adults[:12])


def _sure(low: str, today: date | None) -> Iterator[tuple[int, int, int, int, bool]]:
    """Readings as (from, to, start, end, is an adult), the surest kinds first."""
    for m in _SHORTHAND.finditer(low):
        years = int(m.group(1)) // 12 if m.group(2) == "12" else 0
        yield years, years, m.start(), m.end(), False
    for m in _DURATION.finditer(low):
        number, unit = next((m.group(i), m.group(i + 1)) for i in (1, 3, 5) if m.group(i))
        years = _number(number) // 12 if unit[0] == "m" else _number(number) // 52 if unit[0] == "w" else 0
        yield years, years, m.start(), m.end(), False
    if today:
        for m in _DOB.finditer(low):
            day, month = int(m.group(1) or 1), int(m.group(2) or 1)
            years = today.year - int(m.group(3)) - ((today.month, today.day) < (month, day))
            if 0 <= years <= 120:
                yield years, years, m.start(), m.end(), False
    for m in _RANGE.finditer(low):
        a, b = _number(m.group(1)), _number(m.group(2))
        joined = low[m.end(1) : m.start(2)]
        if "and" in joined or "&" in joined:
            yield a, a, m.start(1), m.end(1), False
            yield b, b, m.start(2), m.end(), False
        elif a <= b:
            yield a, b, m.start(), m.end(), False
    for m in _YEARS.finditer(low):
        n = _number(m.group(2))
        down = 1 if m.group(1) and m.group(1).strip() != "just" and n else 0
        grown = bool(re.match(rf"\W+{_ADULT}\b", low[m.end() : m.end() + 20]))
        yield n - down, n, m.start(), m.end(), grown
    for m in _YEAR_GROUP.finditer(low):
        for i in (1, 2):
            if m.group(i):
                year = int(m.group(i))
                yield year + 4, year + 5, m.start() if i == 1 else m.start(i), m.end(i), False
    for m in _STAGE.finditer(low):
        stage = int(m.group(1) or m.group(2))
        yield *((5, 7), (7, 11), (11, 14), (14, 16), (16, 18))[stage - 1], m.start(), m.end(), False
    for m in _AGED.finditer(low):
        yield from _each(
            m, (1, 2, 3), "-" in low[m.end(1) : m.end()] or " to " in low[m.end(1) : m.end()], False
        )
    for m in _SEX.finditer(low):
        n = int(m.group(1) or m.group(2))
        yield n, n, m.start(), m.end(), False
    for pattern in (_SELF, _THEY):
        for m in pattern.finditer(low):
            n = _number(m.group(1))
            down = 1 if re.search(r"\b(?:nearly|almost)\b", m.group()) and n else 0
            yield n - down, n, m.start(1), m.end(1), False
    for m in _PERSON.finditer(low):
        grown = re.fullmatch(_ADULT, m.group(1)) is not None
        either = " or " in low[m.end(2) : m.end()]
        if not (grown and _number(m.group(2)) < 16):
            yield from _each(m, (2, 3, 4, 5), either, grown)
    for m in _LIST.finditer(low):
        spots = [(m.start(1), m.end(1))]
        spots += [(m.start(2) + d.start(), m.start(2) + d.end()) for d in re.finditer(r"\d{1,2}", m.group(2))]
        if all(int(low[a:b]) <= 19 for a, b in spots):
            for a, b in spots:
                yield int(low[a:b]), int(low[a:b]), a, b, False
    for m in _UNDER.finditer(low):
        n = _number(m.group(1))
        if 0 < n <= 18:
            yield 0, n - 1, m.start(), m.end(), False
    for m in _ALONE.finditer(low):
        if int(m.group(1)) <= 18:
            yield int(m.group(1)), int(m.group(1)), m.start(1), m.end(1), False


def _each(
    m: re.Match[str], groups: tuple[int, ...], as_range: bool, grown: bool
) -> Iterator[tuple[int, int, int, int, bool]]:
    found = [(_number(m.group(i)), m.start(i), m.end(i)) for i in groups if m.group(i)]
    if as_range and len(found) == 2 and found[0][0] < found[1][0]:
        yield found[0][0], found[1][0], found[0][1], found[1][2], grown
        return
    for n, start, end in found:
        yield n, n, start, end, grown


def _stages(low: str) -> Iterator[Age]:
    birth = _BIRTH.search(low)
    if birth:
        yield Age(low=0, high=0, start=birth.start(), end=birth.end(), exact=False)
    for pattern, from_years, to_years in _LOOSE:
        m = pattern.search(low)
        if m and not (birth and to_years <= 1):
            yield Age(low=from_years, high=to_years, start=m.start(), end=m.end(), exact=False)
