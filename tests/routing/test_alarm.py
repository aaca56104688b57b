"""The second pair of ears: it hears what no pattern foresaw, asks instead of interrupting, and never falls silent."""

import random
import timeit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.routing.alarm import telling
from directory.routing.hearing import SOUNDS, judge
from directory.routing.route import Router
from directory.routing.safety import Safety, check
from tests.routing import safety_texts as texts

FLAGS = [text for told in texts.TIER_1.values() for text in told] + texts.EMERGENCIES
CALM = texts.NEAR_MISSES + texts.ORDINARY + texts.NEGATED + texts.PAST
ANY = FLAGS + CALM
URGES = ("right now", "now", "please", "right now please")
GRAVITY = {1: 2, 2: 1, 0: 0}


def heard(router: Router, text: str) -> Safety:
    return judge(text, router.danger, router.alarm)


def gravity(router: Router, text: str) -> int:
    return GRAVITY[heard(router, text).tier]


def test_danger_beside_other_words_is_never_silent_and_nearly_always_interrupts(router: Router) -> None:
    chance = random.Random(3)
    tiers = []
    for flag in FLAGS:
        for other in chance.sample(ANY, 12):
            joint = chance.choice([". ", "\n", "! "])
            pair = [flag.rstrip("."), other.rstrip(".")]
            chance.shuffle(pair)
            tiers.append((gravity(router, joint.join(pair)), gravity(router, flag), flag))
    assert all(found > 0 for found, _, _ in tiers)
    lowered = [flag for found, alone, flag in tiers if found < alone]
    assert len(lowered) <= 0.02 * len(tiers), sorted(set(lowered))


def test_to_be_in_a_hurry_never_makes_it_less_grave(router: Router) -> None:
    for text in ANY:
        before = gravity(router, text)
        for urge in URGES:
            assert gravity(router, f"{text} {urge}") >= before, (text, urge)
            assert gravity(router, f"{urge} {text}") >= before, (text, urge)


@pytest.mark.parametrize(
    "text",
    [
        "He was stabbed by a wasp sting on sports day, what should a club have in its first aid kit",
        "my gran says she will kill me if i get another tattoo lol, anyway any art clubs for 16 year olds",
        "After my overdose fifteen years ago I trained as a counsellor and would like to run a group for parents",
    ],
)
def test_harmless_words_of_danger_do_not_interrupt(router: Router, text: str) -> None:
    assert heard(router, text).tier != 1


@pytest.mark.parametrize("text", FLAGS)
def test_what_is_said_plainly_interrupts_whatever_it_sounds_like(router: Router, text: str) -> None:
    assert heard(router, text).tier == 1


@pytest.mark.parametrize(
    "text",
    [
        "he ran away to his nans in march, was found safe, all sorted, any youth clubs in Diss",
        "My son was stabbed with a pencil in maths by accident, teacher put a plaster on, now he wants art club",
        "He had a fit as a baby in 2019, all clear since, can he go to forest school",
    ],
)
def test_what_a_pattern_would_interrupt_for_is_asked_about_where_the_words_are_harmless(
    router: Router, text: str
) -> None:
    assert check(text, router.danger).tier == 1
    found = heard(router, text)
    assert found.tier == 2
    assert found.ask
    assert not found.urgent
    assert all(flag.tier == 2 and not flag.urgent for flag in found.flags)
    assert any(flag.turned == "calm" for flag in found.flags)


@pytest.mark.parametrize(
    ("right", "slip"),
    [
        ("my husband strangled me last night", "my husbnad strangeld me last night"),
        (
            "my daughter is unconscious on the bathroom floor",
            "my daugther is unconcious on the bathrom floor",
        ),
        (
            "he says he will burn the house down with us inside",
            "he says he will burn the huose down with us insdie",
        ),
    ],
)
def test_a_slip_of_typing_is_heard_as_the_word_that_was_meant(router: Router, right: str, slip: str) -> None:
    meant, typed = (router.alarm.hear(text).whole for text in (right, slip))
    assert abs(meant.grave - typed.grave) < 0.1
    assert heard(router, slip).tier == heard(router, right).tier == 1


def test_what_was_heard_lies_inside_the_text_and_is_named_as_only_a_sound(router: Router) -> None:
    for text in ANY:
        sounds = router.alarm.hear(text)
        for sound in (sounds.whole, *sounds.parts):
            assert 0 <= sound.span[0] <= sound.span[1] <= len(text)
            assert 0 <= sound.share <= 1.0001
        for flag in heard(router, text).flags:
            assert text[slice(*flag.span)] == flag.words
            if flag.rule.startswith(SOUNDS):
                assert flag.kind in router.danger.kinds


