"""The public pages' handlers, gathered: server-rendered, and whole without JavaScript."""

from typing import Any

from directory.web import assets, home, search, service, tell

handlers: list[Any] = [assets.static, home.home, tell.ask, tell.answer, search.search, service.service]
