"""When a selection or an agreement may be cancelled."""

import pytest

from services.intake.rules.revocation import REVOCABLE, revocation_refusal


def refusal(
    state: str, ground: str, *, intent: bool = False, needed: bool = True, year: int | None = 2024
) -> str | None:
    """The code of what stands in the way; None where nothing does."""
    found = revocation_refusal(
        state, ground, intent_shown=intent, intent_needed=lambda: needed, accounts_year=lambda: year
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
        ("signed", "impairment", {}, "not_revocable_now"),
        ("selected", "impairment", {"year": None}, "no_accounts_asked"),
        ("selected", "no_acceptance", {}, None),
        ("signed", "no_acceptance", {}, "not_revocable_now"),
        ("signed", "no_deposit", {}, None),
        ("placed", "conflict_found", {}, None),
    ],
)
def test_each_ground_belongs_to_its_part_of_the_way(state: str, ground: str, more: dict, code: str | None) -> None:
    """From the announcement to the end of use; impairment and acceptance before the signature alone."""
    assert refusal(state, ground, **more) == code


def test_a_policy_that_no_ground_needs_is_not_asked_for() -> None:
    """What the call leaves unset stops only the ground that needs it."""

    def unset() -> bool:
        raise AssertionError("not asked for")

    for state in REVOCABLE:
        told = {"intent_shown": False, "intent_needed": unset, "accounts_year": unset}
        assert revocation_refusal(state, "conflict_found", **told) is None
