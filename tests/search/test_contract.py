"""What every engine does, whichever it is."""

import pytest

from directory.search.index import SearchIndex
from directory.search.request import SearchRequest
from tests.search.made import CROMER, NORWICH, Search, at, covering, doc, identity, names, tag

LITTLE = [
    doc("Baby group", description="Songs and play.", tags={"needs": ["social_isolation"]}),
    doc(
        "Speech therapy", description="Help with talking.", tags={"needs": ["speech_language_communication"]}
    ),
    doc(
        "Food parcels",
        description="Food for families who are short.",
        tags={"needs": ["food_and_essentials"]},
    ),
]


async def test_words_find_what_holds_them_in_any_form(search: Search) -> None:
    found = await search(LITTLE, q="babies groups")
    assert names(found) == ["Baby group"]


@pytest.mark.parametrize("typed", ["speach", "speehc", "spech", "therpay"])
async def test_a_slip_of_the_fingers_is_forgiven_and_said(search: Search, typed: str) -> None:
    found = await search(LITTLE, q=typed)
    assert names(found) == ["Speech therapy"]
    assert [(each.kind, each.text) for each in found.corrections] == [("spelling", typed)]


async def test_a_spelling_that_is_meant_can_be_kept(search: Search) -> None:
    assert (await search(LITTLE, q="speach", keep=["spelling"])).total == 0


async def test_short_words_and_numbers_are_never_misread(search: Search) -> None:
    documents = [doc("The cat club"), doc("Group 2025")]
    assert (await search(documents, q="bat")).total == 0
    assert (await search(q="2026")).total == 0


async def test_the_last_word_may_still_be_being_typed(search: Search) -> None:
    assert names(await search(LITTLE, q="speech ther")) == ["Speech therapy"]


async def test_the_word_itself_comes_before_its_forms_and_slips(search: Search) -> None:
    documents = [doc("Counselling rooms"), doc("Counsellor rooms"), doc("Council rooms")]
    assert names(await search(documents, q="counsellor"))[0] == "Counsellor rooms"


async def test_a_name_counts_more_than_a_description(search: Search) -> None:
    documents = [
        doc("Stay and play", description="Bring debt letters too."),
        doc("Debt advice", description="Hi."),
    ]
    assert names(await search(documents, q="debt"))[0] == "Debt advice"


async def test_no_words_list_everything(search: Search) -> None:
    found = await search(LITTLE)
    assert found.total == 3
    assert {facet.code: facet.count for facet in found.facets["need"]} == {
        "social_isolation": 1,
        "speech_language_communication": 1,
        "food_and_essentials": 1,
    }


async def test_a_filter_is_or_inside_and_across(search: Search) -> None:
    documents = [
        doc("A", tags={"flourish": ["healthy"], "kind": ["help_hub"]}),
        doc("B", tags={"flourish": ["learning"], "kind": ["help_hub"]}),
        doc("C", tags={"flourish": ["learning"], "kind": ["statutory"]}),
        doc("D"),
    ]
    found = await search(documents, outcome=["healthy", "learning"], kind=["help_hub"])
    assert sorted(names(found)) == ["A", "B"]


async def test_counts_say_what_choosing_more_would_give(search: Search) -> None:
    documents = [
        doc("A", tags={"flourish": ["healthy"], "kind": ["help_hub"]}),
        doc("B", tags={"flourish": ["learning"], "kind": ["help_hub"]}),
        doc("C", tags={"flourish": ["learning"], "kind": ["statutory"]}),
    ]
    found = await search(documents, outcome=["healthy"])
    assert {each.code: each.count for each in found.facets["outcome"]} == {"healthy": 1, "learning": 2}
    assert {each.code: each.count for each in found.facets["kind"]} == {"help_hub": 1}


@pytest.mark.parametrize(
    "asked",
    [
        {"age": 4},
        {"outcome": ["healthy"]},
        {"need": ["bullying"]},
        {"kind": ["help_hub"]},
        {"day": ["monday"]},
        {"free": True},
        {"remote": True},
        {"language": ["en"]},
        {"accessible": ["step_free"]},
        {"zone": ["zone-01"]},
        {"district": ["E07000148"]},
        {"open_now": True},
    ],
)
async def test_an_untagged_service_passes_no_filter(search: Search, asked: dict[str, object]) -> None:
    assert (await search([doc("Bare", attributes=[])], **asked)).total == 0


