"""Searches that found nothing, as figures: how many a day, for which need, in which area. No text is kept."""

import datetime as dt

from directory.catalogue.hours import LONDON
from directory.counted import Counted


class Misses(Counted):
    """Kept in `search_miss`."""

    def __init__(self) -> None:
        super().__init__("search_miss", ("need", "area"))

    def count(self, need: str, area: str) -> None:
        """One search without a hit. `need` is a code or "", `area` a reference such as "zone:zone-03" or ""."""
        self.add(dt.datetime.now(LONDON).date(), need, area)
