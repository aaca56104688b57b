"""What a request keeps of the answer that the router gave: codes, service ids and reasons, never the words. Pure."""

from typing import Any

from msgspec import Struct

from directory.routing.shapes import Route


class Suggestion(Struct, frozen=True, kw_only=True):
    """A service that the route offers, and why."""

    service_id: str
    name: str
    step: str
    level: str
    reasons: list[str]


class Judged(Struct, frozen=True, kw_only=True):
    """The part of a route that is stored."""

    safety_tier: int = 0
    safety_kinds: list[str] = []
    urgent: bool = False
    needs: list[str] = []
    outcomes: list[str] = []
    level: str | None = None
    ages: list[int] = []
    areas: list[str] = []
    suggestions: list[Suggestion] = []
    steps: list[dict[str, str]] = []
    rules_version: str = ""

    def stored(self) -> dict[str, Any]:
        """For the column `route`."""
        return {
            "steps": self.steps,
            "suggestions": [
                {
                    "service_id": s.service_id,
                    "name": s.name,
                    "step": s.step,
                    "level": s.level,
                    "reasons": s.reasons,
                }
                for s in self.suggestions
            ],
        }

    def why(self, service_id: str) -> dict[str, Any]:
        """What the route said of one service; empty where somebody chose it by themselves."""
        found = next((s for s in self.suggestions if s.service_id == service_id), None)
        return {"step": found.step, "level": found.level, "reasons": found.reasons} if found else {}


def from_route(route: Route) -> Judged:
    """Flags are kept by kind: their spans and words are the family's own, and stay in the sealed text."""
    return Judged(
        safety_tier=route.safety.tier,
        safety_kinds=sorted({flag.kind for flag in route.safety.flags}),
        urgent=route.safety.urgent,
        needs=[need.code for need in route.needs],
        outcomes=list(route.outcomes),
        level=route.level.code,
        ages=sorted({int(age) for age in route.ages}),
        areas=list(route.place.areas) if route.place else [],
        suggestions=[
            Suggestion(
                service_id=s.id, name=s.name, step=step.step, level=step.level, reasons=list(s.reasons)
            )
            for step in route.pathway
            for s in step.services
        ],
        steps=[{"step": step.step, "level": step.level, "title": step.title} for step in route.pathway],
        rules_version=route.rules_version,
    )
