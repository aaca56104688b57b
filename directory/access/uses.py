"""What partners' pages do, as figures by day. No words, no addresses."""

import datetime as dt
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from directory.counted import Counted

Kind = Literal["opened", "completed", "searched", "nothing", "limited"]
KINDS: tuple[Kind, ...] = get_args(Kind)
LONDON = ZoneInfo("Europe/London")


class Uses(Counted):
    """Kept in `partner_use`. `opened`: a page showed the widget; `nothing`: a search without a hit; `limited`: refused
    as too many."""

    def __init__(self) -> None:
        super().__init__("partner_use", ("partner_id", "what"))

    def count(self, partner: str, what: Kind) -> None:
        self.add(dt.datetime.now(LONDON).date(), partner, what)
