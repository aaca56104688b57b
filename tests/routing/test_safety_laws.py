"""Laws of safety: nothing added ever lowers an answer, nothing raises, and time grows with length alone."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.routing import safety_rules
from directory.routing.pattern import Lexicon, PatternError, find
from directory.routing.safety import check
from directory.routing.tokens import fold, words
from tests.routing import safety_texts as texts

FLAGS = [text for told in texts.TIER_1.values() for text in told] + texts.EMERGENCIES
ANY = FLAGS + texts.NEAR_MISSES + texts.ORDINARY + texts.NEGATED + texts.PAST
BOOK = safety_rules.load(Path(safety_rules.__file__).parent / "rules")
QUIETER = {1: 0, 2: 1, 0: 2}


@settings(max_examples=150, deadline=None)
@given(first=st.sampled_from(ANY), flag=st.sampled_from(FLAGS), joint=st.sampled_from([". ", "\n", "! "]))
def test_adding_a_red_flag_never_lowers_anything(first: str, flag: str, joint: str) -> None:
    for text in (first.rstrip(".") + joint + flag, flag.rstrip(".") + joint + first):
        answer = check(text, BOOK)
        assert answer.tier == 1
        assert QUIETER[answer.tier] <= QUIETER[check(first, BOOK).tier]


@settings(max_examples=150, deadline=None)
@given(text=st.sampled_from(ANY), urge=st.sampled_from(["right now", "now", "please", "right now please"]))
def test_saying_right_now_never_lowers_the_tier(text: str, urge: str) -> None:
    before = QUIETER[check(text, BOOK).tier]
    assert QUIETER[check(f"{text} {urge}", BOOK).tier] <= before
    assert QUIETER[check(f"{urge} {text}", BOOK).tier] <= before


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=300))
def test_no_text_raises_and_every_span_is_inside_it(text: str) -> None:
    for flag in check(text, BOOK).flags:
        start, end = flag.span
        assert 0 <= start < end <= len(text)
        assert text[start:end] == flag.words


@pytest.mark.parametrize("mark", ["\u0300", "\u064b", "\u0670", "\u200d", "\u0901", "*\u0300*"])
def test_an_accent_that_stands_alone_is_no_word(mark: str) -> None:
    assert check(mark, BOOK).tier == 0
    assert check(f"{mark} my husband hit me {mark} last night {mark}", BOOK).tier == 1


@settings(max_examples=100, deadline=None)
@given(flag=st.sampled_from(FLAGS), before=st.text(max_size=60), after=st.text(max_size=60))
def test_odd_characters_around_a_flag_do_not_hide_it(flag: str, before: str, after: str) -> None:
    # A full stop on each side: joined to it, other words may change what a sentence says.
    assert check(f"{before}.\n{flag}.\n{after}", BOOK).tier == 1


HOSTILE = {
    "one word": "kill " * 4000,
    "one letter": "a" * 20000,
    "asterisks": "s*******e " * 1500,
    "gaps": "my dad and then " * 1200,
    "sentences": ". ! ? \n" * 3000,
    "negations": "not no never dont " * 1200,
    "apostrophes": "don't'ca'n't" * 1500,
    "marks": "e\u0301" * 8000,
    "flags": "he hit me and i took pills tonight " * 500,
    "numbers": "14 15 16 13yo 3 " * 1200,
    "no spaces": "我需要帮助" * 3000,
    "near words": "suicid suicdal strangl parcetamol " * 500,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_time_grows_no_faster_than_the_text(text: str) -> None:
    def spent(said: str) -> float:
        best = 10.0
        for _ in range(3):
            began = time.process_time()
            check(said, BOOK)
            best = min(best, time.process_time() - began)
        return best

    quarter, whole = spent(text[: len(text) // 4]), spent(text)
    # Twice the straight line, and a little for the noise of a busy machine.
    assert whole < 8 * quarter + 0.05


def test_a_sentence_is_judged_in_about_a_millisecond() -> None:
    def spent(said: list[str]) -> float:
        began = time.process_time()
        for text in said:
            check(text, BOOK)
        return (time.process_time() - began) / len(said)

    spent(ANY)
    # Three times what is promised, since other work may share the machine.
    assert min(spent(ANY) for _ in range(5)) < 0.003


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Don't", "dont"),
        ("heeelp", "help"),
        ("su1cide", "suicide"),
        ("CAFÉ", "cafe"),
        ("999", "999"),
        ("k!ll", "k!ll"),
    ],
)
def test_words_are_folded_and_numbers_kept(typed: str, meant: str) -> None:
    assert fold(typed) == meant


def _spans(says: str, text: str, **lists: str) -> list[str]:
    lexicon = Lexicon(lists)
    pattern = lexicon.compile(says)
    cut = words(text)
    return [text[cut.start[s] : cut.end[e]] for s, e in find(pattern, lexicon.look(cut))]


def test_a_pattern_finds_its_words_in_order_within_the_gap() -> None:
    assert _spans("took ...2 [pills|tablets]", "she took all the pills") == ["took all the pills"]
    assert _spans("took ...2 [pills|tablets]", "she took a bus and later had pills") == []
    assert _spans("took ...2 pills", "pills took") == []


def test_near_looks_both_ways_and_stops_at_its_reach() -> None:
    assert _spans("<drunk> & driving", "driving while drunk", drunk="drunk, pissed") == [
        "driving while drunk"
    ]
    assert _spans("drunk &3 driving", "drunk on a bench in the park far from driving") == []


def test_a_slip_of_spelling_and_a_hidden_letter_are_seen() -> None:
    for typed in ("suicide", "sucide", "suicied", "suuicide", "su*cide"):
        assert _spans("[~suicide]", f"thinking of {typed}"), typed
    assert _spans("[~suicide]", "the suite is nice") == []


def test_a_sentence_end_stands_between() -> None:
    assert _spans("hit ...2 me", "he hit. me too") == []
    assert _spans("not breathing", "not.. breathing") == ["not.. breathing"]


@pytest.mark.parametrize("says", ["", "<nobody>", "[]", "& that", "[a*]"])
def test_a_pattern_that_cannot_be_read_is_refused(says: str) -> None:
    with pytest.raises(PatternError):
        Lexicon({}).compile(says)
