"""The call sheet of a phone hand-over: what a duty service asks, filled in with what is known. Pure.

The statutory door takes no written referrals. Somebody rings it with this in front of them, and the record says when,
who spoke with whom, what was decided, and whether the feedback letter came.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from directory.referrals.shapes import Details

# What the Children's Advice and Duty Service asks a professional for (schools.norfolk.gov.uk/article/67981).
QUESTIONS: tuple[tuple[str, str], ...] = (
    ("child", "The child: name, date of birth, address"),
    ("family", "Who is in the family and the home"),
    ("concern", "What you are worried about, and how soon it could happen"),
    ("done", "What has been done already, and by whom"),
    ("where", "Where the child is now"),
    ("told", "Whether the parents know that you are calling, and if not, why not"),
)


def made(details: Details, kinds: Sequence[str], ages: Sequence[int], needs: Sequence[str]) -> dict[str, Any]:
    """{"questions": [{"id", "ask", "known"}], "call": {}}: `known` is empty where the caller has to ask or say it."""
    born = details.birth_date.isoformat() if details.birth_date else ""
    child = ", ".join(
        filter(None, (details.child_name, born, ", ".join(f"age {a}" for a in ages), details.near))
    )
    concern = "\n".join(filter(None, (details.concern, details.text, ", ".join((*kinds, *needs)))))
    known = {"child": child, "family": details.name, "concern": concern}
    return {
        "questions": [{"id": key, "ask": ask, "known": known.get(key, "")} for key, ask in QUESTIONS],
        "call": {},
    }


def written(sheet: dict[str, Any]) -> str:
    return msgspec.json.encode(sheet).decode()


def read(text: str) -> dict[str, Any]:
    sheet: dict[str, Any] = msgspec.json.decode(text)
    return sheet


def context(referral_id: UUID) -> str:
    return f"referral:call_sheet:{referral_id}"
