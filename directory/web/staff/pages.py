"""The console's handlers, gathered."""

from typing import Any

from directory.web.staff import (
    insight,
    keys,
    messages,
    partners,
    phone,
    queue,
    referrals,
    requests,
    services,
    sign,
    upkeep,
)

handlers: list[Any] = [
    *sign.handlers,
    *queue.handlers,
    *phone.handlers,
    *requests.handlers,
    *referrals.handlers,
    *services.handlers,
    *upkeep.handlers,
    *messages.handlers,
    *partners.handlers,
    *insight.handlers,
    *keys.handlers,
]
