"""Whom a service is for decides before how near it is: staff's own services, other people's, and everybody's."""

from typing import Any

from directory.routing.eligibility import Asked, Facts, Venue, judge
from directory.routing.pathway import judged, steps
from directory.routing.ranking import for_others
from directory.routing.rulebook import OWN, load_rulebook

BOOK = load_rulebook(None)
NORWICH = (52.6285, 1.2992)


def facts(name: str, needs: list[str], **over: Any) -> Facts:
    plain: dict[str, Any] = {
        "id": name, "name": name, "organization": "Larkspur", "kind": "voluntary_group", "level": "early_help",
        "status": "active", "capacity": "open", "wait": None, "referral": "self", "minimum_age": None,
        "maximum_age": None, "needs": frozenset(needs), "suggested": frozenset(),
        "areas": frozenset(["county:E10000020"]), "remote": ("phone",), "venues": (), "checked_days": 30, "free": True,
        "phone": "01632 960001",
    }  # fmt: skip
    return Facts(**(plain | over))


def asked(*needs: str, **over: Any) -> Asked:
    plain: dict[str, Any] = {
        "needs": needs, "ages": (), "point": NORWICH, "areas": frozenset(["county:E10000020", "zone:zone-08"]),
        "reach": 15.0, "harmed": True, "heard": frozenset(needs),
    }  # fmt: skip
    return Asked(**(plain | over))


def names(found: list[Facts], family: Asked, level: str, step: str) -> list[str]:
    miles = {each.id: (1.0 if each.venues else None) for each in found}
    fit = judged(found, family, miles, level=level, book=BOOK).fit
    (answer,) = [each for each in steps(fit, family, level=level, book=BOOK) if each.step == step]
    return [each.name for each in answer.services]


def test_what_is_for_staff_is_on_no_family_s_pathway() -> None:
    coaching = facts("Coaching for schools", ["school_attendance"], audience="professionals")
    assert [
        each.rule for each in judge(coaching, asked("school_attendance"), None) if each.answer == "no"
    ] == ["people"]
    found = judged([coaching], asked("school_attendance"), {}, level="early_help", book=BOOK)
    assert (found.fit, found.out) == ([], [])


def test_a_carers_advice_line_is_not_for_a_parent_with_money_troubles_alone() -> None:
    kin = facts("Money for kinship carers", ["kinship_fostering_adoption", "money_debt_benefits"])
    plain = facts("Money advice", ["money_debt_benefits"])
    assert names([kin, plain], asked("money_debt_benefits"), "early_help", "near_you") == ["Money advice"]
    both = asked(
        "money_debt_benefits", heard=frozenset(["money_debt_benefits", "kinship_fostering_adoption"])
    )
    assert set(names([kin, plain], both, "early_help", "near_you")) == {
        "Money advice",
        "Money for kinship carers",
    }


def test_a_refuge_is_no_answer_to_rent_arrears() -> None:
    refuge = facts(
        "Refuge", ["domestic_abuse", "housing_homelessness"], kind="commissioned_service", level="specialist"
    )
    assert names([refuge], asked("housing_homelessness"), "specialist", "statutory_door") == []
    assert names([refuge], asked("domestic_abuse"), "specialist", "statutory_door") == ["Refuge"]


def test_a_council_office_counts_less_for_others_but_is_never_left_out() -> None:
    particular, family = BOOK.pathways.particular, asked("behaviour_at_home", "housing_homelessness")
    adoption = facts("Adoption", ["kinship_fostering_adoption", "behaviour_at_home"], kind="statutory")
    housing = facts("Housing", ["housing_homelessness", "domestic_abuse"], kind="statutory")
    assert 0 < for_others(adoption, family, particular) < 0.5
    assert for_others(housing, family, particular) == 1


def test_a_baby_in_the_family_is_heard_as_the_first_year() -> None:
    particular = BOOK.pathways.particular
    group = facts("Postnatal group", ["pregnancy_perinatal", "parent_mental_health"])
    assert for_others(group, asked("parent_mental_health"), particular) < 1
    assert for_others(group, asked("parent_mental_health", ages=(0.5,)), particular) == 1


def test_a_housing_office_and_a_targeted_charity_have_their_step() -> None:
    office = facts("Housing options", ["housing_homelessness"], kind="statutory", level="targeted")
    charity = facts("Casework", ["housing_homelessness"], level="targeted")
    found = names([office, charity], asked("housing_homelessness"), "targeted", "family_support")
    assert set(found) == {"Housing options", "Casework"}


def test_a_near_match_comes_before_a_far_one_and_one_that_is_for_many_things() -> None:
    near = facts("Near", ["money_debt_benefits"], venues=(Venue("Hall", *NORWICH),), remote=())
    broad = facts(
        "Broad", ["money_debt_benefits", "parenting_support", "child_health", "activities_leisure"],
        venues=(Venue("Hall", *NORWICH),), remote=(),
    )  # fmt: skip
    assert names([broad, near], asked("money_debt_benefits"), "early_help", "near_you") == ["Near", "Broad"]


def test_another_zone_s_team_is_not_offered_as_ours() -> None:
    ours = facts("Ours", [], kind="school_and_community_zone", areas=frozenset(["zone:zone-08"]))
    other = facts("County line", ["send_support"], kind="school_and_community_zone")
    family = asked("social_isolation")
    assert names([other], family, "early_help", "hub_and_zone") == []
    assert names([other, ours], family, "early_help", "hub_and_zone") == ["Ours"]


def test_the_rule_book_s_particular_needs_are_needs() -> None:
    assert set(BOOK.pathways.particular) <= {need.code for need in BOOK.needs}
    assert (OWN / "pathways.toml").is_file()
