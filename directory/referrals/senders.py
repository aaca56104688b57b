"""The ways out: SMTP, GOV.UK Notify, or the local outbox that staff read. One protocol, `send`.

A sender raises `Later` for what may go well another time and `Never` for what will not; anything else counts as later.
"""

import asyncio
import datetime as dt
from email.message import EmailMessage
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib
from msgspec import Struct

from directory.settings import Settings

TIMEOUT = 15  # seconds for one message


class Outgoing(Struct, frozen=True, kw_only=True):
    """One message, ready to go. `channel` is email or text."""

    id: str
    channel: str
    address: str
    subject: str
    body: str


class Later(Exception):
    """Not now; `after` seconds where the other side said so."""

    def __init__(self, why: str, after: int | None = None) -> None:
        super().__init__(why)
        self.after = after


class Never(Exception):
    """It will not go out like this: a person has to look."""


class Sender(Protocol):
    """`send` returns the other side's name for the message."""

    channels: frozenset[str]

    async def send(self, message: Outgoing) -> str: ...


class LocalOutbox:
    """Nothing leaves: staff read the messages on their page. What a fresh installation does."""

    channels = frozenset({"email", "text"})

    async def send(self, message: Outgoing) -> str:
        return "local"


class Smtp:
    """Mail through a server: smtp://user:password@host:587 (STARTTLS where offered), smtps://... or smtp://host:25."""

    channels = frozenset({"email"})

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError("DIRECTORY_MAIL_URL: smtp://host:port or smtps://host:port")
        self.sender = sender
        self.how: dict[str, Any] = {
            "hostname": parts.hostname,
            "port": parts.port or (465 if parts.scheme == "smtps" else 25),
            "username": unquote(parts.username) if parts.username else None,
            "password": unquote(parts.password) if parts.password else None,
            "use_tls": parts.scheme == "smtps",
            "timeout": TIMEOUT,
        }

    async def send(self, message: Outgoing) -> str:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self.sender, message.address, message.subject
        mail["Date"] = dt.datetime.now(dt.UTC)
        # The same at every try, so that a mailbox can drop the second of two.
        mail["Message-ID"] = f"<{message.id}@{self.sender.rpartition('@')[2] or 'localhost'}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.body)
        try:
            await aiosmtplib.send(mail, **self.how)
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = {refused.code for refused in error.recipients}
            if codes and all(code >= 500 for code in codes):
                raise Never("the address was refused") from None
            raise Later("the address was not taken now") from None
        except aiosmtplib.SMTPResponseException as error:
            if error.code in {550, 551, 552, 553, 554}:
                raise Never(f"the mail server said {error.code}") from None
            raise Later(f"the mail server said {error.code}") from None
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise Later(f"the mail server is away ({type(error).__name__})") from None
        return str(mail["Message-ID"])


class Notify:
    """Mail and texts through GOV.UK Notify, with one template for each that takes ((subject)) and ((body))."""

    channels = frozenset({"email", "text"})

    def __init__(self, url: str, key: str, templates: dict[str, str], timeout: int = TIMEOUT) -> None:
        from notifications_python_client.notifications import NotificationsAPIClient  # late: few have it

        self.client = NotificationsAPIClient(key, base_url=url, timeout=timeout)
        self.templates = templates

    async def send(self, message: Outgoing) -> str:
        return await asyncio.to_thread(self._send, message)

    def _send(self, message: Outgoing) -> str:
        import requests
        from notifications_python_client.errors import HTTPError, InvalidResponse

        template = self.templates.get(message.channel)
        if template is None:
            raise Never(f"there is no Notify template for {message.channel}")
        words = {"subject": message.subject, "body": message.body}
        try:
            if message.channel == "text":
                answer = self.client.send_sms_notification(
                    message.address, template, words, reference=message.id
                )
            else:
                answer = self.client.send_email_notification(
                    message.address, template, words, reference=message.id
                )
        except HTTPError as error:
            status = int(error.status_code)
            if status in {408, 429} or status >= 500:
                raise Later(f"Notify said {status}") from None
            raise Never(f"Notify said {status}") from None
        except (InvalidResponse, requests.RequestException, ValueError) as error:
            raise Later(f"Notify did not answer ({type(error).__name__})") from None
        return str(answer["id"])


def senders(settings: Settings) -> list[Sender]:
    """The ways that are set up, the first that takes a channel is used; the local outbox where there is none."""
    found: list[Sender] = []
    if settings.notify_key:
        pairs = (part.partition("=") for part in settings.notify_templates.split(",") if part.strip())
        templates = {name.strip(): value.strip() for name, _, value in pairs}
        found.append(Notify(settings.notify_url, settings.notify_key, templates))
    if settings.mail_url:
        found.append(Smtp(settings.mail_url, settings.mail_from))
    return found or [LocalOutbox()]
