"""Whether the colours of a theme can be read: the contrast that WCAG 2.2 AA asks for, by day and by night. Pure."""

import re
from itertools import product

DAY, NIGHT = "by day", "by night"
TEXT = [
    *product(("ink", "quiet", "accent", "accent-deep"), ("ground", "panel", "hero", "accent-soft")),
    ("on-accent", "accent"), ("on-accent", "accent-deep"), ("on-urgent", "urgent"), ("urgent-mark", "urgent"),
    ("care", "care-soft"), ("alarm", "alarm-soft"), ("ink", "alarm-soft"), ("accent", "alarm-soft"),
    ("on-focus", "focus"), ("ground", "alarm"), ("quiet", "sea"), ("ink", "care-soft"), ("quiet", "land"),
]  # fmt: skip
EDGES = [("edge", "ground"), ("accent", "ground"), ("alarm", "land"), ("alarm", "sea")]
GROUNDS = ("ground", "panel", "hero", "accent-soft", "alarm-soft", "care-soft", "urgent")
_COLOUR = re.compile(r"--([a-z-]+):\s*#([0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b")
_RULE = re.compile(r"@media[^{]*prefers-color-scheme:\s*dark[^{]*\{((?:[^{}]*\{[^{}]*\})*[^{}]*)\}")

Colours = dict[str, tuple[int, int, int]]


def colours(*sheets: str) -> dict[str, Colours]:
    """The custom properties that are colours, of stylesheets in the order in which they are loaded."""
    day: Colours = {}
    night: Colours = {}
    for sheet in sheets:
        plain = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
        day |= _found(_RULE.sub("", plain))
        night |= {**_found(_RULE.sub("", plain)), **_found("".join(_RULE.findall(plain)))}
    return {DAY: day, NIGHT: night}


def faults(*sheets: str) -> list[str]:
    """What cannot be read or seen, in words; empty where all is well."""
    found = []
    for when, known in colours(*sheets).items():
        for pairs, least, what in ((TEXT, 4.5, "text"), (EDGES, 3.0, "edges")):
            for front, behind in pairs:
                ratio = contrast(known[front], known[behind])
                if ratio < least:
                    found.append(
                        f"{when}: {what} of {front} on {behind} is {ratio:.1f} to 1; at least {least:g} is needed"
                    )
        for behind in GROUNDS:
            ratio = max(contrast(known[ring], known[behind]) for ring in ("ink", "focus"))
            if ratio < 3:
                found.append(
                    f"{when}: neither ring of focus shows on {behind} ({ratio:.1f} to 1; at least 3 is needed)"
                )
    return found


def contrast(a: tuple[int, int, int], b: tuple[int, int, int]) -> float:
    """1 to 21, as WCAG counts it."""
    dark, bright = sorted((_light(a), _light(b)))
    return (bright + 0.05) / (dark + 0.05)


def _light(colour: tuple[int, int, int]) -> float:
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (part / 255 for part in colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _found(text: str) -> Colours:
    found: Colours = {}
    for name, digits in _COLOUR.findall(text):
        long = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
        found[name] = (int(long[:2], 16), int(long[2:4], 16), int(long[4:], 16))
    return found
