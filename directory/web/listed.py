"""Cards of the catalogue as the lists of pages show them: the same shape as a search's hits. Pure."""

from directory.catalogue.shapes import Card
from directory.search.request import Hit


def hit(card: Card) -> Hit:
    """Without distance and reasons: those belong to a search."""
    venue = next(iter(card.venues), None)
    return Hit(
        id=card.id,
        name=card.name,
        organization=card.organization,
        summary=card.summary,
        kind=card.kind.code if card.kind else None,
        outcomes=[each.code for each in card.outcomes],
        needs=[each.code for each in card.needs],
        distance_miles=None,
        venue=", ".join(part for part in (venue.name, venue.city) if part) if venue else None,
        remote=card.remote,
        ages=card.ages,
        cost=card.cost,
        open=card.open,
        next_open=card.next_open,
        assured_date=card.assured_date,
        reasons=[],
        url=card.url,
    )
