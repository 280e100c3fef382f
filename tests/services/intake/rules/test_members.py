"""Who acts for an organisation, and who may go, as tables."""

import datetime as dt

import pytest

from services.intake.model.members import MemberRole, Membership
from services.intake.rules.members import leaves_nobody, own_organisations, role_in

AT = dt.datetime(2025, 9, 2, tzinfo=dt.UTC)


def on_record(role: MemberRole | None, organisation_id: str = "O-1") -> Membership:
    """What Dure's record says of kim."""
    return Membership(organisation_id, "kim", role, AT)


@pytest.mark.rule("MS-4")
@pytest.mark.parametrize(
    ("record", "claimed", "role"),
    [
        pytest.param(on_record("investigator"), "", "investigator", id="on record, the token names nobody"),
        pytest.param(on_record("investigator"), "O-1", "investigator", id="the record goes before the token"),
        pytest.param(on_record(None), "O-1", None, id="whoever left is out, whatever the token names"),
        pytest.param(None, "O-1", "manager", id="nothing on record: as the token names"),
        pytest.param(None, "O-2", None, id="the token names another"),
        pytest.param(None, "", None, id="neither"),
    ],
)
def test_a_person_acts_as_the_record_says(record: Membership | None, claimed: str, role: MemberRole | None) -> None:
    """Dure's record counts alone where there is one; a token's organisation only where nothing is on record."""
    assert role_in("O-1", record, claimed) == role
    known = [] if record is None else [record]
    assert ("O-1" in own_organisations(known, claimed)) == (role is not None)


@pytest.mark.parametrize(
    ("now", "then", "others", "code"),
    [
        pytest.param("manager", None, 0, "last_manager", id="the last one leaves"),
        pytest.param("representative", "investigator", 0, "last_manager", id="the last one steps down"),
        pytest.param("manager", "representative", 0, None, id="the last one stays one"),
        pytest.param("manager", None, 1, None, id="one of two leaves"),
        pytest.param("investigator", None, 0, None, id="an investigator leaves"),
    ],
)
def test_one_who_manages_remains(now: MemberRole, then: MemberRole | None, others: int, code: str | None) -> None:
    """Nobody goes or steps down while no other keeps the members."""
    refusal = leaves_nobody(now, then, others)
    assert (refusal and refusal.code) == code
