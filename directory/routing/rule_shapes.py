"""The shapes of the rule book's files. Each refuses keys it does not know, so that a misspelt key is an error."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from directory.words import Kind, Level, Outcome

Code = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=60)]
Line = Annotated[str, Meta(min_length=1, max_length=600)]
Word = Annotated[str, Meta(min_length=1, max_length=80)]
Phrase = Annotated[str, Meta(min_length=1, max_length=500)]
Telling = Annotated[str, Meta(min_length=1, max_length=1500)]
Agreement = Literal["none", "family", "seek", "not_needed"]

OUT_OF_SCOPE = "out_of_scope"
UNCLEAR = "unclear"


class Need(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody may need. `plain` is its name for families; `flags` are the safety kinds that speak for it.

    `outcome` is the main Flourish outcome, `also` the others. `level` is where most families with it start.
    """

    code: Code
    label: Line
    plain: Line
    definition: Line
    outcome: Outcome
    also: tuple[Outcome, ...] = ()
    level: Level
    sensitive: bool = False
    flags: tuple[Code, ...] = ()
    keywords: tuple[Word, ...] = ()


class Needs(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    need: Annotated[tuple[Need, ...], Meta(min_length=1)]


class Phrases(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ways in which people say one need, by who is speaking; `short` is what is typed into a search box. `told` are
    longer tellings, from which is learned and nothing is quoted."""

    short: tuple[Phrase, ...] = ()
    family: tuple[Phrase, ...] = ()
    young_person: tuple[Phrase, ...] = ()
    staff: tuple[Phrase, ...] = ()
    told: tuple[Telling, ...] = ()

    def every(self) -> tuple[str, ...]:
        return self.short + self.family + self.young_person + self.staff + self.told

    def quoted(self) -> tuple[str, ...]:
        """What may be shown as an example of how people say it."""
        return self.short + self.family + self.young_person + self.staff


class Ignored(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    words: tuple[Word, ...]


class Denied(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    ideas: tuple[Code, ...]


class WordLists(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`people`: role -> words; `alike`: idea -> words and phrases; `ignore`: never counted.

    `denied` names the ideas that "no" in front undoes.
    """

    people: dict[Code, tuple[Word, ...]]
    alike: dict[Code, tuple[Word, ...]]
    ignore: Ignored
    denied: Denied


class LevelRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A level of need: what it is called here, who leads, the way in, and the agreement it takes."""

    code: Level
    label: Line
    plain: Line
    who: Line
    route: Line
    agreement: Agreement
    consent: Line


class Shift(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words or facts that move the level. All that is given must hold; a list holds when one of its items does.

    `needs` limits it to those first needs, `askers` to guesses of who asks, `words` to texts with one of the phrases,
    `tier` to that safety tier or above, `flags` to safety kinds, `several` to so many needs beyond the universal,
    `beside` to texts in which one of these needs was heard as plainly as the first, `longest` to texts of so many
    words at most.
    """

    id: Code
    to: Level
    reason: Line
    needs: tuple[Code, ...] = ()
    askers: tuple[Code, ...] = ()
    words: tuple[Word, ...] = ()
    unless: tuple[Word, ...] = ()
    flags: tuple[Code, ...] = ()
    tier: Literal[0, 1, 2] = 0
    several: Annotated[int, Meta(ge=0, le=6)] = 0
    beside: tuple[Code, ...] = ()
    longest: Annotated[int, Meta(ge=0)] = 0


class Assessment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When one whole plan is better than several referrals."""

    name: Line
    short: Line
    several: Annotated[int, Meta(ge=2, le=6)]
    first: Line
    consent: Line
    elements: tuple[Line, ...]


class Levels(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`rise` rules are all read and the highest wins; `ease` rules count only where no `rise` rule spoke."""

    level: Annotated[tuple[LevelRule, ...], Meta(min_length=4, max_length=4)]
    cannot_rule_out: Line
    assessment: Assessment
    rise: tuple[Shift, ...] = ()
    ease: tuple[Shift, ...] = ()


class Sign(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Phrases that tell how light or heavy a matter is: somebody `asks` for what is open to all, asks for `others` (a
    class), takes it `light`, asks for a `hand`, has `felt` it; `heavy` is a fact that stands against easing."""

    id: Code
    kind: Literal["asks", "others", "light", "hand", "felt", "heavy"]
    points: Annotated[int, Meta(ge=-5, le=5)]
    reason: Line
    words: Annotated[tuple[Word, ...], Meta(min_length=1)]


class Moves(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The points from which a level moves. `heavy_signs` so many different ones it takes besides to be targeted."""

    universal_to_early_help: int
    early_help_to_targeted: int
    heavy_signs: Annotated[int, Meta(ge=0)]
    early_help_to_universal: int
    unclear_to_universal: int
    targeted_to_early_help: int
    specialist_to_early_help: int
    for_others_to_universal: int


class Signs(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    moves: Moves
    sign: tuple[Sign, ...]


class Step(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One step of a pathway. `kinds` and `levels` say which services fill it (no levels: any), `most` how many.

    `who` helps, `how` to get in, `agreement` and `consent` what it takes, `then` what happens next; `back` is the step
    down when things are better, `meanwhile` what to do while waiting. `phone_only` steps take no written referral.
    """

    code: Code
    level: Level
    title: Line
    staff_title: Line
    who: Line
    how: Line
    agreement: Agreement
    consent: Line
    then: Line
    kinds: tuple[Kind, ...] = ()
    levels: tuple[Level, ...] = ()
    back: str = ""
    meanwhile: str = ""
    most: Annotated[int, Meta(ge=0, le=10)] = 3
    always: bool = False
    phone_only: bool = False


class CallSheet(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the county's advice and duty service will ask, so that the call goes well. It takes no written referrals."""

    title: Line
    before: tuple[Line, ...]
    asks: tuple[Line, ...]
    after: tuple[Line, ...]
    source: Line


class NeedSteps(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For one need: what can be done now, what to do while waiting, and kinds of service that come first."""

    now: tuple[Line, ...]
    waiting: Line
    first: tuple[Kind, ...] = ()


class Weighing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How services on a step are ordered: see `ranking`. Miles, days and shares."""

    level: float
    nearness: float
    freshness: float
    capacity: float
    half_miles: float
    rural_half_miles: float
    suggested: float
    second_need: float
    fresh_days: int
    stale_days: int
    reach_miles: float = 15.0
    rural_reach_miles: float = 25.0
    least_of_best: Annotated[float, Meta(ge=0, le=1)] = 0.5


class Pathways(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`order` gives the steps shown at each level, first step first.

    `priority` adds to the score of a kind of service; it is the county's own to set, from -0.3 to 0.3. `particular`
    are needs that say whom a service is for: where one was not heard, its services count so much less; at 0 they
    are not offered.
    """

    step: Annotated[tuple[Step, ...], Meta(min_length=1)]
    order: dict[Level, tuple[Code, ...]]
    need: dict[Code, NeedSteps]
    call_sheet: CallSheet
    weights: Weighing
    priority: dict[Kind, Annotated[float, Meta(ge=-0.3, le=0.3)]] = {}
    particular: dict[Code, Annotated[float, Meta(ge=0, le=1)]] = {}
    person: Line
    rather_talk: Line


class Option(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`needs` are what choosing it says; `low` and `high` an age in years; `tier` and `level` what it raises to."""

    code: Code
    label: Line
    needs: tuple[Code, ...] = ()
    low: int | None = None
    high: int | None = None
    tier: Literal[0, 1, 2] = 0
    level: Level | None = None


class Question(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One tap-to-answer question. It is worth asking when every condition given holds; the first two are asked.

    `missing` is a fact that must be absent; `needs` and `levels` limit it (empty: any); `status` is how the needs were
    read; `tier` asks at that safety tier; `several` at so many needs. `free` takes typed text instead of options.
    """

    id: Code
    text: Line
    why: Line
    options: tuple[Option, ...] = ()
    free: bool = False
    missing: Literal["", "age", "place", "urgency"] = ""
    needs: tuple[Code, ...] = ()
    levels: tuple[Level, ...] = ()
    status: Literal["", "clear", "unclear"] = ""
    tier: Literal[0, 1, 2] = 0
    several: Annotated[int, Meta(ge=0, le=6)] = 0


class Questions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    most: Annotated[int, Meta(ge=0, le=2)]
    question: tuple[Question, ...]


class OutcomeRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A Flourish outcome: its name, and what it means for a grown-up and for a child."""

    code: Outcome
    label: Line
    plain: Line
    child: Line


class Headline(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A Supporting Families headline outcome and the Flourish outcomes it maps to."""

    number: Annotated[int, Meta(ge=1, le=10)]
    label: Line
    primary: Outcome
    also: tuple[Outcome, ...] = ()


class Outcomes(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    outcome: Annotated[tuple[OutcomeRule, ...], Meta(min_length=8, max_length=8)]
    headline: Annotated[tuple[Headline, ...], Meta(min_length=10, max_length=10)]
    status: Literal["proposed", "agreed"]
    source: Line
    note: Line


class Door(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where somebody asks. It changes wording, channel, consent and who may press the button; never the answer."""

    code: Code
    label: Line
    intro: Line
    channel: Line
    consent: Line
    who_presses: Line
    audience: Literal["family", "staff"]


class Doors(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    fallback: Code
    door: Annotated[tuple[Door, ...], Meta(min_length=1)]
