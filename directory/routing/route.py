"""need -> safety, needs, level, pathway, services with reasons."""

from directory.settings import Settings


class Router:
    pass


def open_router(settings: Settings) -> Router:
    return Router()
