"""The router over the demonstration county: the same answer at every door, a person at the end, safety first."""

import asyncio
from typing import Any

import httpx
import msgspec
import pytest

from directory.routing.rule_shapes import OUT_OF_SCOPE, UNCLEAR
from directory.routing.rulebook import load_rulebook

BOOK = load_rulebook()
NEEDS = [need.code for need in BOOK.needs if need.code not in {OUT_OF_SCOPE, UNCLEAR}]
DISTRICTS = {
    "Breckland": "NR19 1DH",
    "Broadland": "NR13 3LY",
    "Great Yarmouth": "NR30 2AX",
    "King's Lynn and West Norfolk": "PE30 1LY",
    "North Norfolk": "NR27 9HS",
    "Norwich": "NR3 1FH",
    "South Norfolk": "NR18 0QB",
}


async def ask(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await client.post("/api/routes", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def services(route: dict[str, Any]) -> list[dict[str, Any]]:
    return [service for step in route["pathway"] for service in step["services"]]


async def test_a_quiet_three_year_old_in_cromer_is_helped_near_cromer(client: httpx.AsyncClient) -> None:
    route = await ask(client, text="my 3 year old isn't talking yet", near="Cromer", ages=[3])
    assert route["needs"][0]["code"] == "speech_language_communication"
    assert route["place"]["text"] == "Cromer"
    near = [service for service in services(route) if service.get("distance_miles") is not None]
    assert near[0]["distance_miles"] < 15
    assert all(service["reasons"] for service in services(route))
    assert route["safety"]["tier"] == 0
    assert route["person"]["phone"] == "0344 800 8020"


async def test_the_door_changes_nothing_but_wording(client: httpx.AsyncClient) -> None:
    texts = [
        "my 3 year old isn't talking yet",
        "he hits me in front of the kids and i am scared to go home",
        "cant pay the rent and the bailiffs are coming",
        "help",
    ]
    for text in texts:
        answers = []
        for door in [door.code for door in BOOK.doors.door] + ["a door nobody described"]:
            route = await ask(client, text=text, near="Thetford", door=door)
            route.pop("wording")
            answers.append(msgspec.json.encode(route))
        assert len(set(answers)) == 1, text


async def test_staff_and_families_are_given_the_lines_that_are_for_them(client: httpx.AsyncClient) -> None:
    text = "her stepdad touches her where he should not, she told me today"
    family = await ask(client, text=text, door="self")
    school = await ask(client, text=text, door="school")
    numbers = {contact["number"] for contact in family["wording"]["contacts"]}
    assert "0344 800 8020" in numbers
    assert "0344 800 8021" not in numbers
    assert "0344 800 8021" in {contact["number"] for contact in school["wording"]["contacts"]}


async def test_every_need_in_every_district_ends_with_a_person_and_is_never_empty(
    client: httpx.AsyncClient,
) -> None:
    for district, postcode in DISTRICTS.items():
        for need in NEEDS:
            route = await ask(client, needs=[need], near=postcode, text="")
            where = f"{need} in {district}"
            assert services(route), where
            assert route["person"]["phone"], where
            assert route["person"].get("hub"), where
            hub = next(step for step in route["pathway"] if step["step"] == "hub_and_zone")
            assert any("Help Hub" in service["organization"] for service in hub["services"]), where


async def test_every_zone_names_its_own_team_for_every_need(client: httpx.AsyncClient) -> None:
    zones = (await client.get("/api/zones")).json()
    assert len(zones) == 15
    for zone in zones:
        sector = (await client.get(f"/api/zones/{zone['code']}")).json()["members"][0]
        for need in NEEDS:
            route = await ask(client, needs=[need], near=sector, text="")
            assert route["person"]["phone"]
            assert f"{zone['name']} (" in (route["person"].get("zone") or ""), f"{need} in {zone['name']}"


async def test_a_red_flag_comes_first_and_hides_nothing(client: httpx.AsyncClient) -> None:
    route = await ask(
        client, text="i took loads of pills an hour ago please dont tell my mum", near="Norwich"
    )
    assert route["safety"]["tier"] == 1
    assert route["safety"]["contacts"]
    start, end = route["safety"]["flags"][0]["span"]
    assert end > start
    assert route["level"]["code"] == "specialist"
    assert services(route)
    assert next(iter(route)) == "safety"


async def test_a_programme_for_people_who_harm_is_never_offered_to_the_one_harmed(
    client: httpx.AsyncClient,
) -> None:
    for near in DISTRICTS.values():
        route = await ask(client, text="my husband hits me and controls my money", near=near)
        assert route["needs"][0]["code"] == "domestic_abuse"
        assert "Stop and Turn" not in {service["name"] for service in services(route)}
        assert "Stop and Turn" not in {each["name"] for each in route["ruled_out"]}


async def test_an_address_that_is_kept_private_is_named_nowhere(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/routes", json={"text": "my husband hits me", "near": "NR19 1PP"})
    refuge = [service for service in services(answer.json()) if "Brambling" in service["organization"]]
    assert all(service.get("distance_miles") is None for service in refuge)
    assert answer.text.count("NR19 1PP") == answer.text.count(
        '"place":{"text":"NR19 1PP"'
    ) + answer.text.count('"sentence":"NR19 1PP')


async def test_without_a_place_no_far_away_hub_is_guessed_and_the_place_is_asked(
    client: httpx.AsyncClient,
) -> None:
    route = await ask(client, text="my son has been excluded from school")
    assert "place" in {question["id"] for question in route["questions"]}
    assert all(service.get("distance_miles") is None for service in services(route))
    assert route["person"].get("hub") is None
    assert route["person"]["phone"] == "0344 800 8020"


async def test_a_place_that_is_not_known_is_asked_again(client: httpx.AsyncClient) -> None:
    route = await ask(client, text="my son has been excluded from school", near="Fritton")
    assert route["place"]["kind"] == "ambiguous"
    assert "place" in {question["id"] for question in route["questions"]}


async def test_an_answer_changes_the_route_and_is_not_asked_again(client: httpx.AsyncClient) -> None:
    vague = await ask(client, text="dont know who to ask", near="Norwich")
    about = next(question for question in vague["questions"] if question["id"] == "about")
    assert len(vague["questions"]) <= 2
    told = await ask(
        client, text="dont know who to ask", near="Norwich", answers={"about": about["options"][0]["code"]}
    )
    assert told["needs"][0]["code"] == "emotional_wellbeing"
    assert "about" not in {question["id"] for question in told["questions"]}


async def test_age_rules_services_out_and_says_why(client: httpx.AsyncClient) -> None:
    route = await ask(client, needs=["speech_language_communication"], near="Cromer", ages=[15], text="")
    names = {service["name"] for service in services(route)}
    out = {each["name"]: each for each in route["ruled_out"]}
    assert "Chatter Pebbles, Cromer" not in names
    assert out["Chatter Pebbles, Cromer"]["rule"] == "age"


async def test_nothing_of_the_words_is_kept(client: httpx.AsyncClient, county: Any) -> None:
    await ask(client, text="canaryword9f2 my son will not go to school", near="Diss")
    tables = await county.pool.fetch(
        "select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'"
    )
    for (table,) in tables:
        hits = await county.pool.fetchval(
            f"select count(*) from \"{table}\" t where t::text like '%canaryword9f2%'"
        )
        assert hits == 0, table
    assert "canaryword9f2" not in (await client.get("/metrics")).text


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"text": 5}', "text"),
        (b'{"text": "x", "colour": "red"}', "colour"),
        (b'{"text": "   "}', "text"),
        (b'{"text": "x", "ages": [-4]}', "ages"),
        (b'{"text": "' + b"a" * 10_001 + b'"}', "text"),
    ],
)
async def test_a_bad_body_is_refused_with_the_field_named(
    client: httpx.AsyncClient, body: bytes, field: str
) -> None:
    answer = await client.post("/api/routes", content=body)
    assert answer.status_code == 400
    assert field in answer.json()["detail"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff\xfe", b"null"])
async def test_what_is_not_json_is_refused(client: httpx.AsyncClient, body: bytes) -> None:
    assert (await client.post("/api/routes", content=body)).status_code == 400


async def test_odd_texts_are_answered(client: httpx.AsyncClient) -> None:
    texts = [
        "😭" * 500,
        "\u202e help me",
        "a" * 10_000,
        "<script>alert(1)</script>",
        "' or 1=1 --",
        "\x01\x02 help",
        "不知道怎么办",
    ]
    answers = await asyncio.gather(*(ask(client, text=text) for text in texts))
    for answer in answers:
        assert answer["person"]["phone"]


async def test_the_rule_book_is_told_in_words_with_its_version(client: httpx.AsyncClient) -> None:
    book = (await client.get("/api/routes/rules")).json()
    route = await ask(client, text="my son has been excluded")
    assert book["version"] == route["rules_version"]
    assert len(book["needs"]) == 37
    assert {kind["id"] for kind in book["safety"]} >= {"domestic_abuse", "suicide_self_harm", "missing_child"}
    assert all(contact["source"] and contact["review_by"] for contact in book["contacts"])


async def test_a_place_that_is_said_in_the_words_is_used_and_shown(client: httpx.AsyncClient) -> None:
    said = await ask(client, text="my 3 year old isn't talking yet, we live in Cromer")
    given = await ask(client, text="my 3 year old isn't talking yet", near="Cromer")
    assert said["place"]["said"] is True
    assert said["place"]["text"] == given["place"]["text"] == "Cromer"
    assert "said" not in given["place"]
    assert [each["id"] for each in services(said)] == [each["id"] for each in services(given)]
    assert "place" not in {question["id"] for question in said["questions"]}


async def test_a_place_that_is_given_goes_before_one_that_is_said(client: httpx.AsyncClient) -> None:
    route = await ask(client, text="my 3 year old isn't talking yet, we live in Cromer", near="Thetford")
    assert route["place"]["text"] == "Thetford"
    assert "said" not in route["place"]


async def test_how_soon_it_is_needed_is_read_and_not_asked_again(client: httpx.AsyncClient) -> None:
    calm = await ask(client, text="he smashes up the house and hits me every day", near="Thetford")
    now = await ask(
        client, text="he smashes up the house and hits me every day, again today", near="Thetford"
    )
    assert (calm["urgency"], now["urgency"]) == ("", "today")
    assert "now" not in {question["id"] for question in now["questions"]}
