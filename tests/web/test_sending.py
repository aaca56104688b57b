"""Sending a request, following it, answering by link: over HTTP, no script, nothing kept before the last press."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from directory.postgres import Server
from tests.referrals.conftest import World, small_world, soon
from tests.web.test_pages import BROWSER

CANARY = "quixoticzebra"
WORD = "marshmallow"


@pytest.fixture(scope="session")
async def pages(
    postgres: Server, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """A small world of its own for the pages."""
    async with small_world(postgres, template, "sending", tmp_path_factory, log_level="debug") as made:
        yield made


@pytest.fixture(autouse=True)
async def _no_counted_tries(pages: World) -> None:
    await pages.database.pool.execute("delete from attempt")


def fields(html: str, form: str) -> dict[str, Any]:
    """The hidden fields of a form, as a browser would send them."""
    part = re.search(rf'<form[^>]*id="{form}".*?</form>', html, re.S)
    assert part, form
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', part.group())
    found: dict[str, Any] = {}
    for name, value in pairs:
        found[name] = value.replace("&#39;", "'").replace("&#34;", '"').replace("&amp;", "&")
    return found


TOLD = {
    "story": {"text": "my little boy is not sleeping and I am worn out"},
    "who": {"whom": "family"},
    "about": {"ages": "5", "near": "NR3 1FH"},
    "reach": {"channel": "phone", "phone": "07700 900123", "name": "Ann Example"},
    "safe": {"shared": ["email"], "when": "mornings"},
    "agree": {"share": "yes", "word": WORD, "code": "yes"},
}


async def step(world: World, html: str, **given: Any) -> httpx.Response:
    return await world.client.post("/send", data={**fields(html, "send"), **given}, headers=BROWSER)


async def checked(world: World, **over: dict[str, Any]) -> httpx.Response:
    """All the steps, up to the page that shows the answers."""
    page = await world.client.get("/send", headers=BROWSER)
    for name, given in (TOLD | over).items():
        assert f'name="step" value="{name}"' in page.text, (name, page.text[-3000:])
        page = await step(world, page.text, **given)
        assert page.status_code == 200, page.text
    assert "Check before you send" in page.text
    return page


def codes(html: str) -> list[str]:
    return re.findall(r'<strong class="code"[^>]*>([^<]+)<', html)


async def sent(world: World, **over: dict[str, Any]) -> list[str]:
    """The reference, and the code where one was asked for."""
    done = await step(world, (await checked(world, **over)).text)
    assert "We have your request" in done.text, done.text
    return codes(done.text)


async def count(world: World) -> int:
    found: int = await world.database.pool.fetchval("select count(*) from request")
    return found


async def test_a_request_is_sent_step_by_step_and_is_stored_only_at_the_end(pages: World) -> None:
    before = await count(pages)
    page = await checked(pages)
    for shown in ("not sleeping", "For my child or my family", "NR3 1FH", "Ring: 07700 900123", "mornings"):
        assert shown in page.text
    assert WORD not in re.sub(r"<input[^>]*>", "", page.text), "the word itself is not shown"
    assert await count(pages) == before
    done = await step(pages, page.text)
    assert await count(pages) == before + 1
    reference, code = codes(done.text)
    assert "Someone will look at it by" in done.text
    assert "We will contact you in the way you chose." in done.text
    row = await pages.database.pool.fetchrow(
        "select * from request where reference = $1", reference.replace("-", "")
    )
    assert (row["door"], row["asker"], row["lawful_basis"], list(row["ages"])) == (
        "web",
        "self",
        "agreement",
        [5],
    )
    kinds = await pages.database.pool.fetch(
        "select kind, given_by from agreement where request_id = $1 order by kind", row["id"]
    )
    assert [tuple(each) for each in kinds] == [
        ("to_contact", "parent"), ("to_hand_over", "self"), ("to_share", "parent"),
    ]  # fmt: skip
    story = await pages.call("desk", "POST", "/api/handover", {"code": code, "fact": WORD})
    assert story.json()["details"]["name"] == "Ann Example"


async def test_pressing_twice_sends_once_and_shows_the_same_again(pages: World) -> None:
    page = await checked(pages)
    before = await count(pages)
    one, two = await step(pages, page.text), await step(pages, page.text)
    assert codes(one.text) == codes(two.text)
    assert await count(pages) == before + 1
    changed = await step(pages, page.text, text="something else")
    assert changed.status_code == 409
    assert "You have sent this already" in changed.text
    assert await count(pages) == before + 1
    code = codes(one.text)[1]
    assert (
        await pages.call("desk", "POST", "/api/handover", {"code": code, "fact": WORD})
    ).status_code == 200


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("story", {"text": ""}, "Write a few words about what is going on"),
        ("who", {}, "Choose who this is for"),
        ("who", {"whom": "someone"}, "Write your name"),
        ("who", {"whom": "someone", "sender_name": "Jo"}, "Tick the box once they have said yes"),
        ("reach", {}, "Choose how we should get in touch"),
        ("reach", {"channel": "phone", "phone": "12"}, "Write the number we should ring"),
        ("reach", {"channel": "email", "email": "ann"}, "Write an email address"),
        ("agree", {"word": WORD}, "Tick the box if we may pass this on"),
        ("agree", {"share": "yes", "word": "abc"}, "Choose a word of four letters or more"),
    ],
)
async def test_what_lacks_is_said_and_what_was_typed_stays(
    pages: World, name: str, given: dict[str, str], message: str
) -> None:
    page = await pages.client.get("/send", headers=BROWSER)
    for each in list(TOLD)[: list(TOLD).index(name)]:
        page = await step(pages, page.text, **TOLD[each])
    wrong = await step(pages, page.text, **given)
    assert wrong.status_code == 400
    assert "There is a problem" in wrong.text
    assert message in wrong.text
    assert "<title>Problem: Find support</title>" in wrong.text
    for value in filter(None, given.values()):
        assert f'value="{value}"' in wrong.text
    if name != "story":
        assert "not sleeping" in wrong.text, "the words of the steps before are still there"


async def test_somewhere_that_others_see_is_no_way_to_write(pages: World) -> None:
    page = await pages.client.get("/send", headers=BROWSER)
    told = TOLD | {"reach": {"channel": "email", "email": "ann@example.org"}}
    for each in ("story", "who", "about", "reach"):
        page = await step(pages, page.text, **told[each])
    wrong = await step(pages, page.text, shared=["email"])
    assert wrong.status_code == 400
    assert "Someone else sees it there" in wrong.text


async def test_an_answer_is_changed_from_the_last_page_and_leads_back_to_it(pages: World) -> None:
    page = await step(pages, (await checked(pages)).text, go="about")
    assert 'value="NR3 1FH"' in page.text
    back = await step(pages, page.text, ages="9", near="Cromer")
    assert "Check before you send" in back.text
    assert "Cromer" in back.text
    assert "NR3 1FH" not in back.text


async def test_who_wants_no_contact_is_not_asked_when_to_ring(pages: World) -> None:
    over = {each: TOLD[each] for each in TOLD if each != "safe"} | {"reach": {"channel": "none"}}
    page = await pages.client.get("/send", headers=BROWSER)
    for given in over.values():
        page = await step(pages, page.text, **given)
    assert "Step 6 of 6" in page.text
    done = await step(pages, page.text)
    assert "Come back with your reference" in done.text


async def test_danger_is_answered_first_and_blocks_nothing(pages: World) -> None:
    page = await pages.client.get("/send", headers=BROWSER)
    page = await step(pages, page.text, text="he had me by the throat last night in front of the kids")
    assert page.status_code == 200
    main = page.text.split('<main id="main"')[1]
    assert main.index("Please read this first") < main.index("Who is this for?")
    assert 'href="tel:999"' in main
    [reference, _] = await sent(pages, story={"text": "he had me by the throat last night"})
    row = await pages.database.pool.fetchrow(
        "select safeguarding, priority from request where reference = $1", reference.replace("-", "")
    )
    assert tuple(row) == (True, "urgent")


async def test_danger_told_beside_the_story_is_heard_too(pages: World) -> None:
    [reference, _] = await sent(
        pages, safe={"not_safe": "do not ring, he says he will kill me if I tell anyone"}
    )
    flagged = await pages.database.pool.fetchval(
        "select safeguarding from request where reference = $1", reference.replace("-", "")
    )
    assert flagged


async def test_a_chosen_service_is_asked_and_one_that_families_may_not_ask_is_left_out(pages: World) -> None:
    hub, council = str(pages.services["hub"]), str(pages.services["council"])
    page = await pages.client.post(
        "/send", data={"text": "worn out", "service": [hub, council, "nonsense"]}, headers=BROWSER
    )
    assert "Who is this for?" in page.text
    data = fields(page.text, "send") | {"service": [hub, council], "step": "check"}
    for name, given in TOLD.items():
        if name != "story":
            data |= given
    done = await pages.client.post("/send", data=data, headers=BROWSER)
    assert "We have asked The hub." in done.text, done.text
    asked = await pages.database.pool.fetch(
        """select service_name from referral f join request r on r.id = f.request_id where r.reference = $1""",
        codes(done.text)[0].replace("-", ""),
    )
    assert [row[0] for row in asked] == ["The hub"]


async def test_words_told_before_are_carried_and_kept_nowhere_until_sent(
    pages: World, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    page = await pages.client.post(
        "/send", data={"text": f"{CANARY} will not eat", "near": "Holt", "answer.age": "5"}, headers=BROWSER
    )
    assert CANARY in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in page.headers
    assert "<title>Find support</title>" in page.text
    said = capfd.readouterr()
    assert CANARY not in "".join(line for line in said.err.splitlines() if "httpx" not in line)
    tables = await pages.database.pool.fetch("select tablename from pg_tables where schemaname = 'public'")
    for row in tables:
        assert not await pages.database.pool.fetchval(
            f'select true from "{row[0]}" t where t::text ilike $1 limit 1', f"%{CANARY}%"
        ), row[0]


async def test_many_requests_from_one_place_wait_politely_and_keep_their_words(
    pages: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("directory.web.send.TRIES", 1)
    page = await checked(pages)
    assert (await step(pages, page.text)).status_code == 200
    other = await checked(pages)
    refused = await step(pages, other.text)
    assert refused.status_code == 429
    assert refused.headers["retry-after"]
    assert "Many requests came from this place" in refused.text
    assert "not sleeping" in refused.text


async def test_a_form_that_is_not_ours_is_refused_and_never_repeated(pages: World) -> None:
    for path in ("/send", "/track"):
        refused = await pages.client.post(path, data={"colour": CANARY}, headers=BROWSER)
        assert refused.status_code == 400
        assert CANARY not in refused.text
        assert refused.headers["cache-control"] == "no-store"
        huge = await pages.client.post(path, content=b"text=" + b"x" * 70_000, headers=BROWSER)
        assert huge.status_code == 413


async def inside(world: World, reference: str, **given: Any) -> httpx.Response:
    return await world.client.post("/track", data={"code": reference, "fact": WORD, **given}, headers=BROWSER)


async def press(world: World, html: str, **given: Any) -> httpx.Response:
    return await world.client.post("/track", data={**fields(html, "track"), **given}, headers=BROWSER)


async def test_only_the_word_opens_a_request_that_has_one(pages: World) -> None:
    reference, code = await sent(pages)
    for given in (reference, reference.lower().replace("-", " "), code):
        page = await inside(pages, given)
        assert "We have your request." in page.text, given
        assert page.headers["cache-control"] == "no-store"
        assert "set-cookie" not in page.headers
    for fact in ("07700 900123", "NR3 1FH", "gooseberry"):
        refused = await pages.client.post("/track", data={"code": reference, "fact": fact}, headers=BROWSER)
        assert refused.status_code == 404
        assert "We could not find it" in refused.text
        assert f'value="{reference}"' in refused.text
        assert fact not in refused.text
    assert WORD not in str(await pages.database.pool.fetch("select * from request"))


async def test_a_family_adds_answers_changes_scores_and_stops_on_its_page(pages: World) -> None:
    reference, _ = await sent(pages)
    page = await inside(pages, reference)
    add = await press(pages, page.text, view="add")
    assert "What would you like to add?" in add.text
    assert (await press(pages, add.text, note="")).status_code == 400
    page = await press(pages, add.text, note="he wakes at two")
    assert "We have added it" in page.text
    again = await press(pages, add.text, note="he wakes at two")  # pressed twice: still there once
    assert again.text.count("he wakes at two") == 1
    request = await pages.database.pool.fetchval(
        "select id::text from request where reference = $1", reference.replace("-", "")
    )
    await pages.act("desk", "requests", request, "ask_info", note="Is he at nursery?")
    page = await inside(pages, reference)
    assert "Is he at nursery?" in page.text
    page = await press(pages, (await press(pages, page.text, view="answer")).text, note="yes, mornings")
    assert "We have your answer" in page.text
    contact = await press(pages, page.text, view="contact")
    assert 'value="07700 900123"' in contact.text
    shared = await press(pages, contact.text, channel="text", mobile="07700 900999", shared=["phone"])
    assert shared.status_code == 400
    page = await press(pages, contact.text, channel="text", mobile="07700 900999", when="after six")
    assert "changed how we get in touch" in page.text
    shown = (await pages.call("desk", "GET", f"/api/requests/{request}")).json()["details"]
    assert (shown["contact"]["phone"], shown["contact"]["when"]) == ("07700 900999", "after six")
    assert shown["added"] == ["he wakes at two", "yes, mornings"]
    score = await press(pages, page.text, view="score")
    assert (await press(pages, score.text)).status_code == 400
    page = await press(pages, score.text, got_help="partly", score="7")
    assert "Thank you for telling us how it went" in page.text
    stop = await press(pages, page.text, view="stop")
    assert "Stop your request?" in stop.text
    page = await press(pages, stop.text)
    assert "We have stopped your request" in page.text
    row = await pages.database.pool.fetchrow(
        "select state, score, got_help from request where id = $1", UUID(request)
    )
    assert tuple(row) == ("closed", 7, "partly")
    late = await press(pages, add.text, note="one more thing")
    assert "That cannot be done any more" in late.text


async def test_what_changed_meanwhile_is_shown_and_what_was_typed_stays(pages: World) -> None:
    reference, _ = await sent(pages)
    contact = await press(pages, (await inside(pages, reference)).text, view="contact")
    request = await pages.database.pool.fetchval(
        "select id::text from request where reference = $1", reference.replace("-", "")
    )
    await pages.act("desk", "requests", request, "triage")
    page = await press(pages, contact.text, channel="text", mobile="07700 900999")
    assert "Something changed in the meantime" in page.text
    assert 'value="07700 900999"' in page.text
    page = await press(pages, page.text, channel="text", mobile="07700 900999")
    assert "changed how we get in touch" in page.text


async def test_danger_that_is_added_is_answered_and_raised_at_once(pages: World) -> None:
    reference, _ = await sent(pages)
    add = await press(pages, (await inside(pages, reference)).text, view="add")
    page = await press(pages, add.text, note="he had me by the throat again just now")
    assert "Please read this first" in page.text
    assert "We have added it" in page.text
    row = await pages.database.pool.fetchrow(
        """select safeguarding, safeguarding_read_at, priority from request where reference = $1""",
        reference.replace("-", ""),
    )
    assert tuple(row) == (True, None, "urgent")


async def test_a_page_left_open_shuts_and_keeps_the_words_for_the_way_back_in(
    pages: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference, _ = await sent(pages)
    add = await press(pages, (await inside(pages, reference)).text, view="add")
    from directory.referrals import track

    later = track.time.time() + 31 * 60
    monkeypatch.setattr(track.time, "time", lambda: later)
    over = await press(pages, add.text, note="a long story")
    assert over.status_code == 401
    assert "Half an hour has gone by" in over.text
    page = await press(pages, over.text, code=reference, fact=WORD)
    assert "What would you like to add?" in page.text
    assert "a long story" in page.text


async def test_guessing_on_the_page_is_stopped_with_a_kind_word(pages: World) -> None:
    reference, _ = await sent(pages)
    for n in range(5):
        await pages.client.post("/track", data={"code": reference, "fact": f"wrong {n}"}, headers=BROWSER)
    refused = await inside(pages, reference)
    assert refused.status_code == 429
    assert "Try again in" in refused.text
    assert refused.headers["retry-after"]


async def test_a_code_is_made_and_ended_on_the_page(pages: World) -> None:
    reference, first = await sent(pages)
    new = await press(pages, (await inside(pages, reference)).text, view="code")
    assert (await press(pages, new.text, word=WORD)).status_code == 400
    page = await press(pages, new.text, word="otherword", agreed="yes")
    [code] = codes(page.text)
    assert codes((await press(pages, new.text, word="otherword", agreed="yes")).text) == [code]

    async def opens(code: str, fact: str) -> int:
        return (await pages.call("desk", "POST", "/api/handover", {"code": code, "fact": fact})).status_code

    assert (await opens(code, "otherword"), await opens(first, WORD)) == (200, 404)
    end = await press(pages, page.text, view="no_code")
    assert "does not work any more" in (await press(pages, end.text)).text
    assert await opens(code, "otherword") == 404


async def link(world: World, referral: str) -> str:
    page = (await world.call("desk", "GET", "/api/messages?per_page=100")).json()
    body = next(
        each["body"]
        for each in page["items"]
        if each["referral_id"] == referral and each["audience"] == "receiver"
    )
    return "/answer/" + str(body.split("/answer/")[1].split()[0])


async def say(world: World, path: str, html: str, **given: Any) -> httpx.Response:
    return await world.client.post(path, data={**fields(html, "answer"), **given}, headers=BROWSER)


async def test_a_service_answers_from_its_mail(pages: World) -> None:
    made = await pages.send(services=[str(pages.services["hub"])])
    path = await link(pages, made["referrals"][0])
    page = await pages.client.get(path, headers=BROWSER)
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "not sleeping" in page.text
    assert "Ann Example" not in page.text
    assert (await say(pages, path, page.text)).status_code == 400
    ask = await say(pages, path, page.text, go="accept")
    assert "When will you first get in touch" in ask.text
    for wrong in ("", "soon", "2020-01-01"):
        refused = await say(pages, path, ask.text, date=wrong)
        assert refused.status_code == 400
        assert "Write a date" in refused.text
    done = await say(pages, path, ask.text, date=soon())
    assert "Your answer is noted" in done.text
    assert "Your answer is noted" in (await say(pages, path, ask.text, date=soon())).text, "pressed twice"
    used = await pages.client.get(path, headers=BROWSER)
    assert used.status_code == 410
    assert "This link does not work any more" in used.text
    assert made["reference"] in used.text
    following = await link(pages, made["referrals"][0])
    assert following != path
    page = await pages.client.get(following, headers=BROWSER)
    assert "Ann Example" in page.text
    ended = await say(
        pages, following, (await say(pages, following, page.text, go="outcome")).text, outcome="need_met"
    )
    assert "You have nothing more to do" in ended.text


async def test_a_service_declines_with_a_reason_and_a_marked_one_takes_a_note(pages: World) -> None:
    made = await pages.send(services=[str(pages.services["group"])])
    path = await link(pages, made["referrals"][0])
    ask = await say(pages, path, (await pages.client.get(path, headers=BROWSER)).text, go="decline")
    assert (await say(pages, path, ask.text)).status_code == 400
    noteless = await say(pages, path, ask.text, reason="not_eligible")
    assert noteless.status_code == 400
    assert "Write a few words" in noteless.text
    assert 'value="not_eligible" checked' in noteless.text
    done = await say(pages, path, ask.text, reason="not_eligible", note="only for under fives")
    assert "You have nothing more to do" in done.text


async def test_a_link_that_ended_has_a_new_one_sent_to_the_address_we_hold_and_nowhere_else(
    pages: World,
) -> None:
    made = await pages.send(services=[str(pages.services["hub"])])
    path = await link(pages, made["referrals"][0])
    await pages.database.pool.execute(
        "update action_link set expires_at = now() where referral_id = $1", UUID(made["referrals"][0])
    )
    over = await pages.client.get(path, headers=BROWSER)
    assert over.status_code == 410
    assert "Send me a new link" in over.text
    for _ in range(2):
        mailed = await pages.client.post(path, data={"again": "yes"}, headers=BROWSER)
        assert "A new link is on its way" in mailed.text
    new = await link(pages, made["referrals"][0])
    assert (await pages.client.get(new, headers=BROWSER)).status_code == 200, "the second press ended nothing"
    strange = await pages.client.get("/answer/made-up", headers=BROWSER)
    assert strange.status_code == 404
    assert "Part of the address may be missing" in strange.text
    assert (
        await pages.client.post("/answer/made-up", data={"again": "yes"}, headers=BROWSER)
    ).status_code == 404


async def test_how_full_a_service_is_uses_nothing_up(pages: World) -> None:
    made = await pages.send(services=[str(pages.services["group"])])
    path = await link(pages, made["referrals"][0])
    page = await pages.client.get(path, headers=BROWSER)
    data = fields(page.text, "service")
    assert (await pages.client.post(path, data=data, headers=BROWSER)).status_code == 400
    done = await pages.client.post(
        path, data={**data, "capacity": "limited", "still_correct": "yes"}, headers=BROWSER
    )
    assert "The directory shows it now" in done.text
    assert (await pages.client.get(path, headers=BROWSER)).status_code == 200
    capacity = await pages.database.pool.fetchval(
        "select capacity from service where id = $1", pages.services["group"]
    )
    assert capacity == "limited"


async def test_every_page_speaks_the_other_language_too(pages: World) -> None:
    page = await pages.client.get("/send?lang=pl", headers=BROWSER)
    assert "Co się dzieje" in page.text
    page = await step(pages, page.text, text="worn out")
    assert '<html lang="pl"' in page.text
    assert "Dla kogo to jest?" in page.text
    reference, _ = await sent(pages)
    mine = await inside(pages, reference, lang="pl")
    assert "Mamy Twoje zgłoszenie." in mine.text
