"""What was heard in somebody's words: safety first, then needs, ages and level, and the questions worth asking. Pure.

Nothing here knows the door, and nothing is kept.
"""

from collections.abc import Sequence

from msgspec import Struct

from directory.routing import shapes
from directory.routing.alarm import Alarm, Sound, Sounds, telling
from directory.routing.facts import read_facts
from directory.routing.level import LevelRules
from directory.routing.needs import SURE, Guess, Heard, NeedReader
from directory.routing.rule_shapes import OUT_OF_SCOPE, UNCLEAR, Need, Option, Question
from directory.routing.rulebook import RuleBook
from directory.routing.safety import Flag, Safety, asked_instead, check, heard_too, passed_over
from directory.routing.safety_rules import Book
from directory.words import LEVELS

SURE_OF_A_FLAG, UNSURE = 0.9, 0.15
EVIDENCE = 4
SOUNDS = "sounds-"  # how the rules of the alarm begin
NEARLY = "nearly-urgent"
UNSURE_LEVEL = "targeted"  # where the answer "I am not sure" stands too
INTERRUPT, INTERRUPT_PART, PART_WITHIN = 0.18, 0.9, 0.03
WITNESSED = 0.12
ASK, ASK_PART = 0.12, 0.98
CALM, CALM_PART, CALM_WITHIN, SILENT = 0.12, 0.9, 0.5, 0.05
CALM_TWICE, TWICE_WITHIN = 0.02, 0.1
GRAVE = 0.09
ASK_UNCLEAR = 0.3
"""How much a text must sound like danger, as a chance of 1. Where no pattern was as sure, the interruption needs
`INTERRUPT` of the whole text, or `INTERRUPT_PART` of one part within a whole of `PART_WITHIN`; where a pattern would
ask already, `WITNESSED` of the whole. The soft question needs `ASK` of the whole or `ASK_PART` of a part. What a
pattern would interrupt for is asked about where the whole sounds less than `CALM` and its own part less than
`CALM_PART` and no graver than `CALM_WITHIN`, so that calm words around it do not lower it; where two rules would
interrupt, it takes `CALM_TWICE` and `TWICE_WITHIN`. What it would ask about is passed over below `SILENT` and the
first two. From `GRAVE` on the soft question counts as "not sure" until it is answered; so it does where nobody can
tell what a text is about and a part of it sounds `ASK_UNCLEAR`. Chosen by cross-validation over 27,000 texts of
authors who had seen no pattern, and by the totals of sets whose rows nobody read (docs/safety.md)."""
PLAIN = 0.45  # how sure a further need must be for the level to heed it
FEWEST = 3  # words that are needed to sound like anything


class Hearing(Struct, frozen=True, kw_only=True):
    """`needs` best first, without the two that are no need; `sure` are those that count for level and services.
    `status` is clear, unclear or out_of_scope."""

    safety: Safety
    status: str
    needs: tuple[Need, ...]
    sure: tuple[Need, ...]
    heard: tuple[shapes.NeedHeard, ...]
    ages: tuple[float, ...]
    urgency: str
    days: tuple[str, ...]
    level: shapes.LevelAnswer
    assessment: bool
    questions: tuple[Question, ...]
    sensitive: bool
    asker: str


def listen(
    ask: shapes.Ask, book: RuleBook, danger: Book, reader: NeedReader, levels: LevelRules, alarm: Alarm
) -> Hearing:
    """Everything that can be said of the words alone."""
    safety = judge(ask.text, danger, alarm)
    said = read_facts(ask.text)
    chosen = _answers(ask, book)
    heard = reader.hear(ask.text) if ask.text.strip() else Heard(status="unclear", needs=())
    if heard.status == UNCLEAR and not safety.tier:
        safety = judge(ask.text, danger, alarm, ask=ASK_UNCLEAR)
    tier = max((safety.tier, *(option.tier for option in chosen)), key=_severity)
    guesses = _with_flags(heard, safety, book, ask, chosen)
    needs = tuple(book.need(guess.code) for guess in guesses)
    ages = tuple(ask.ages) or _answered_ages(chosen) or tuple(float(age.low) for age in said.ages)
    status = "clear" if needs and heard.status != "clear" and _told(ask, chosen, safety) else heard.status
    # Under "unclear" the guesses are only what it might be: they do not set the level.
    sure = tuple(
        need
        for at, (need, guess) in enumerate(zip(needs, guesses, strict=True))
        if not at or guess.confidence >= SURE
    )
    ruling = [need.code for need in sure] if status == "clear" else [status]
    beside = [guess.code for guess in guesses[1:] if guess.confidence >= PLAIN and status == "clear"]
    level, assessment = _level(levels, book, ask, ruling, beside, tier, safety, said.asker, chosen)
    return Hearing(
        safety=safety,
        status=status,
        needs=needs,
        sure=sure,
        heard=tuple(_heard(guess, book, ask.text) for guess in guesses),
        ages=ages,
        urgency=said.urgency,
        days=said.days,
        level=level,
        assessment=assessment,
        questions=_questions(book, ask, status, sure, ages, level.code, tier, said.urgency),
        sensitive=safety.quick_exit or any(need.sensitive for need in sure),
        asker=said.asker,
    )


