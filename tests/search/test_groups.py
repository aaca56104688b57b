"""Words by number: the same text gives the same numbers, and different ones differ."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from directory.routing.features import _pieces
from directory.search.groups import UNTOLD, Groups, coded, counted, joined

WORDS = st.lists(st.text(st.characters(codec="utf-8", categories=["L"]), min_size=1, max_size=9), max_size=8)


def test_a_name_has_one_number_a_kind_and_its_mark_in_the_low_bits() -> None:
    plain, marked = coded("f", ["mum", "dad", "mum"]), coded("f", ["mum"], 5)
    assert plain[0] == plain[2] != plain[1]
    assert coded("s", ["mum"])[0] != plain[0]
    assert int(marked[0]) & 7 == 5
    assert int(marked[0]) & ~7 == int(plain[0])


def test_a_pair_is_known_by_both_sides_and_their_order() -> None:
    he, hits, me = (coded("f", [word]) for word in ("he", "hits", "me"))
    pairs = [joined("p", he, hits), joined("p", hits, he), joined("p", hits, me), joined("q", he, hits)]
    assert len({int(pair[0]) for pair in pairs}) == 4
    assert int(joined("p", he, hits, UNTOLD)[0]) & 7 == UNTOLD


@given(WORDS)
def test_what_is_met_again_counts_once_and_a_little_more(words: list[str]) -> None:
    found = counted((coded("f", words), 0.5))
    assert len(found.names) == len(set(words))
    often = {int(coded("f", [word])[0]): words.count(word) for word in words}
    expected = [0.5 * (1 + np.log(often[int(name)])) for name in found.names]
    assert np.allclose(found.weights, expected)


@given(WORDS)
def test_pieces_never_reach_from_one_word_into_the_next(words: list[str]) -> None:
    apart = [_pieces([word]) for word in words]
    together = _pieces(words)
    assert sorted(together.tolist()) == sorted(piece for each in apart for piece in each.tolist())


def test_a_slip_inside_a_word_leaves_most_of_its_pieces() -> None:
    right, slip = set(_pieces(["appointment"]).tolist()), set(_pieces(["apointment"]).tolist())
    assert len(right & slip) >= 0.6 * len(slip)
    assert len(_pieces(["it", "@child"])) == 0


def test_what_a_single_text_has_teaches_nothing_where_the_mark_says_so() -> None:
    texts = [counted((coded("f", ["one", "both"], 1), 1.0)), counted((coded("f", ["other", "both"], 1), 1.0))]
    groups = Groups(np.concatenate([names for names, _ in texts]), len(texts), 1.0)
    assert len(groups) == 1
    at, values = groups.vector(texts[0])
    assert at.tolist() == [0]
    assert values.tolist() == [1.0]
