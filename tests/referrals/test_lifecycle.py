"""What may happen next: whatever is offered works, whatever is not is refused, and nothing ends without saying how."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.errors import BadRequest, Conflict, DirectoryError, NotAllowed
from directory.referrals import codes
from directory.referrals.lifecycle import (
    Ask,
    Attempt,
    Given,
    move_referral,
    move_request,
    referral_actions,
    request_actions,
)  # fmt: skip
from directory.referrals.transitions import MOVES, REFERRAL_ENDED, REFERRAL_STATES, REQUEST_STATES, edges

PARTIES = st.sampled_from(["front_door", "person", "sender", "receiver", "family", "system"]).map(
    lambda p: {p}
)
GIVEN = Given(
    note="why",
    reason="no_capacity",
    outcome="need_met",
    date=dt.date(2026, 12, 1),
    channel="phone",
    result="no_answer",
)
ATTEMPTS = st.builds(
    Attempt,
    status=st.sampled_from(REFERRAL_STATES),
    business=st.sampled_from(codes.BUSINESS),
    resume=st.sampled_from(["", "requested", "accepted", "in_progress"]),
    flagged=st.booleans(),
    alert=st.sampled_from(["", "unread", "read"]),
    contacted=st.booleans(),
    replaced=st.booleans(),
)
ASKS = st.builds(
    Ask, state=st.sampled_from(REQUEST_STATES), open_attempts=st.integers(0, 1), unread_alerts=st.integers(0, 1),
    safeguarding=st.booleans(), safeguarding_read=st.booleans(),
)  # fmt: skip
ACTIONS = sorted({move.action for move in MOVES})


def consistent(attempt: Attempt) -> bool:
    return (attempt.status == "on_hold") == bool(attempt.resume)


@given(ATTEMPTS.filter(consistent), PARTIES, st.sampled_from(ACTIONS))
def test_exactly_the_offered_actions_work_on_a_referral(attempt: Attempt, who: set[str], action: str) -> None:
    offered = {each.action for each in referral_actions(attempt, who)}
    try:
        after = move_referral(attempt, action, who, GIVEN)
    except DirectoryError:
        assert action not in offered
        return
    assert action in offered
    assert ("referral", attempt.status, action, after.status) in set(edges())
    assert consistent(after)


@given(ASKS, PARTIES, st.sampled_from(ACTIONS))
def test_exactly_the_offered_actions_work_on_a_request(ask: Ask, who: set[str], action: str) -> None:
    offered = {each.action for each in request_actions(ask, who)}
    try:
        after = move_request(ask, action, who, GIVEN)
    except DirectoryError:
        assert action not in offered
        return
    assert action in offered
    if after.state == "closed" and ask.state != "closed":
        assert ask.open_attempts + ask.unread_alerts == 0
        assert ask.safeguarding_read or not ask.safeguarding


@given(ATTEMPTS.filter(lambda a: a.status in REFERRAL_ENDED), PARTIES, st.sampled_from(ACTIONS))
def test_what_has_ended_stays_ended(attempt: Attempt, who: set[str], action: str) -> None:
    try:
        after = move_referral(attempt, action, who, GIVEN)
    except DirectoryError:
        return
    assert after.status == attempt.status


@pytest.mark.parametrize("action", ["outcome", "unable", "decline"])
def test_a_referral_ends_with_an_outcome_or_a_reason(action: str) -> None:
    attempt = Attempt(status="in_progress", contacted=True)
    with pytest.raises(BadRequest):
        move_referral(attempt, action, {"receiver"}, Given(note="x"))


@pytest.mark.parametrize(
    "code", [code for code, reason in codes.REASONS.items() if reason.note and reason.receiver]
)
def test_a_marked_reason_needs_a_note(code: str) -> None:
    attempt = Attempt(status="requested")
    with pytest.raises(BadRequest) as caught:
        move_referral(attempt, "decline", {"receiver"}, Given(reason=code, note="  "))
    assert [each.field for each in caught.value.errors] == ["note"]
    assert (
        move_referral(attempt, "decline", {"receiver"}, Given(reason=code, note="why")).status == "rejected"
    )


def test_declining_after_contact_is_a_failure_not_a_rejection() -> None:
    given = Given(reason="no_capacity")
    assert move_referral(Attempt(status="accepted"), "decline", {"receiver"}, given).status == "rejected"
    began = Attempt(status="in_progress", contacted=True)
    assert move_referral(began, "decline", {"receiver"}, given).status == "failed"


def test_a_flagged_family_that_was_not_reached_is_read_by_the_sender_before_it_ends_so() -> None:
    attempt = Attempt(status="accepted", flagged=True)
    end = Given(reason="could_not_contact")
    with pytest.raises(Conflict):
        move_referral(attempt, "unable", {"receiver"}, end)
    attempt = move_referral(attempt, "no_show", {"receiver"}, Given())
    assert attempt.alert == "unread"
    with pytest.raises(Conflict):
        move_referral(attempt, "unable", {"receiver"}, end)
    with pytest.raises(NotAllowed):
        move_referral(attempt, "read_alert", {"receiver"}, Given())
    attempt = move_referral(attempt, "read_alert", {"front_door"}, Given())
    assert move_referral(attempt, "unable", {"receiver"}, end).status == "failed"


def test_a_question_goes_back_to_where_it_was_asked() -> None:
    for status in ("requested", "accepted", "in_progress"):
        held = move_referral(Attempt(status=status), "ask_info", {"receiver"}, Given(note="?"))
        assert (held.status, held.business) == ("on_hold", "needs_info")
        assert move_referral(held, "give_info", {"sender"}, Given(note="!")).status == status


def test_the_sender_asks_to_cancel_and_the_receiver_confirms_but_nobody_is_asked_before_work_began() -> None:
    given = Given(reason="family_withdrew")
    assert (
        move_referral(Attempt(status="requested"), "request_cancel", {"sender"}, given).status == "cancelled"
    )
    asked = move_referral(Attempt(status="in_progress"), "request_cancel", {"family"}, given)
    assert (asked.status, asked.business) == ("in_progress", "cancel_requested")
    assert move_referral(asked, "confirm_cancel", {"receiver"}, Given()).status == "cancelled"
    assert move_referral(asked, "outcome", {"receiver"}, Given(outcome="need_met")).status == "completed"


def test_no_family_is_told_that_its_need_is_too_high_or_too_low() -> None:
    for code in codes.REASONS:
        said = codes.plain_reason(code).lower()
        assert "too high" not in said
        assert "too low" not in said
        assert "need" not in said.split() or code == "not_enough_information"