def judge(text: str, danger: Book, alarm: Alarm, *, ask: float = ASK_PART) -> Safety:
    """What the patterns saw, weighed with what the text sounds like; `ask` is how much a part must sound like danger
    for the soft question."""
    safety = check(text, danger)
    # One or two words, such as "food" or "refuge", are looked up and not told: they are for the patterns alone.
    if safety.language != "en" or len(text[slice(*telling(text))].split()) < FEWEST:
        return safety
    sounds = alarm.hear(text)
    if safety.tier == 1:
        twice = sum(flag.tier == 1 for flag in safety.flags) > 1
        bar, within = (CALM_TWICE, TWICE_WITHIN) if twice else (CALM, CALM_WITHIN)
        calm = sounds.whole.grave < bar and _quiet(safety, sounds, within)
        return asked_instead(safety, "calm", danger) if calm else safety
    whole, gravest = sounds.whole, sounds.gravest
    enough = WITNESSED if safety.tier == 2 else INTERRUPT
    if whole.grave >= enough or (gravest.grave >= INTERRUPT_PART and whole.grave >= PART_WITHIN):
        return heard_too(safety, _flag(text, whole if whole.grave >= enough else gravest, "urgent"), danger)
    if safety.tier == 2:
        passed = whole.share < SILENT and _quiet(safety, sounds)
        return passed_over(safety, danger) if passed else safety
    loudest = max(sounds.parts, key=lambda sound: sound.share)
    if whole.share >= ASK or loudest.share >= ask:
        nearly = whole.grave >= GRAVE or ask < ASK_PART
        return heard_too(safety, _flag(text, whole, NEARLY if nearly else "like-danger"), danger)
    return safety


def _quiet(safety: Safety, sounds: Sounds, within: float = CALM_WITHIN) -> bool:
    """Whether every part in which a pattern saw something sounds calm on its own too, and none of them is sure."""
    return not any(flag.sure for flag in safety.flags) and all(
        (part := sounds.about(flag.span)).share < CALM_PART and part.grave < within for flag in safety.flags
    )


def _flag(text: str, sound: Sound, rule: str) -> Flag:
    urgent = rule == "urgent"
    return Flag(
        rule=SOUNDS + rule,
        kind=sound.kind,
        tier=1 if urgent else 2,
        urgent=urgent and sound.now >= sound.red,
        span=sound.span,
        words=text[slice(*sound.span)],
    )


def _level(
    levels: LevelRules,
    book: RuleBook,
    ask: shapes.Ask,
    needs: Sequence[str],
    beside: Sequence[str],
    tier: int,
    safety: Safety,
    asker: str,
    chosen: Sequence[Option],
) -> tuple[shapes.LevelAnswer, bool]:
    """The level with its reasons, and whether one plan is better than several referrals."""
    least = max((option.level for option in chosen if option.level), key=LEVELS.index, default="universal")
    # What only sounds like danger is no fact, yet what is answered as danger is not placed below it.
    # What only sounds worth the soft question is asked, and the answer sets the level; until it is given, what sounds
    # nearly grave enough to interrupt stands where somebody at the front door will look at it.
    told = any(option.tier == 1 for option in chosen)
    asked = tier == safety.tier == 2 and all(flag.rule.startswith(SOUNDS) for flag in safety.flags)
    asked = asked and not any(option.tier for option in chosen)
    doubt = (tier == 2 and not asked) or (tier == 1 and not (told or _seen(safety)))
    weighed = 0 if asked else 2 if doubt else tier
    flags = () if asked else safety.kinds
    if asked and _unanswered(ask, book) and any(flag.rule == SOUNDS + NEARLY for flag in safety.flags):
        least = max(least, UNSURE_LEVEL, key=LEVELS.index)
    found = levels.decide(
        ask.text, needs, tier=weighed, flags=flags, asker=asker, at_least=least, beside=beside, calm=not tier
    )
    code, reasons = found.code, list(found.reasons)
    if doubt and code != LEVELS[-1]:  # what cannot be ruled out goes one level up
        code = LEVELS[-1] if tier == 1 else LEVELS[LEVELS.index(code) + 1]
        reasons = [book.levels.cannot_rule_out, *reasons]
    rule = book.level(code)
    answer = shapes.LevelAnswer(code=code, label=rule.plain, reasons=list(dict.fromkeys(reasons))[:4])
    return answer, found.assessment


