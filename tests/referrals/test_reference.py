from hypothesis import given
from hypothesis import strategies as st

from directory.referrals.reference import (
    ALPHABET,
    HANDOVER_LENGTH,
    check_character,
    grouped,
    new_code,
    read_back,
    read_reference,
)  # fmt: skip

CODES = st.text(ALPHABET, min_size=7, max_size=8).map(lambda body: body + check_character(body))


def test_the_alphabet_spells_nothing_and_has_no_look_alikes() -> None:
    assert not set("AEIOUL015SZB8") & set(ALPHABET)
    assert len(set(ALPHABET)) == 23


@given(CODES, st.data())
def test_any_single_wrong_character_is_caught(code: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(code) - 1))
    other = data.draw(st.sampled_from([c for c in ALPHABET if c != code[place]]))
    assert read_back(code[:place] + other + code[place + 1 :], len(code)) is None


@given(CODES, st.data())
def test_two_neighbours_swapped_are_caught(code: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(code) - 2))
    swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    assert (read_back(swapped, len(code)) is None) == (swapped != code)


@given(CODES)
def test_a_code_is_read_back_however_it_is_written(code: str) -> None:
    assert read_back(f" {grouped(code).lower()} ", len(code)) == code


@given(st.text(max_size=30))
def test_nonsense_is_no_reference(text: str) -> None:
    found = read_reference(text)
    assert found is None or len(found) == 8


def test_new_codes_check() -> None:
    assert all(read_back(new_code(HANDOVER_LENGTH), HANDOVER_LENGTH) for _ in range(200))
