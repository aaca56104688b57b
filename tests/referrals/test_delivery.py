"""Messages: never personal, only to where it is safe, at least once, and nothing is lost when the other side fails."""

import asyncio
import base64
import contextlib
import datetime as dt
import email
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from directory.access import keys
from directory.referrals import chores, clocks, messages, webhooks
from directory.referrals.delivery import PAUSES, deliver
from directory.referrals.senders import LocalOutbox, Never, Notify, Sender, Smtp
from directory.settings import Settings
from tests.referrals.conftest import World, soon

PERSONAL = ("Ann", "Bob", "sleeping", "NR3", "900123", "The hub", "worn")
SETTINGS = Settings(public_url="https://directory.example", desk_mail="desk@example.org")


class Inbox:
    """What a real SMTP server was given; `answer` is what it says to the next ones."""

    def __init__(self) -> None:
        self.mail: list[Any] = []
        self.answer = "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            self.mail.append((envelope.rcpt_tos, email.message_from_bytes(envelope.content)))
        return self.answer


@contextlib.contextmanager
def smtp() -> Iterator[tuple[Inbox, Smtp]]:
    inbox = Inbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield inbox, Smtp(f"smtp://127.0.0.1:{port}", "directory@example.org")
    finally:
        controller.stop()


class NotifyStandIn(BaseHTTPRequestHandler):
    """GOV.UK Notify's HTTP API, as far as the client uses it."""

    script: list[int]
    got: list[tuple[str, dict[str, Any]]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        status = self.script.pop(0) if self.script else 201
        if status == 0:  # never answers in time
            threading.Event().wait(1.5)
            return
        if status == 201:
            self.got.append((self.path, body))
        answer = json.dumps(
            {"id": str(uuid4())} if status == 201 else {"errors": [{"error": "X", "message": "no"}]}
        ).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None: ...


@contextlib.contextmanager
def notify(*script: int) -> Iterator[tuple[type[NotifyStandIn], Notify]]:
    stand_in = type("StandIn", (NotifyStandIn,), {"script": list(script), "got": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), stand_in)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    key = f"test-{uuid4()}-{uuid4()}"
    try:
        url = f"http://127.0.0.1:{server.server_port}"
        yield stand_in, Notify(url, key, {"email": str(uuid4()), "text": str(uuid4())}, timeout=1)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


async def outbox(world: World, request: str, template: str = "") -> list[Any]:
    return list(
        await world.database.pool.fetch(
            "select * from outbox_message where request_id = $1 and ($2 = '' or template = $2) order by created_at, id",
            UUID(request),
            template,
        )
    )


async def run(world: World, way: Sender, *, rounds: int = 1, ahead: float = 0) -> None:
    for _ in range(rounds):
        now = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=ahead)
        while await deliver(world.database, world.vault, SETTINGS, [way], now):
            pass


@pytest.fixture(autouse=True)
async def _empty(world: World) -> None:
    await world.database.pool.execute("update outbox_message set state = 'sent' where state = 'waiting'")


async def test_mail_goes_through_a_real_server_and_says_nothing_personal(world: World) -> None:
    made = await world.send(services=[str(world.services["hub"])])
    with smtp() as (inbox, way):
        await run(world, way, rounds=2)
    assert {to[0] for to, _ in inbox.mail} == {"ann@example.org", "hub@example.org", "desk@example.org"}
    assert len(inbox.mail) == 3
    for to, mail in inbox.mail:
        said = str(mail["Subject"]) + mail.get_payload(decode=True).decode()
        assert not [word for word in PERSONAL if word in said]
        assert made["reference"] in said
        assert ("/answer/" in said) == (to[0] == "hub@example.org")
    assert {row["state"] for row in await outbox(world, made["id"])} == {"sent"}