async def test_a_suggested_tag_passes_a_filter_only_where_that_is_asked_for_and_the_hit_says_so(
    search: Search,
) -> None:
    documents = [
        doc("Sure", tags={"needs": ["bullying"], "flourish": ["safe_and_secure"]}),
        doc("Likely", attributes=[tag("needs", "bullying", 0.66), tag("flourish", "safe_and_secure", 0.66)]),
        doc("Hardly", attributes=[tag("needs", "bullying", 0.4), tag("kind", "help_hub", 0.9)]),
    ]
    assert names(await search(documents, need=["bullying"], sort="name")) == ["Sure"]
    assert names(await search(outcome=["safe_and_secure"])) == ["Sure"]
    found = await search(need=["bullying"], suggested=0.6, sort="name")
    assert names(found) == ["Likely", "Sure"]
    said = {each.name: [reason for reason in each.reasons if "suggested" in reason] for each in found.hits}
    assert said == {"Likely": ["Perhaps for bullying: suggested, not confirmed"], "Sure": []}
    assert found.applied["suggested"] == 0.6
    assert names(await search(need=["bullying"], suggested=0.4, sort="name")) == ["Hardly", "Likely", "Sure"]
    assert names(await search(need=["bullying"], suggested=0.7)) == ["Sure"]
    assert names(await search(outcome=["safe_and_secure"], need=["bullying"], suggested=0.5)) != []
    assert names(await search(kind=["help_hub"], suggested=0.5)) == ["Hardly"]
    assert (await search(suggested=0.5)).total == 3
    assert {each.code: each.count for each in found.facets["need"]} == {"bullying": 2}


async def test_ages_overlap_and_an_open_end_is_open(search: Search) -> None:
    documents = [
        doc("Under fives", minimum_age=0, maximum_age=4),
        doc("Teens", minimum_age=13),
        doc("Up to eleven", maximum_age=11),
    ]
    assert sorted(names(await search(documents, age=4))) == ["Under fives", "Up to eleven"]
    assert names(await search(age=4.5, q="fives")) == ["Under fives"]
    assert names(await search(age=15)) == ["Teens"]
    # Who says no ages is not chosen by one, but not lost either because somebody mentions how old a child is.
    grants = doc("Grants for electric meters")
    assert names(await search([*documents, grants], age=4, q="meters")) == []
    assert names(await search(q="grants for electric meters my son is 4 years old")) == [grants.card.name]


async def test_nearer_comes_first_but_never_throws_relevance_away(search: Search) -> None:
    documents = [
        doc("Toddler group far", service_at_locations=[at(*CROMER)]),
        doc("Toddler group near", service_at_locations=[at(*NORWICH)]),
        doc("Jobs club", description="Not for toddlers.", service_at_locations=[at(*NORWICH)]),
    ]
    found = await search(documents, q="toddler group", near="Norwich")
    assert names(found)[:2] == ["Toddler group near", "Toddler group far"]
    assert found.hits[0].distance_miles == 0.0
    assert 19 < (found.hits[1].distance_miles or 0) < 21
    assert "20 miles from Norwich" in found.hits[1].reasons


async def test_the_nearest_of_several_venues_is_shown(search: Search) -> None:
    both = doc("Clinic", service_at_locations=[at(*CROMER, "Cromer clinic"), at(*NORWICH, "Norwich clinic")])
    assert (await search([both], near="Norwich")).hits[0].venue == "Norwich clinic"
    assert (await search(near="Cromer")).hits[0].venue == "Cromer clinic"


async def test_a_service_without_a_place_is_found_by_place(search: Search) -> None:
    documents = [
        doc("Helpline", remote=["phone"], service_areas=covering("county:E10000020")),
        doc("Helpline of another county", remote=["phone"], service_areas=covering("county:E10000029")),
        doc("Drop-in", service_at_locations=[at(*CROMER)]),
    ]
    found = await search(documents, near="Norwich", within=5)
    assert names(found) == ["Helpline"]
    assert "For families all over the county" in found.hits[0].reasons
    everywhere = await search(near="Norwich")
    assert names(everywhere)[0] == "Helpline"
    assert everywhere.total == 3


async def test_a_county_wide_service_is_there_in_every_zone(search: Search) -> None:
    documents = [
        doc("Everywhere", service_areas=covering("county:E10000020")),
        doc("Here", service_areas=covering("zone:zone-01")),
        doc("There", service_areas=covering("zone:zone-02")),
    ]
    assert sorted(names(await search(documents, zone=["zone-01"]))) == ["Everywhere", "Here"]


