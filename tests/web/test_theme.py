"""The colours of the theme can be read: text has the contrast that WCAG 2.2 AA asks for, by day and by night."""

import re
from itertools import product

import pytest

from directory.web.assets import FOLDER

TEXT = [
    *product(("ink", "quiet", "accent", "accent-deep"), ("ground", "panel", "hero", "accent-soft")),
    ("on-accent", "accent"), ("on-accent", "accent-deep"), ("on-urgent", "urgent"), ("urgent-mark", "urgent"),
    ("care", "care-soft"), ("alarm", "alarm-soft"), ("ink", "alarm-soft"), ("accent", "alarm-soft"),
    ("on-focus", "focus"), ("ground", "alarm"), ("quiet", "sea"), ("ink", "care-soft"), ("quiet", "land"),
]  # fmt: skip
EDGES = [("edge", "ground"), ("accent", "ground"), ("alarm", "land"), ("alarm", "sea")]


def colours() -> dict[str, dict[str, str]]:
    text = (FOLDER / "theme.css").read_text("utf-8")
    day, _, night = text.partition("prefers-color-scheme: dark")
    found = {
        name: dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", part))
        for name, part in (("day", day), ("night", night))
    }
    return {"day": found["day"], "night": found["day"] | found["night"]}


def light(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    dark, bright = sorted((light(a), light(b)))
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("when", ["day", "night"])
def test_text_can_be_read_on_every_ground(when: str) -> None:
    found = colours()[when]
    poor = {
        f"{a} on {b}": round(contrast(found[a], found[b]), 2)
        for a, b in TEXT
        if contrast(found[a], found[b]) < 4.5
    }
    assert not poor


@pytest.mark.parametrize("when", ["day", "night"])
def test_edges_of_controls_and_focus_can_be_seen(when: str) -> None:
    found = colours()[when]
    assert not {f"{a} on {b}" for a, b in EDGES if contrast(found[a], found[b]) < 3}


@pytest.mark.parametrize("when", ["day", "night"])
def test_the_two_rings_of_focus_show_on_every_ground(when: str) -> None:
    found = colours()[when]
    for ground in ("ground", "panel", "hero", "accent-soft", "alarm-soft", "care-soft", "urgent"):
        assert max(contrast(found[ring], found[ground]) for ring in ("ink", "focus")) >= 3, ground