@pytest.mark.parametrize(("answer", "state"), [("451 later", "waiting"), ("554 no", "dead")])
async def test_a_mail_servers_no_loses_nothing(world: World, answer: str, state: str) -> None:
    made = await world.send()
    with smtp() as (inbox, way):
        inbox.answer = answer
        await run(world, way)
        rows = await outbox(world, made["id"], "family_received")
        assert [(row["state"], row["attempts"]) for row in rows] == [(state, 1)]
        assert "ann@" not in rows[0]["last_error"]
        inbox.answer = "250 OK"
        if state == "dead":
            await world.call("desk", "POST", f"/api/messages/{rows[0]['id']}/retry")
        await run(world, way, ahead=PAUSES[0] + 1)
        assert ["ann@example.org"] in [to for to, _ in inbox.mail]


async def test_a_mail_server_that_is_away_is_tried_with_growing_pauses_until_it_is_dead(world: World) -> None:
    made = await world.send()
    way = Smtp("smtp://127.0.0.1:9", "directory@example.org")
    ahead, states = 0.0, []
    for pause in (*PAUSES, 0):
        await run(world, way, ahead=ahead)
        row = (await outbox(world, made["id"], "family_received"))[0]
        states.append(row["state"])
        ahead += pause + 5
    assert states == ["waiting"] * len(PAUSES) + ["dead"]


async def test_a_message_whose_sender_died_is_sent_by_the_next(world: World) -> None:
    made = await world.send()

    class Dies(LocalOutbox):
        async def send(self, message: Any) -> str:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await run(world, Dies())
    assert {row["state"] for row in await outbox(world, made["id"])} == {"waiting"}
    with smtp() as (inbox, way):
        await run(world, way)
        first = len(inbox.mail)
        await run(world, way, ahead=6 * 60)
        assert first < len(inbox.mail)
    assert {row["state"] for row in await outbox(world, made["id"])} == {"sent"}


@pytest.mark.parametrize(
    ("said", "state"), [(429, "waiting"), (500, "waiting"), (0, "waiting"), (400, "dead"), (403, "dead")]
)
async def test_notifys_failures_lose_nothing(world: World, said: int, state: str) -> None:
    made = await world.send(contact={"channel": "text", "phone": "07700 900123"})
    with notify(said, said) as (got, way):
        await run(world, way)
        row = (await outbox(world, made["id"], "family_received"))[0]
        assert (row["state"], got.got) == (state, [])
        assert "900123" not in row["last_error"]
        got.script.clear()
        if state == "dead":
            await world.call("desk", "POST", f"/api/messages/{row['id']}/retry")
        await run(world, way, ahead=PAUSES[0] + 1)
        sent = [body for path, body in got.got if path == "/v2/notifications/sms"]
    assert [body["phone_number"] for body in sent] == ["07700 900123"]
    assert sent[0]["reference"] == str(row["id"])
    assert not [word for word in PERSONAL if word in str(sent[0]["personalisation"])]


@pytest.mark.parametrize(
    "contact",
    [
        {"channel": "email", "email": "ann@example.org", "shared": ["email"]},
        {"channel": "text", "phone": "07700 900123", "shared": ["phone"]},
        {"channel": "phone", "phone": "07700 900123", "email": "ann@example.org"},
        {"channel": "none", "email": "ann@example.org"},
    ],
)
async def test_nothing_is_sent_where_others_may_see_it_or_to_who_wants_no_messages(
    world: World, contact: dict[str, Any]
) -> None:
    made = await world.send(contact=contact, services=[str(world.services["hub"])])
    await world.act("hub", "referrals", made["referrals"][0], "accept", date=soon())
    assert "family" not in {row["audience"] for row in await outbox(world, made["id"])}


async def test_who_declined_messages_gets_none(world: World) -> None:
    made = await world.send(agreement={"to_share": True, "to_contact": False})
    assert "family" not in {row["audience"] for row in await outbox(world, made["id"])}


