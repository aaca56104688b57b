"""The console's handlers, gathered."""

from typing import Any

from directory.web.staff import keys, phone, queue, referrals, requests, sign

handlers: list[Any] = [
    *sign.handlers,
    *queue.handlers,
    *phone.handlers,
    *requests.handlers,
    *referrals.handlers,
    *keys.handlers,
]
