"""The console's handlers, gathered."""

from typing import Any

from directory.web.staff import keys, queue, sign

handlers: list[Any] = [*sign.handlers, *queue.handlers, *keys.handlers]