async def test_texts_wait_for_a_person_where_nothing_sends_them(world: World) -> None:
    made = await world.send(contact={"channel": "text", "phone": "07700 900123"})
    with smtp() as (_, way):
        await run(world, way)
    row = (await outbox(world, made["id"], "family_received"))[0]
    assert (row["state"], "ring" in row["last_error"]) == ("held", True)


async def test_staff_read_the_local_outbox_without_addresses(world: World) -> None:
    made = await world.send()
    await run(world, LocalOutbox())
    page = (await world.call("desk", "GET", "/api/messages?state=sent&per_page=100")).json()
    mine = [each for each in page["items"] if each["request_id"] == made["id"]]
    assert {each["audience"] for each in mine} == {"family", "desk"}
    assert "a***@example.org" in {each["address"] for each in mine}
    assert "ann@example.org" not in str(page)


def test_no_template_can_hold_more_than_a_reference_and_a_link() -> None:
    for name in messages.TEMPLATES:
        subject, body = messages.rendered(name, "REF", "LINK")
        assert "{" not in subject + body
        assert len(subject) <= 60
        if not name.startswith("desk"):
            assert "LINK" in body


async def test_a_silent_service_is_reminded_once_then_the_front_door_is_told_once(world: World) -> None:
    made = await world.send(services=[str(world.services["hub"])])
    referral = made["referrals"][0]
    due = await world.database.pool.fetchval("select due_at from referral where id = $1", UUID(referral))
    minute = dt.timedelta(minutes=1)
    for moment in (due - minute, due + minute, due + 2 * minute):
        await chores.remind(world.database, world.vault, moment)
    assert len(await outbox(world, made["id"], "receiver_reminder")) == 1
    grace = clocks.due_in(due, clocks.GRACE)
    for moment in (grace - minute, grace + minute, grace + 2 * minute):
        await chores.remind(world.database, world.vault, moment)
    told = [row for row in await outbox(world, made["id"], "desk_overdue") if row["referral_id"]]
    assert len(told) == 1
    log = (await world.call("desk", "GET", f"/api/referrals/{referral}/events")).json()
    assert [each["action"] for each in log] == ["send", "escalate"]


async def test_nobody_is_reminded_while_a_question_is_open(world: World) -> None:
    made = await world.send(services=[str(world.services["hub"])])
    referral = made["referrals"][0]
    await world.act("hub", "referrals", referral, "ask_info", note="which school?")
    await chores.remind(world.database, world.vault, dt.datetime.now(dt.UTC) + dt.timedelta(days=30))
    assert not await outbox(world, made["id"], "receiver_reminder")


async def test_families_are_asked_how_it_went_twice_at_most_and_not_after_they_said(world: World) -> None:
    made = await world.send(services=[str(world.services["hub"])])
    referral = made["referrals"][0]
    await world.act("hub", "referrals", referral, "accept", date=soon())
    await world.act("hub", "referrals", referral, "first_contact")
    now = dt.datetime.now(dt.UTC)
    for days in (1, 20, 21, 60, 100):
        await chores.remind(world.database, world.vault, now + dt.timedelta(days=days))
    assert len(await outbox(world, made["id"], "family_follow_up")) == 2


async def test_a_flagged_family_that_does_not_come_is_told_to_the_sender(world: World) -> None:
    made = await world.send(
        "school",
        asker="professional",
        sender={"name": "A", "phone": "1"},
        concern="bruises",
        services=[str(world.services["hub"])],
    )
    referral = made["referrals"][0]
    await world.act("hub", "referrals", referral, "accept", date=soon())
    missed = await world.act("hub", "referrals", referral, "no_show")
    assert missed.status_code == 200, missed.text
    assert [row["audience"] for row in await outbox(world, made["id"], "sender_alert")] == ["desk"]
    ended = await world.act("hub", "referrals", referral, "unable", reason="could_not_contact")
    assert ended.status_code == 409
    assert (await world.act("school", "referrals", referral, "read_alert")).status_code == 403
    assert (await world.act("desk", "referrals", referral, "read_alert")).status_code == 200
    ended = await world.act("hub", "referrals", referral, "unable", reason="could_not_contact")
    assert ended.status_code == 200, ended.text


