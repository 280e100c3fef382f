"""When a selection or an agreement may be cancelled."""

import datetime as dt
from dataclasses import replace

import pytest

from services.intake.model.acceptances import Acceptance, Delivery, StandingAcceptance
from services.intake.model.agreements import Progress
from services.intake.rules.revocation import REVOCABLE, OnRecord, on_record, revocation_refusal

UNTIL = dt.datetime(2025, 10, 2, tzinfo=dt.UTC)
BEFORE, A_MOMENT = UNTIL - dt.timedelta(days=5), dt.timedelta(microseconds=1)


def refusal(
    state: str, ground: str, *, intent: bool = False, needed: bool = True, year: int | None = 2024, **told
) -> str | None:
    """The code of what stands in the way; None where nothing does."""
    found = revocation_refusal(
        OnRecord(state, **told), ground, intent_shown=intent, intent_needed=lambda: needed, accounts_year=lambda: year
    )
    return None if found is None else found.code


@pytest.mark.rule("IN-16")
@pytest.mark.parametrize(
    ("state", "ground", "more", "code"),
    [
        ("selected", "false_statement", {"intent": True}, None),
        ("selected", "false_statement", {}, "intent_not_shown"),
        ("active", "false_statement", {"needed": False}, None),
        ("waiting", "false_statement", {"intent": True}, None),
        ("eligible", "false_statement", {"intent": True}, "not_revocable_now"),
        ("ended", "false_statement", {"intent": True}, "not_revocable_now"),
        ("revoked", "conflict_found", {}, "not_revocable_now"),
        ("agreed", "impairment", {}, None),
        ("waiting", "impairment", {}, None),
        ("signed", "impairment", {}, None),
        ("active", "impairment", {}, None),
        ("selected", "impairment", {"year": None}, "no_accounts_asked"),
        ("selected", "no_acceptance", {"acceptance": "overdue"}, None),
        ("selected", "no_acceptance", {"acceptance": "open"}, "acceptance_not_overdue"),
        ("selected", "no_acceptance", {"acceptance": "accepted"}, "acceptance_not_overdue"),
        ("selected", "no_acceptance", {"acceptance": "undelivered"}, "acceptance_not_overdue"),
        ("agreed", "no_acceptance", {"acceptance": "accepted"}, None),
        ("signed", "no_acceptance", {"acceptance": "overdue"}, "not_revocable_now"),
        ("signed", "no_deposit", {"deposit_missed": True}, None),
        ("signed", "no_deposit", {}, "deposit_not_overdue"),
        ("selected", "no_deposit", {"deposit_missed": True}, "not_revocable_now"),
        ("placed", "conflict_found", {}, None),
    ],
)
def test_each_ground_belongs_to_its_part_of_the_way(state: str, ground: str, more: dict, code: str | None) -> None:
    """From the announcement to the end of use; acceptance before the signature alone, the self-payment after it."""
    assert refusal(state, ground, **more) == code


def test_a_policy_that_no_ground_needs_is_not_asked_for() -> None:
    """What the call leaves unset stops only the ground that needs it."""

    def unset() -> bool:
        raise AssertionError("not asked for")

    for state in REVOCABLE:
        told = {"intent_shown": False, "intent_needed": unset, "accounts_year": unset}
        assert revocation_refusal(OnRecord(state), "conflict_found", **told) is None


def progress(*, overdue: bool, covered: bool) -> Progress:
    """How a self-payment stands."""
    return Progress("A-000001", None, None, None, None, None, 300_000, 0, covered, overdue)


@pytest.mark.parametrize(
    ("paid", "missed"),
    [
        (None, False),
        (progress(overdue=False, covered=False), False),
        (progress(overdue=True, covered=False), True),
        (progress(overdue=True, covered=True), False),
    ],
    ids=["nothing owed", "its term runs", "overdue", "paid late"],
)
def test_a_self_payment_is_missed_while_it_is_overdue_and_not_covered(paid: Progress | None, missed: bool) -> None:
    """What came in late, but before the decision, is no ground any more."""
    assert on_record("signed", StandingAcceptance("A-000001", (), None), paid, UNTIL).deposit_missed is missed


def test_silence_is_over_at_the_end_of_its_term_and_not_a_moment_before() -> None:
    """The term ends at its instant, exclusive; a withdrawn delivery starts no clock; who accepted was not silent."""
    sent = Delivery("RD-1", "A-000001", BEFORE, "email", UNTIL, "officer-1", BEFORE)
    silent = StandingAcceptance("A-000001", (sent,), None)
    bounced = StandingAcceptance("A-000001", (replace(sent, withdrawn_at=BEFORE),), None)
    accepted = replace(silent, acceptance=Acceptance("kim", BEFORE))
    told = [(silent, UNTIL - A_MOMENT), (silent, UNTIL), (bounced, UNTIL), (accepted, UNTIL)]
    found = [on_record("selected", one, None, now).acceptance for one, now in told]
    assert found == ["open", "overdue", "undelivered", "accepted"]
