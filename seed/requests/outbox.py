"""What the moves of a story would have sent, as the local outbox keeps it: sealed addresses, and links that answer."""

import datetime as dt
import secrets
from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID, uuid4

from directory.access.vault import DataKey, Vault
from directory.db import Connection
from directory.referrals.ledger import LINK_BYTES, LINK_DAYS
from directory.referrals.messages import safe_address
from seed.requests.story import Post, Story

_OUT = ("id", "request_id", "referral_id", "template", "channel", "audience", "address", "secret", "data", "once",
        "state", "attempts", "next_at", "created_at", "sent_at", "provider_ref")  # fmt: skip
_LINK = ("id", "referral_id", "digest", "created_at", "expires_at", "revoked_at")
_MAIL = """
    select s.id, coalesce(nullif(s.email, ''), (select c.email from contact c where c.service_id = s.id
      and c.email is not null order by c.id limit 1), nullif(o.email, '')) as email
    from service s join organization o on o.id = s.organization_id where s.id = any($1::uuid[])
"""


async def fill(
    connection: Connection, vault: Vault, stories: Sequence[Story], keys: dict[UUID, tuple[bytes, DataKey]]
) -> None:
    """The posts of the stories, all of them sent; a service's newest link works while its referral runs."""
    services = {row["service_id"] for story in stories for row in story.referrals.values()}
    mail = {row["id"]: row["email"] for row in await connection.fetch(_MAIL, list(services))}
    messages, links = [], []
    for story in stories:
        key = keys[story.id][1]
        tokens: dict[UUID, list[tuple[str, dt.datetime]]] = defaultdict(list)
        for post in story.posts:
            to = _address(story, post, mail)
            if to is None:
                continue
            id_, (channel, address), secret = uuid4(), to, None
            if post.audience == "receiver" and post.referral is not None:
                token = secrets.token_urlsafe(LINK_BYTES)
                tokens[post.referral].append((token, post.at))
                secret = key.seal(token, f"outbox:secret:{id_}")
            sealed = key.seal(address, f"outbox:address:{id_}") if address else None
            sent = post.at + dt.timedelta(seconds=2 + id_.int % 7)
            messages.append((
                id_, story.id, post.referral, post.template, channel, post.audience, sealed, secret,
                f'{{"reference":"{story.request["reference"]}"}}', f"{post.template}:{post.audience}:{id_}", "sent", 1,
                post.at, post.at, sent, "local" if address else "queue",
            ))  # fmt: skip
        for referral, made in tokens.items():
            ended = story.referrals[referral]["ended_at"]
            for number, (token, at) in enumerate(made):
                over = made[number + 1][1] if number + 1 < len(made) else ended
                until = at + dt.timedelta(days=LINK_DAYS)
                links.append((uuid4(), referral, vault.digest("link", token), at, until, over))
    await connection.copy_records_to_table("outbox_message", columns=list(_OUT), records=messages)
    await connection.copy_records_to_table("action_link", columns=list(_LINK), records=links)


def _address(story: Story, post: Post, mail: dict[UUID, str | None]) -> tuple[str, str] | None:
    """(channel, address), by the rules of the product: never to a phone or inbox that others see."""
    if post.audience == "desk":
        return "desk", ""
    if post.audience == "family":
        contact = story.details.contact
        return safe_address(contact.channel, contact.phone, contact.email, list(contact.shared))
    if post.audience == "receiver" and post.referral is not None:
        email = mail.get(story.referrals[post.referral]["service_id"])
        return ("email", email) if email else None
    return None  # those who sent it look at their page
