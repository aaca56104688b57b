"""The public pages' handlers, gathered: server-rendered, and whole without JavaScript."""

from typing import Any

from directory.web import (
    about,
    assets,
    browse,
    home,
    links_page,
    machine,
    reference,
    rules,
    search,
    send,
    service,
    shortlist,
    tell,
    tiles,
    tracking,
)
from directory.web.assistants import api as assistants
from directory.web.embed import api as embed
from directory.web.staff import pages as staff

handlers: list[Any] = [
    assets.static,
    tiles.tile,
    home.home,
    search.search,
    service.service,
    service.report,
    tell.ask,
    tell.answer,
    *send.handlers,
    *tracking.handlers,
    *links_page.handlers,
    shortlist.shortlist,
    browse.outcome,
    browse.kind,
    browse.zones,
    browse.zone,
    about.accessibility,
    about.privacy,
    about.data,
    rules.rules,
    machine.robots,
    machine.sitemap,
    machine.opensearch,
    machine.changes,
    machine.times,
    *reference.handlers,
    *embed.handlers,
    *assistants.handlers,
    *staff.handlers,
]