def _unanswered(ask: shapes.Ask, book: RuleBook) -> bool:
    """Whether the soft question has not been answered yet."""
    return all(each.id not in ask.answers for each in book.questions.question if each.tier == 2)


def _severity(tier: int) -> int:
    return {0: 0, 2: 1, 1: 2}[tier]


def _told(ask: shapes.Ask, chosen: Sequence[Option], safety: Safety) -> bool:
    """Whether the needs come from something surer than a guess: a choice, an answer, or a flag."""
    return bool(ask.needs or any(option.needs for option in chosen) or _seen(safety))


def _seen(safety: Safety) -> list[str]:
    """The kinds of danger that a pattern saw: what only sounds like danger is no fact."""
    return [flag.kind for flag in safety.flags if flag.tier == 1 and not flag.rule.startswith(SOUNDS)]


def _with_flags(
    heard: Heard, safety: Safety, book: RuleBook, ask: shapes.Ask, chosen: Sequence[Option]
) -> list[Guess]:
    """The needs heard, those that were chosen first, and those that a red flag speaks for."""
    known = {need.code for need in book.needs} - {OUT_OF_SCOPE, UNCLEAR}
    first = [
        code for code in (*ask.needs, *(code for option in chosen for code in option.needs)) if code in known
    ]
    # Only what a pattern saw is sure enough to go before the needs that were heard.
    flagged = [need.code for kind in _seen(safety) for need in book.needs if kind in need.flags]
    soft = [need.code for flag in safety.flags for need in book.needs if flag.kind in need.flags]
    guesses = [] if heard.status == OUT_OF_SCOPE else [guess for guess in heard.needs if guess.code in known]
    if heard.status == UNCLEAR and (first or flagged):
        guesses = []
    by_code = {guess.code: guess for guess in guesses}
    order = list(dict.fromkeys([*first, *_front(guesses, flagged), *by_code, *soft]))
    sure = {*first, *flagged}
    return [
        by_code.get(code) or Guess(code=code, confidence=SURE_OF_A_FLAG if code in sure else UNSURE)
        for code in order
    ][:5]


def _front(guesses: Sequence[Guess], flagged: Sequence[str]) -> list[str]:
    """What a flag speaks for goes first, unless the words themselves put another of the flag's needs there."""
    if guesses and guesses[0].code in flagged:
        return [guesses[0].code, *flagged]
    return list(flagged)


def _heard(guess: Guess, book: RuleBook, text: str) -> shapes.NeedHeard:
    need = book.need(guess.code)
    words = [text[start:end] for start, end in guess.words[:EVIDENCE]]
    near = [f"like “{phrase}”" for phrase in guess.nearest[:2]]
    return shapes.NeedHeard(
        code=guess.code, label=need.plain, confidence=round(guess.confidence, 3), evidence=words + near
    )


def _answers(ask: shapes.Ask, book: RuleBook) -> list[Option]:
    questions = {question.id: question for question in book.questions.question}
    return [
        option
        for id_, code in ask.answers.items()
        if id_ in questions
        for option in questions[id_].options
        if option.code == code
    ]


def _answered_ages(chosen: Sequence[Option]) -> tuple[float, ...]:
    return tuple(
        (option.low + option.high) / 2
        for option in chosen
        if option.low is not None and option.high is not None
    )


def _questions(
    book: RuleBook,
    ask: shapes.Ask,
    status: str,
    needs: Sequence[Need],
    ages: Sequence[float],
    level: str,
    tier: int,
    urgency: str,
) -> tuple[Question, ...]:
    """At most two, in the order of the book, where the answer is missing and would change the route."""
    if status == OUT_OF_SCOPE:
        return ()
    codes = {need.code for need in needs} if status == "clear" else set()
    found = [
        question
        for question in book.questions.question
        if question.id not in ask.answers
        and (question.missing != "age" or not ages)
        and (question.missing != "place" or not ask.near)
        and (question.missing != "urgency" or not urgency)
        and (not question.needs or codes & set(question.needs))
        and (not question.levels or level in question.levels)
        and (not question.status or question.status == status)
        and (question.tier == 0 or question.tier == tier)
        and (question.several == 0 or len(needs) >= question.several)
    ]
    return tuple(found[: book.questions.most])