async def test_stale_paused_and_full_rank_lower_and_say_so(search: Search) -> None:
    documents = [
        doc("Youth club stale", assured_date="2024-01-01"),
        doc("Youth club never"),
        doc("Youth club paused", capacity_status="paused"),
        doc("Youth club closed", status="temporarily closed"),
        doc("Youth club zest"),
    ]
    documents[1] = doc("Youth club never", assured_date=None)
    found = await search(documents, q="youth club")
    assert names(found)[0] == "Youth club zest"
    said = {hit.name: hit.reasons for hit in found.hits}
    assert "Not checked for over a year" in said["Youth club stale"]
    assert "Not checked yet" in said["Youth club never"]
    assert "Paused: not taking new people now" in said["Youth club paused"]
    assert "Closed for now" in said["Youth club closed"]


async def test_a_confidential_place_is_never_there(search: Search) -> None:
    refuge = doc("Refuge", service_at_locations=[at(*NORWICH, "Secret house", confidential=True)])
    found = await search([refuge], near="Norwich")
    assert found.hits[0].distance_miles is None
    assert found.hits[0].venue is None
    assert (await search(q="secret")).total == 0


@pytest.mark.parametrize("sort", ["best", "nearest", "name", "fresh"])
async def test_pages_follow_each_other_in_every_order(search: Search, engine: SearchIndex, sort: str) -> None:
    await engine.change(
        [doc(f"Group {n:02}", assured_date=f"2026-09-{n % 28 + 1:02}") for n in range(45)], []
    )
    whole = [name for page in (1, 2, 3) for name in names(await search(sort=sort, near="Norwich", page=page))]
    assert len(whole) == len(set(whole)) == 45
    if sort == "name":
        assert whole == sorted(whole)


async def test_nearest_first_means_nearest_first(search: Search) -> None:
    documents = [doc(f"Place {n}", service_at_locations=[at(52.6 + n / 20, 1.3)]) for n in range(6)]
    found = await search(documents, near="Norwich", sort="nearest")
    miles = [hit.distance_miles for hit in found.hits]
    assert miles == sorted(miles)


async def test_what_is_changed_and_deleted_is_so_at_once(search: Search, engine: SearchIndex) -> None:
    await engine.change(LITTLE, [])
    await engine.change([doc("Baby group", description="Now with lifeboats.")], [identity("Speech therapy")])
    assert names(await search(q="lifeboats")) == ["Baby group"]
    assert (await search(q="speech", keep=["spelling"])).total == 0
    assert (await engine.status()).documents == 2


async def test_a_rebuild_takes_the_place_of_the_old_index_at_once(
    search: Search, engine: SearchIndex
) -> None:
    await engine.change(LITTLE, [])
    async with engine.rebuild() as beside:
        await beside.add([doc("Only this")])
        assert (await search()).total == 3
    assert names(await search()) == ["Only this"]


async def test_a_rebuild_that_fails_leaves_the_old_index(search: Search, engine: SearchIndex) -> None:
    await engine.change(LITTLE, [])
    with pytest.raises(RuntimeError, match="half way"):
        await _rebuild_that_fails(engine)
    assert (await search()).total == 3


async def _rebuild_that_fails(engine: SearchIndex) -> None:
    async with engine.rebuild() as beside:
        await beside.add([doc("Only this")])
        raise RuntimeError("half way")


@pytest.mark.parametrize(
    "text",
    [
        "baby " * 200,
        "👶🍼 baby",
        "(.*)+$ baby",
        'name:"x" AND NOT (id:[* TO *]) baby~2^9',
        "x" * 4000,
        "مجموعة أطفال baby",
        "\u202ebaby",
        "' or 1=1 --",
        "\\",
        "*" * 500,
        "e\u0301" * 500,
    ],
)
async def test_hostile_words_are_only_words(search: Search, text: str) -> None:
    found = await search(LITTLE, q=text)
    assert names(found)[:1] == (["Baby group"] if "baby" in text else [])
    assert SearchRequest(q=text)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("foodbank", "The food bank"),
        ("food bank", "A foodbank"),
        ("SEN", "Special educational needs advice"),
        ("skint", "Money worries"),
        ("mother and baby", "Mum and baby mornings"),
        ("mum's group", "Mums group"),
        ("step-free", "Step free hall"),
        ("counseling", "Counselling"),
        ("programme", "Program of walks"),
    ],
)
async def test_people_call_it_something_else(search: Search, typed: str, name: str) -> None:
    assert names(await search([doc(name), doc("Quite another thing")], q=typed)) == [name]


