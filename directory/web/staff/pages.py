"""The console's handlers, gathered."""

from typing import Any

from directory.web.staff import queue, sign

handlers: list[Any] = [*sign.handlers, *queue.handlers]
