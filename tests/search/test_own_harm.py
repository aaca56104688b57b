"""Who does the harm: a programme for people who harm comes first for them alone."""

import pytest

from directory.search.own_harm import own_harm
from directory.search.text import words


@pytest.mark.parametrize(
    "text",
    [
        "i keep hitting my wife",
        "how do i stop hurting my partner",
        "I shout at my girlfriend and smash things, and want to change",
        "I hit my boyfriend when I'm drunk",
        "i get so angry i hit the kids",
    ],
)
def test_somebody_tells_of_harm_that_they_do(text: str) -> None:
    assert own_harm(words(text))


@pytest.mark.parametrize(
    "text",
    [
        "my husband keeps hitting me",
        "he hits me and i hit him back",
        "i was hit by my husband",
        "i got beaten up by my boyfriend",
        "i am scared my dad will hit my mum",
        "im scared of hurting my baby",
        "i think my husband hurts my son",
        "i caught my partner hurting our baby",
        "friend of mine is getting hit by her husband",
        "i want to hurt myself",
        "i shout at my kids",
        "",
    ],
)
def test_whoever_may_be_harmed_is_never_read_so(text: str) -> None:
    assert not own_harm(words(text))