async def test_a_word_is_never_outranked_by_its_synonym(search: Search) -> None:
    documents = [doc("Foodbank one"), doc("Foodbank two"), doc("Food bank three")]
    assert names(await search(documents, q="food bank"))[0] == "Food bank three"
    assert names(await search(q="foodbank"))[2] == "Food bank three"


async def test_who_may_be_harmed_is_not_sent_to_those_who_harm(search: Search) -> None:
    documents = [
        doc(
            "Stop scaring your partner",
            description="For a boyfriend or husband who is scared of what he does to a partner.",
            tags={"needs": ["domestic_abuse"], "audience": ["people_who_harm"]},
        ),
        doc("Helpline", description="Somebody listens.", tags={"needs": ["domestic_abuse"]}),
    ]
    assert names(await search(documents, q="scared of my partner"))[0] == "Helpline"
    assert names(await search(q="i hit my partner domestic abuse"))[0] == "Stop scaring your partner"


async def test_who_is_about_the_matter_comes_before_who_only_holds_its_words(search: Search) -> None:
    documents = [
        doc("Pool team", description="Old scores settle here"),
        doc("Nod off", description="Babies settle here at last"),
        doc("Night bus", description="Every hour until four"),
    ]
    assert names(await search(documents, q="wont settle")) == ["Nod off", "Pool team"]
    assert names(await search(q="night bus"))[0] == "Night bus"
    # What nothing holds is a miss, whatever it may be about.
    assert (await search(q="gags")).total == 0


async def test_somebody_who_tells_of_harm_they_do_is_shown_who_helps_to_stop(search: Search) -> None:
    documents = [
        doc("Turning round", tags={"needs": ["domestic_abuse"], "audience": ["people_who_harm"]}),
        doc("Helpline for a wife or husband hit at home", tags={"needs": ["domestic_abuse"]}),
    ]
    assert names(await search(documents, q="i keep hitting my wife"))[0] == "Turning round"
    assert names(await search(q="i was hit by my husband"))[0].startswith("Helpline")


async def test_a_word_written_by_ear_is_understood_though_no_service_holds_the_word_meant(
    search: Search,
) -> None:
    documents = [doc("Leave the blade at home", tags={"needs": ["youth_offending_asb"]}), doc("Bags mended")]
    found = await search(documents, q="carrys a nife")
    assert names(found)[0] == "Leave the blade at home"
    assert ("nife", "knife") in [(each.text, each.read_as) for each in found.corrections]


async def test_a_word_that_sounds_like_another_is_read_both_ways(search: Search) -> None:
    documents = [
        doc("Bike brake repairs"),
        doc("After a break up", tags={"needs": ["parental_conflict_separation"]}),
    ]
    assert set(names(await search(documents, q="brake"))) == {"Bike brake repairs", "After a break up"}
    assert names(await search(q="brake up"))[0] == "After a break up"


async def test_a_misspelt_word_goes_with_those_beside_it(search: Search) -> None:
    documents = [doc("Careers advice for the young"), doc("Young carers night"), doc("Careers fair")]
    assert names(await search(documents, q="young carrers"))[0] == "Young carers night"


async def test_what_is_for_others_by_name_or_for_staff_comes_after(search: Search) -> None:
    documents = [
        doc("Saturday dads play", tags={"needs": ["social_isolation"]}),
        doc("Saturday play", tags={"needs": ["social_isolation"], "audience": ["professionals"]}),
        doc("Play on Saturday with toddlers", tags={"needs": ["social_isolation"]}),
    ]
    assert names(await search(documents, q="play toddler"))[0] == "Play on Saturday with toddlers"
    assert names(await search(q="play dads"))[0] == "Saturday dads play"
    assert names(await search(q="play for our pupils"))[0] == "Saturday play"


async def test_a_misspelt_day_is_a_day(search: Search) -> None:
    said = (await search([doc("Play")], q="play teusday")).corrections
    assert [(each.kind, each.read_as) for each in said] == [("day", "Tuesday")]
    assert not (await search(q="play birthday")).applied.get("day")


async def test_what_does_only_that_comes_before_what_does_that_too(search: Search) -> None:
    many = ["money_debt_benefits", "housing_homelessness", "parenting_support", "social_isolation"]
    documents = [doc("A", tags={"needs": many}), doc("B", tags={"needs": ["money_debt_benefits"]})]
    assert names(await search(documents, q="skint")) == ["B", "A"]
