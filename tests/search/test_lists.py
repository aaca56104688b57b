"""Lists of words that a council keeps itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from directory.search.hints import read_hints
from directory.search.homophones import as_meant
from directory.search.stop import meaningful
from directory.search.synonyms import others
from directory.search.text import words as words_of
from directory.search.weights import (
    FOLDER,
    OWN,
    need_words,
    stop_words,
    synonym_lists,
    topics,
    understood,
    use,
)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "search").mkdir()
    yield tmp_path
    use("")


def test_a_council_s_own_synonyms_take_the_place_of_ours(own: Path) -> None:
    (own / "search" / "synonyms.toml").write_text('same = [["squit", "nonsense"]]\nalso = []\n', "utf-8")
    assert not others(["squit"])
    use(str(own))
    assert others(["squit"]) == [(range(1), ("nonsense",))]
    assert read_hints(["skint"]).needs  # what is not there stays ours
    use("")
    assert not others(["squit"])


def test_a_council_s_own_needs_and_stop_words_are_heard(own: Path) -> None:
    (own / "search" / "needs.toml").write_text('food_and_essentials = ["dwile"]\n', "utf-8")
    (own / "search" / "stop.txt").write_text("bor\n", "utf-8")
    use(str(own))
    assert read_hints(["dwile"]).needs == {"food_and_essentials": 0.8}
    assert meaningful(["bor", "dwile"]) == ["dwile"]


def test_every_list_is_readable_and_says_nothing_twice() -> None:
    same, also = synonym_lists()
    for group in (*same, *also):
        assert len(group) == len(set(group)) > 1
    assert len(need_words()) == 35
    for code, words in need_words().items():
        assert len(words) == len(set(words)), code
    assert len(stop_words()) > 100
    assert all((FOLDER / name).exists() for name in OWN)


def test_words_that_sound_alike_take_each_other_s_place_one_for_one() -> None:
    for written, meant in understood().sounds.items():
        assert len(words_of(written)) == len(words_of(meant)), written
        assert as_meant(words_of(written)) == words_of(meant)
    assert as_meant(["school", "close"]) == ["school", "clothes"]
    assert as_meant(["close", "to", "school"]) == ["close", "to", "school"]


@pytest.mark.parametrize(
    ("text", "needs", "ages", "forms"),
    [
        ("baby group", {"social_isolation", "pregnancy_perinatal"}, {"baby"}, {"group", "play"}),
        ("youth club", {"activities_leisure"}, {"teenager"}, {"group"}),
        ("food bank", {"food_and_essentials"}, set(), set()),
        ("helpline for young carers", {"young_carer"}, set(), {"phone"}),
        ("i want to die", {"self_harm_suicidal_thoughts"}, set(), set()),
        ("my dad died", {"bereavement_loss"}, set(), set()),
        ("nothing of the kind", set(), set(), set()),
    ],
)
def test_words_say_needs_ages_and_how_help_should_come(
    text: str, needs: set[str], ages: set[str], forms: set[str]
) -> None:
    found = read_hints(text.split())
    assert (set(found.needs), set(found.ages), set(found.forms)) == (needs, ages, forms)


def test_who_is_in_the_middle_of_it_finds_what_services_call_it(own: Path) -> None:
    (own / "search" / "topics.toml").write_text(
        'topic = [{ finds = ["marsh walk"], said = ["bog trot"] }]\n', "utf-8"
    )
    use(str(own))
    assert others(["bog", "trot"]) == [(range(2), ("marsh", "walk"))]
    assert not others(["marsh", "walk"]), "one way only"


def test_no_topic_says_what_it_finds_already() -> None:
    for topic in topics():
        assert not set(topic.finds) & set(topic.said), topic.finds
        assert len(set(topic.said)) == len(topic.said), topic.finds