@settings(max_examples=100)
@given(text=st.text(max_size=200))
def test_no_text_raises(text: str, router: Router) -> None:
    assert heard(router, text).tier in {0, 1, 2}


@pytest.mark.parametrize(
    "text", ["", "   ", "🙂🙂🙂", "zzqx " * 2000, "a. b. c. " * 3000, "\0\x07 \u202eabc"]
)
def test_nothing_to_hear_raises_nothing(router: Router, text: str) -> None:
    assert router.alarm.hear(text).whole.grave < 0.5


@pytest.mark.parametrize(
    "text", [" thanks" * 850 + " x", "hi " * 2000, "many thanks so much " * 300 + "y", "!" * 6000]
)
def test_a_text_of_courtesies_takes_no_longer_than_another(text: str) -> None:
    best = min(timeit.repeat(lambda: telling(text), number=1, repeat=5))
    assert best < 0.005  # with every beginning tried to the end it took 0.1


@pytest.mark.parametrize("told", ["he hits me when he drinks", "is there a baby group on tuesdays in cromer"])
def test_a_greeting_and_thanks_change_nothing_that_is_heard(router: Router, told: str) -> None:
    plain = router.alarm.hear(told).whole
    for polite in (
        f"Hi there, {told}",
        f"Good morning. {told}",
        f"{told}. Many thanks!",
        f"hello {told}, thank you so much",
    ):
        assert router.alarm.hear(polite).whole[:4] == plain[:4], polite


@pytest.mark.parametrize(
    "text",
    [
        "thank you so much",
        "thanks thanks thanks",
        "hi there, good morning",
        "hello there. many thanks",
        "kind regards",
    ],
)
def test_courtesies_alone_are_no_danger(router: Router, text: str) -> None:
    assert heard(router, text).tier == 0


@pytest.mark.parametrize(
    "text", ["is anybody going to see this form", "thank you for the lovely morning, Jean"]
)
def test_what_tells_of_nothing_does_not_interrupt(router: Router, text: str) -> None:
    assert heard(router, text).tier != 1


def test_a_neck_that_is_held_interrupts_however_it_is_wrapped(router: Router) -> None:
    told = "We need a toddler group. My partner has started holding my neck when he is cross. Many thanks"
    assert heard(router, told).tier == 1
    assert heard(router, "is my baby holding his neck up well for four months").tier != 1


@pytest.mark.parametrize(
    "text",
    [
        "36 weeks with a bad head, seeing stars and my hands are puffy, is the antenatal class still on at 2",
        "since the birth on monday im going through pads every half hour, which leaflet do i want",
        "her nebuliser wont go because theres no electric, how does the winter fund work",
        "nursery says she was picked up at three but it wasnt us",
        "the boys dinghy has drifted out of sight past the groyne",
        "my 12 year old is pregnant and her boyfriend is 24, what classes are there",
        "he shoved me down the stairs, im 20 weeks, do i still get the vitamins",
        "been saving up her tablets, found them under her pillow when i changed the bed",
        "mosque school rang about fees. her uncle wants a letter that she is still a virgin",
        "weve had no electric since friday and cant make her bottles, is there a voucher",
        "he came out this morning and the placement has fallen through so there is no bed",
        "fits one after another since lunch, do you have the number for the epilepsy nurse",
    ],
)
def test_what_says_enough_by_itself_interrupts_beside_the_smallest_question(
    router: Router, text: str
) -> None:
    seen = check(text, router.danger)
    assert any(flag.sure and flag.tier == 1 for flag in seen.flags)
    assert (
        heard(router, f"{text}. Many thanks for the lovely coffee morning last week, we all enjoyed it").tier
        == 1
    )


@pytest.mark.parametrize(
    "text",
    [
        "is there help with the electric for a nebuliser, a grant or a scheme",
        "we go kayaking with the kids at Whitlingham, is there a club",
        "his skin comes off in flakes after the bath, is it the eczema cream",
        "science volcano club where they make things explode with vinegar",
        "i am 20 weeks and the baby kicked me in the ribs all night",
        "can i hand old tablets in at the chemist, they were saved up from last year and are out of date",
        "virgin media has put our bill up, who helps with the internet",
        "we had no electric in the power cut, is there a priority services register",
        "my son has fits of giggles at story time, one after another",
        "the children deliver parcels of food for the church at harvest",
    ],
)
def test_a_sure_rule_leaves_its_harmless_neighbours_alone(router: Router, text: str) -> None:
    assert not any(flag.sure for flag in check(text, router.danger).flags)