class Hook(NotifyStandIn):
    heads: list[Any]

    def do_POST(self) -> None:
        self.heads.append(dict(self.headers))
        super().do_POST()


async def test_a_webhook_is_signed_tried_again_and_holds_ids_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_id, token = await keys.issue(world.database, "system", ["requests.submit", "webhooks.manage"])
    refused = await world.call(token, "POST", "/api/webhooks", {"url": "http://example.org/"})
    assert refused.status_code == 400
    made = await world.call(token, "POST", "/api/webhooks", {"url": "https://example.org/hook"})
    secret = made.json()["secret"].removeprefix("whsec_")
    stand_in = type("HookStandIn", (Hook,), {"script": [503], "got": [], "heads": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), stand_in)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    monkeypatch.setattr(webhooks, "is_open", lambda address: True)
    await world.database.pool.execute(
        "update webhook set url = $2 where owner = $1",
        f"key:{key_id}",
        f"http://127.0.0.1:{server.server_port}/",
    )
    try:
        await world.send(token, asker="professional", sender={"name": "A", "phone": "1"})
        await run(world, LocalOutbox())
        await run(world, LocalOutbox(), ahead=PAUSES[0] + 1)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    (_, body), heads = stand_in.got[0], stand_in.heads[-1]
    assert body["type"] == "request.submit"
    assert not [word for word in PERSONAL if word in str(body)]
    assert heads["webhook-id"] == stand_in.heads[0]["webhook-id"]
    raw = json.dumps(body, separators=(",", ":")).encode()
    moment = dt.datetime.fromtimestamp(int(heads["webhook-timestamp"]), dt.UTC)
    assert (
        webhooks.signed(base64.b64decode(secret), heads["webhook-id"], moment, raw)["webhook-signature"]
        == heads["webhook-signature"]
    )


async def test_a_webhook_goes_to_the_very_address_that_was_looked_at(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that answers otherwise the second time (DNS rebinding) is never asked a second time."""
    key_id, token = await keys.issue(world.database, "rebinding", ["requests.submit", "webhooks.manage"])
    await world.call(token, "POST", "/api/webhooks", {"url": "https://hook.example/"})
    stand_in = type("HookStandIn", (Hook,), {"script": [], "got": [], "heads": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), stand_in)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    asked: list[str] = []
    real = socket.getaddrinfo

    def looks(host: Any, *rest: Any, **more: Any) -> Any:
        if host != "hook.example":
            return real(host, *rest, **more)
        asked.append(host)
        return real("127.0.0.1" if len(asked) == 1 else "127.0.0.9", *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", looks)
    monkeypatch.setattr(webhooks, "is_open", lambda address: True)
    url = f"http://hook.example:{server.server_port}/"
    await world.database.pool.execute("update webhook set url = $2 where owner = $1", f"key:{key_id}", url)
    try:
        await world.send(token, asker="professional", sender={"name": "A", "phone": "1"})
        await run(world, LocalOutbox())
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert len(stand_in.got) == len(asked) == 1
    assert stand_in.heads[0]["host"] == f"hook.example:{server.server_port}"


async def test_a_webhook_on_a_network_of_ones_own_takes_a_setting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Never):
        await webhooks.looked_up("https://127.0.0.1/")
    assert await webhooks.looked_up("http://127.0.0.1/", private=True) == "127.0.0.1"
    _, token = await keys.issue(world.database, "inside", ["webhooks.manage"])
    assert (await world.call(token, "POST", "/api/webhooks", {"url": "http://10.0.0.7/"})).status_code == 400


@pytest.mark.parametrize(
    ("address", "fine"),
    [
        ("8.8.8.8", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("::1", False),
        ("fe80::1%eth0", False),
    ],
)
def test_a_webhook_never_leads_inside(address: str, fine: bool) -> None:
    assert webhooks.is_open(address) == fine
