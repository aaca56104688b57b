"""Postcodes as text."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from directory.places import postcodes
from directory.places.postcodes import Reading

HARD = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="NRWECPI0123456789OSZBLQ ABCFH-.,\x00\ud800é１Ａ", max_size=50),
)


@pytest.mark.parametrize(
    "typed",
    [
        "NR3 1FH",
        "nr31fh",
        "NR 31 FH",
        "  nr3-1fh. ",
        "N R 3 1 F H",
        "ＮＲ３ １ＦＨ",
        "NR3\u00a01FH",
        '"NR3 1FH"',
        "nr3\t1fh",
    ],
)
def test_case_spaces_and_points_do_not_matter(typed: str) -> None:
    assert postcodes.normalise(typed) == "NR3 1FH"


@pytest.mark.parametrize(
    "code", ["M1 1AE", "B33 8TH", "CR2 6XH", "DN55 1PT", "W1A 1HQ", "EC1A 1BB", "GIR 0AA", "BF1 2AU"]
)
def test_every_published_shape_is_a_unit(code: str) -> None:
    assert postcodes.normalise(code.replace(" ", "").lower()) == code
    assert postcodes.classify(code) == Reading("unit", code)


@pytest.mark.parametrize(
    "typed", ["Cromer", "Holt", "", " ", "NR", "NR3", "NR3 1", "é1 1aa", "NR3 1FHX", "٣R3 1FH", "1234567"]
)
def test_what_is_not_a_whole_postcode_is_not_one(typed: str) -> None:
    assert postcodes.normalise(typed) is None


@pytest.mark.parametrize(
    ("typed", "kind", "text"),
    [
        ("NR3 1", "sector", "NR3 1"),
        ("nr311", "sector", "NR31 1"),
        ("W1A 1", "sector", "W1A 1"),
        ("NR31", "outcode", "NR31"),
        ("nr 31", "outcode", "NR31"),
        ("EC1A", "outcode", "EC1A"),
        ("NR1 3C", "partial", "NR1 3C"),
        ("NR133C", "partial", "NR13 3C"),
        ("E16A", "partial", "E1 6A"),
        ("nr", "partial", "NR"),
    ],
)
def test_parts_of_a_postcode_are_told_apart(typed: str, kind: str, text: str) -> None:
    reading = postcodes.classify(typed)
    assert reading is not None
    assert (reading.kind, reading.text) == (kind, text)


def test_a_doubtful_short_code_keeps_both_readings_and_the_space_decides() -> None:
    outcode, sector = Reading("outcode", "NR31"), Reading("sector", "NR3 1")
    assert postcodes.readings("NR31") == (outcode, sector)
    assert postcodes.readings("NR3 1") == (sector, outcode)


def test_outcode_and_sector_of_a_reading() -> None:
    assert (Reading("unit", "NR3 1FH").outcode, Reading("unit", "NR3 1FH").sector) == ("NR3", "NR3 1")
    assert (Reading("partial", "NR1 3C").sector, Reading("outcode", "NR3").sector) == ("NR1 3", None)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("NR3 IFH", "NR3 1FH"),
        ("NR3 lFH", "NR3 1FH"),
        ("PE3O 1LY", "PE30 1LY"),
        ("1P24 3AL", "IP24 3AL"),
        ("NRZ7 9HS", "NR27 9HS"),
        ("NR27 9H5", "NR27 9HS"),
        ("NR1B 0Q8", "NR18 0QB"),
        ("NR3O", "NR30"),
        ("NR3 I", "NR3 1"),
    ],
)
def test_look_alikes_are_put_right_by_position(typed: str, meant: str) -> None:
    assert meant in [reading.text for reading in postcodes.repairs(typed)]


def test_repairs_come_with_the_fewest_changes_first_and_never_the_text_itself() -> None:
    found = postcodes.repairs("PE3O 1LY")
    assert found[0] == Reading("unit", "PE30 1LY", 1)
    assert [reading.changes for reading in found] == sorted(reading.changes for reading in found)
    assert "PE3O 1LY" not in {reading.text for reading in found}


@pytest.mark.parametrize("word", ["floor", "Boiling", "Holt", "solos", "Lolly"])
def test_a_plain_word_is_never_repaired_into_a_postcode(word: str) -> None:
    assert postcodes.repairs(word) == ()


@pytest.mark.parametrize(
    "address",
    [
        "12 High St NR27 9HS",
        "12 High St, Cromer, nr279hs",
        "12 high street\nCromer\nNR 27 9HS\nUK",
        "NR27 9HS, Cromer",
        "c/o The Manse (NR27-9HS)",
    ],
)
def test_a_postcode_is_found_inside_an_address(address: str) -> None:
    assert postcodes.find_in(address)[0] == Reading("unit", "NR27 9HS")


def test_the_last_postcode_in_a_text_comes_first_and_a_repair_comes_after() -> None:
    assert [one.text for one in postcodes.find_in("from NR3 1FH to NR27 9HS")][:2] == ["NR27 9HS", "NR3 1FH"]
    assert Reading("unit", "NR27 9HS", 1) in postcodes.find_in("12 High Street, Cromer NR27 9H5")


@given(HARD)
@example("\x00" * 30)
@example("'; DROP TABLE postcode; --")
def test_no_text_raises_and_what_is_found_reads_as_itself(text: str) -> None:
    for reading in (*postcodes.readings(text), *postcodes.repairs(text), *postcodes.find_in(text)):
        assert reading.text in {again.text for again in postcodes.readings(reading.text)}


@given(
    st.from_regex(r"[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}", fullmatch=True),
    st.lists(st.sampled_from([" ", "-", ".", "\t"]), min_size=7, max_size=7),
)
def test_normalising_ignores_what_stands_between_the_characters(code: str, gaps: list[str]) -> None:
    letters = code.replace(" ", "")
    typed = "".join(letter + gap for letter, gap in zip(letters.lower(), gaps, strict=False))
    assert postcodes.normalise(typed) == code


@pytest.mark.parametrize(
    "text",
    ["A" * 100_000, "A1 " * 33_000, " " * 100_000, "1A" * 50_000, "NR3 1F " * 14_000, "\u0130" * 100_000],
)
def test_a_very_long_text_is_dealt_with_quickly(text: str) -> None:
    start = time.perf_counter()
    postcodes.readings(text), postcodes.repairs(text), postcodes.find_in(text)
    assert time.perf_counter() - start < 0.5
