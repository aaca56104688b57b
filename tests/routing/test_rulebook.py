"""The rule book loads whole, says where it is wrong, and a council's folder replaces files in it."""

import shutil
from pathlib import Path

import pytest

from directory.routing.examples import read_examples
from directory.routing.rule_shapes import OUT_OF_SCOPE, UNCLEAR
from directory.routing.rulebook import OWN, RuleBook, RuleBookError, load_rulebook, rule_files, version_of
from directory.routing.safety_rules import load
from directory.words import LEVELS, OUTCOMES


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return load_rulebook()


def whole_copy(tmp_path: Path) -> Path:
    shutil.copytree(OWN, tmp_path / "rules")
    return tmp_path / "rules"


def test_there_are_thirty_five_needs_and_two_that_are_none(book: RuleBook) -> None:
    codes = [need.code for need in book.needs]
    assert len(codes) == 37
    assert {OUT_OF_SCOPE, UNCLEAR} <= set(codes)


def test_each_need_has_enough_phrases_in_several_voices(book: RuleBook) -> None:
    for need in book.needs:
        phrases = book.phrases[need.code]
        least = 40 if need.code == UNCLEAR else 80 if need.code == OUT_OF_SCOPE else 45
        assert len(phrases.every()) >= least, need.code
        assert phrases.short, need.code
        assert phrases.family, need.code
        assert phrases.young_person, need.code
        assert phrases.staff, need.code


def test_each_level_has_a_way_that_ends_with_a_person(book: RuleBook) -> None:
    steps = {step.code: step for step in book.pathways.step}
    for level in LEVELS:
        assert any(steps[code].always for code in book.pathways.order[level]), level  # type: ignore[index]


def test_the_targeted_and_specialist_steps_are_by_phone(book: RuleBook) -> None:
    assert all(step.phone_only for step in book.pathways.step if step.level in ("targeted", "specialist"))


def test_every_flourish_outcome_is_the_main_one_of_some_need(book: RuleBook) -> None:
    assert {need.outcome for need in book.needs} == set(OUTCOMES)


def test_the_map_to_the_national_outcomes_says_that_it_is_proposed(book: RuleBook) -> None:
    assert book.outcomes.status == "proposed"
    assert [line.number for line in book.outcomes.headline] == list(range(1, 11))


def test_an_example_of_a_kind_of_danger_that_nobody_answers_for_is_refused(tmp_path: Path) -> None:
    rules = whole_copy(tmp_path)
    (rules / "danger" / "voices" / "new.toml").write_text(
        '[dragons]\nred = ["there is a dragon in the shed"]\n'
    )
    kinds = load(rules).kinds
    with pytest.raises(RuleBookError, match=r"new tells of dragons"):
        read_examples(rules, kinds)
    assert read_examples(OWN, kinds)


def test_an_unknown_door_reads_as_the_fallback(book: RuleBook) -> None:
    assert book.door("carrier-pigeon") == book.door(book.doors.fallback)


def test_the_version_is_steady_and_changes_with_any_file(tmp_path: Path) -> None:
    folder = whole_copy(tmp_path)
    before = version_of(rule_files(folder))
    assert before == version_of(rule_files(folder))
    with (folder / "safety.toml").open("a") as file:
        file.write("\n# one more line\n")
    assert version_of(rule_files(folder)) != before


def test_a_councils_file_replaces_ours_and_the_rest_stays(tmp_path: Path, book: RuleBook) -> None:
    text = (OWN / "doors.toml").read_text("utf-8").replace("Public pages", "Our own pages")
    (tmp_path / "doors.toml").write_text(text, "utf-8")
    ours = load_rulebook(tmp_path)
    assert ours.door("self").label == "Our own pages"
    assert ours.needs == book.needs
    assert ours.version != book.version
    assert ours.files["doors.toml"] == str(tmp_path / "doors.toml")


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("needs.toml", 'level = "universal"', 'level = "sometimes"', "needs.toml"),
        ("needs.toml", "sensitive = false", "sensitve = false", "sensitve"),
        ("levels.toml", "[[level]]", "[[level", "levels.toml"),
        ("questions.toml", '"parent_mental_health"', '"parent_mental_helth"', "parent_mental_helth"),
        ("doors.toml", 'fallback = "self"', 'fallback = "nobody"', "nobody"),
        ("pathways.toml", "always = true", "always = false", "always"),
        ("pathways.toml", "[need.bullying]", "[need.bulying]", "bulying"),
        ("outcomes.toml", "number = 10", "number = 9", "1 to 10"),
    ],
)
def test_an_error_names_the_file_and_the_key(
    tmp_path: Path, name: str, old: str, new: str, says: str
) -> None:
    text = (OWN / name).read_text("utf-8")
    assert old in text
    (tmp_path / name).write_text(text.replace(old, new), "utf-8")
    with pytest.raises(RuleBookError) as caught:
        load_rulebook(tmp_path)
    assert name in str(caught.value)
    assert says in str(caught.value)


def test_a_phrase_for_two_needs_is_refused(tmp_path: Path, book: RuleBook) -> None:
    (tmp_path / "phrases").mkdir()
    phrase = book.phrases["bullying"].short[0]
    text = (OWN / "phrases/child_health.toml").read_text("utf-8")
    text = text.replace("short = [", f'short = [\n    "{phrase.upper()}",', 1)
    (tmp_path / "phrases/child_health.toml").write_text(text, "utf-8")
    with pytest.raises(RuleBookError, match=r"phrases/child_health.toml|phrases/bullying.toml"):
        load_rulebook(tmp_path)


def test_a_folder_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(RuleBookError, match="no such folder"):
        load_rulebook(tmp_path / "nowhere")


def test_pages_say_nothing_a_child_of_eleven_could_not_read(book: RuleBook) -> None:
    """Average words a sentence, in what families read: a plain stand-in for reading age."""
    said = [line for need in book.pathways.need.values() for line in (*need.now, need.waiting)]
    said += [step.then for step in book.pathways.step] + [step.consent for step in book.pathways.step]
    for line in said:
        for sentence in line.replace("?", ".").replace("!", ".").split("."):
            assert len(sentence.split()) <= 24, line
