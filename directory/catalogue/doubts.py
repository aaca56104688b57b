"""What the public says is wrong with a service: a kind and a count, never words, never who. Pure."""

from msgspec import Struct

# In the order in which a page offers them.
KINDS = {
    "contact": "A phone number, email or website is wrong",
    "place": "The address is wrong",
    "times": "The days or times are wrong",
    "cost": "The cost is wrong",
    "closed": "It has closed, or does not do this any more",
    "unsafe": "Something here could put a person at risk",
}


class Doubt(Struct, frozen=True, kw_only=True):
    """Reports of one kind since the service was last checked: `count`, and the last `day` (ISO date)."""

    service_id: str
    name: str
    organization: str
    kind: str
    count: int
    day: str
