"""Red flags are seen however they are told, and what only sounds alike does not interrupt."""

from collections import Counter
from datetime import date

import pytest

from directory.routing.hearing import SOUNDS, judge
from directory.routing.language import detect
from directory.routing.route import Router
from directory.routing.safety import Safety, check
from directory.routing.safety_rules import Book
from directory.routing.tokens import words
from tests.routing import safety_texts as texts

EVERY_KIND = [(kind, text) for kind, told in texts.TIER_1.items() for text in told]


@pytest.mark.parametrize(("kind", "text"), EVERY_KIND)
def test_every_kind_interrupts_however_it_is_told(kind: str, text: str, book: Book) -> None:
    answer = check(text, book)
    assert answer.tier == 1, answer
    assert kind in answer.kinds


def test_every_kind_of_the_book_has_texts(book: Book) -> None:
    assert set(texts.TIER_1) == set(book.kinds)


@pytest.mark.parametrize("text", texts.EMERGENCIES)
def test_an_emergency_interrupts_and_offers_999_first(text: str, book: Book) -> None:
    answer = check(text, book)
    assert answer.tier == 1, answer
    assert "999" in {contact.id for contact in answer.contacts}


@pytest.mark.parametrize("text", texts.EMERGENCIES)
def test_shouting_typos_and_pleasantries_change_nothing(text: str, book: Book) -> None:
    for said in (
        text.upper(),
        f"Hi, hope you are well. {text}. Thank you x",
        text.replace("'", "’"),
        f"  {text}!!!",
    ):
        assert check(said, book).tier == 1, said


def test_a_flag_is_heard_in_the_middle_of_a_long_ramble(book: Book) -> None:
    chat = (
        "We moved here in May and the school is lovely. My mum lives near Holt and helps on Tuesdays. " * 12
    )
    for text in texts.EMERGENCIES:
        assert check(f"{chat} {text}. {chat}", book).tier == 1, text


@pytest.mark.parametrize("text", texts.NEAR_MISSES)
def test_what_only_sounds_alike_never_interrupts(text: str, book: Book) -> None:
    assert check(text, book).tier != 1


@pytest.mark.parametrize("text", texts.ORDINARY)
def test_ordinary_words_pass_in_quiet(text: str, book: Book) -> None:
    answer = check(text, book)
    assert answer.tier == 0, answer
    assert answer.flags == ()
    assert [contact.id for contact in answer.contacts] == list(book.always)


@pytest.mark.parametrize("text", texts.NEGATED)
def test_a_denial_does_not_interrupt(text: str, book: Book) -> None:
    assert check(text, book).tier != 1


@pytest.mark.parametrize("text", texts.PAST)
def test_what_is_long_past_is_soft_and_not_silent(text: str, book: Book) -> None:
    answer = check(text, book)
    assert answer.tier == 2, answer
    assert answer.ask


def test_a_denial_of_one_thing_does_not_hide_another(book: Book) -> None:
    assert check("No thoughts of self harm. He strangled me last night.", book).tier == 1
    assert check("hes not violent but he put his hands round my throat", book).tier == 1


def test_each_flag_carries_its_rule_and_the_words_it_saw(book: Book) -> None:
    text = "hello 🙂 my dad’s belt… my dad hits me with a belt ok"
    answer = check(text, book)
    rules = {ready.rule.id for ready in book.rules} | {"cues"}
    for flag in answer.flags:
        start, end = flag.span
        assert text[start:end] == flag.words
        assert flag.rule in rules
    assert any("hits me" in flag.words for flag in answer.flags)


def test_domestic_abuse_offers_a_quick_exit(book: Book) -> None:
    assert check("my husband punched me", book).quick_exit
    assert not check("stay and play in cromer", book).quick_exit


def test_staff_are_offered_the_professionals_line(book: Book) -> None:
    answer = check("4 month old with unexplained bruising", book)
    assert "cads" in {c.id for c in answer.staff_contacts}
    assert "cads" not in {c.id for c in answer.contacts}


def test_messages_are_warm_and_never_name_a_method(book: Book) -> None:
    for kind in book.kinds.values():
        for message in (kind.families, kind.staff):
            assert 40 < len(message) < 320
            assert not {"rope", "pills", "paracetamol", "blade", "knife"} & set(message.lower().split())


def test_every_number_has_a_source_an_owner_and_a_date_to_check_it(book: Book) -> None:
    for contact in book.contacts.values():
        assert contact.source
        assert contact.owner
        assert contact.review_by > contact.checked_on
        assert contact.review_by > date(2026, 11, 21)
        digits = contact.dial.split(":")[1]
        assert digits.startswith(contact.number.replace(" ", "").split("option")[0].split("then")[0])


@pytest.mark.parametrize(("code", "text"), texts.LANGUAGES.items())
def test_another_language_gets_its_own_message_with_the_numbers(code: str, text: str, book: Book) -> None:
    answer = check(text, book)
    assert answer.language == code
    assert "999" in answer.message
    assert answer.right_to_left is (code in {"ar", "fa"})


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("pl", "moje dziecko nie oddycha"),
        ("pl", "prosze pomoc moj maz mnie bije"),
        ("lt", "vaikas nekvepuoja"),
        ("lt", "neturime maisto"),
        ("pt", "o meu filho nao respira"),
        ("ro", "copilul meu nu respira"),
    ],
)
def test_a_few_words_without_their_accents_are_enough(code: str, text: str, book: Book) -> None:
    assert check(text, book).language == code


@pytest.mark.parametrize("text", [*texts.EMERGENCIES, *texts.ORDINARY, "asdfgh qwerty", "???", "Wymondham"])
def test_english_and_gibberish_stay_english(text: str, book: Book) -> None:
    assert detect(text, words(text), book.languages) == "en"


def _tiers(rows: list[dict[str, str]], book: Book) -> dict[str, Counter[int]]:
    counted: dict[str, Counter[int]] = {}
    for row in rows:
        counted.setdefault(row["expected"], Counter())[check(row["text"], book).tier] += 1
    return counted


def test_the_second_development_set_keeps_its_figures(book: Book, second_set: list[dict[str, str]]) -> None:
    counted = _tiers(second_set, book)
    assert counted["emergency"][1] == counted["emergency"].total()
    assert counted["flag"][0] <= 0.02 * counted["flag"].total()
    assert counted["near_miss"][1] <= 0.05 * counted["near_miss"].total()
    assert counted["near_miss"][2] <= 0.25 * counted["near_miss"].total()
    assert counted["ordinary"][2] <= 0.12 * counted["ordinary"].total()
    assert counted["ordinary"][1] == 0


def test_a_tier_always_matches_its_flags(book: Book, second_set: list[dict[str, str]]) -> None:
    for row in second_set:
        answer: Safety = check(row["text"], book)
        assert answer.tier == min((flag.tier for flag in answer.flags), default=0)
        assert not answer.urgent or answer.tier == 1


@pytest.mark.parametrize(
    "text", ["food", "food bank", "housing", "refuge", "baby group", "midwife", "school uniform"]
)
def test_a_word_that_is_looked_up_does_not_ring_the_alarm(router: Router, text: str) -> None:
    found = judge(text, router.danger, router.alarm)
    assert found.tier != 1
    assert not [flag.rule for flag in found.flags if flag.rule.startswith(SOUNDS)]


def test_a_parent_who_fears_to_shake_the_baby_is_answered_first(router: Router) -> None:
    text = "baby wont stop crying i feel like i cant cope and might shake him"
    assert judge(text, router.danger, router.alarm).tier == 1
