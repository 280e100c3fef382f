"""MT-1 … MT-4: what one usage event must state, how repeats and corrections are judged, what is rejected."""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.metering.model.usage import Entitlement, ReadBatch, Usage, usage_columns
from services.metering.rules.corrections import Recorded, judge_corrected, judge_correction, leads_back
from services.metering.rules.repeats import judge_repeat
from services.metering.rules.usage import (
    held_s_before,
    hour_totals,
    hundredths,
    judge_statement,
    judge_usage,
    mean_hundredths,
    per_cent,
    usage_hour,
)
from tests.services.metering.rules.uses import kst

NOW = kst(2)
TEN = kst(1, 10)
GRANT = Entitlement(kst(1), kst(31), 8)


def usage(hour: dt.datetime = TEN, units: int = 8, held_s: int = 3600, corrects: str | None = None) -> Usage:
    """One event of grant A-000001."""
    return Usage("e1", b"x", "A-000001", "S-000001", hour, units, held_s, 5000, "", corrects)


@pytest.mark.rule("MT-1")
@pytest.mark.parametrize(
    ("units", "held_s", "utilisation", "code"),
    [
        pytest.param(8, 3600, 87.5, None, id="a whole hour of eight units"),
        pytest.param(0, 0, 0, None, id="nothing held, to take an event back by a correction"),
        pytest.param(-5, 3600, 50, "usage_units_impossible", id="minus five units"),
        pytest.param(100_001, 3600, 50, "usage_units_impossible", id="more units than any grant"),
        pytest.param(8, 3601, 50, "usage_seconds_impossible", id="one second more than an hour"),
        pytest.param(8, -1, 50, "usage_seconds_impossible", id="less than no time"),
        pytest.param(8, 3600, 100.01, "usage_utilisation_impossible", id="more than full utilisation"),
        pytest.param(8, 3600, -0.5, "usage_utilisation_impossible", id="utilisation below nothing"),
    ],
)
def test_what_an_event_states(units: int, held_s: int, utilisation: float, code: str | None) -> None:
    """Figures that cannot be are refused, each by its own code."""
    refusal = judge_statement(units, held_s, utilisation)
    assert (refusal.code if refusal else None) == code


@pytest.mark.rule("MT-1")
@pytest.mark.parametrize(
    ("text", "instant"),
    [
        pytest.param("2025-10-01T10:00:00Z", dt.datetime(2025, 10, 1, 10, tzinfo=dt.UTC), id="UTC"),
        pytest.param("2025-10-01T19:00:00+09:00", dt.datetime(2025, 10, 1, 10, tzinfo=dt.UTC), id="Seoul's offset"),
        pytest.param("2025-10-01T10:00:00", None, id="without an offset it names no instant"),
        pytest.param("yesterday", None, id="no instant"),
        pytest.param("0001-01-01T00:00:00+14:00", None, id="before the first instant"),
    ],
)
def test_the_hour_is_an_instant(text: str, instant: dt.datetime | None) -> None:
    """An hour is read as the instant it names, in UTC."""
    assert usage_hour(text) == instant


@pytest.mark.rule("MT-2")
@pytest.mark.parametrize(
    ("known", "outcome"),
    [
        pytest.param(None, "new", id="never heard"),
        pytest.param(b"same", "duplicate", id="the same again"),
        pytest.param(b"other", "conflict", id="another under the same name"),
    ],
)
def test_repeats(known: bytes | None, outcome: str) -> None:
    """The same again is a duplicate, another under the same name a conflict."""
    assert judge_repeat(known, b"same") == outcome


@pytest.mark.rule("MT-3")
@pytest.mark.parametrize(
    ("replaced", "corrected_by", "ring", "code"),
    [
        pytest.param(Recorded("e0", "A-000001", False), None, False, None, id="of an event on record"),
        pytest.param(None, None, False, None, id="of an event that has not come yet"),
        pytest.param(
            Recorded("e0", "A-000001", True), None, False, "correction_of_dropped", id="of one that was dropped"
        ),
        pytest.param(
            Recorded("e0", "A-000001", False), "e5", False, "correction_repeated", id="of one replaced already"
        ),
        pytest.param(
            Recorded("e0", "A-000002", False), None, False, "correction_of_other_grant", id="of another grant"
        ),
        pytest.param(Recorded("e0", "A-000001", False), None, True, "correction_of_itself", id="round in a ring"),
    ],
)
def test_corrections(replaced: Recorded | None, corrected_by: str | None, ring: bool, code: str | None) -> None:
    """A correction replaces one event of the same grant, once."""
    refusal = judge_correction(usage(corrects="e0"), replaced, corrected_by, ring)
    assert (refusal.code if refusal else None) == code


@pytest.mark.rule("MT-3")
def test_an_event_does_not_correct_itself() -> None:
    """An event that names itself is refused."""
    refusal = judge_correction(usage(corrects="e1"), None, None, False)
    assert refusal is not None
    assert refusal.code == "correction_of_itself"


@pytest.mark.rule("MT-4")
@pytest.mark.parametrize(
    ("event", "grant", "session_units", "before", "code"),
    [
        pytest.param(usage(), GRANT, 8, 0, None, id="a whole hour of what was assigned"),
        pytest.param(usage(), GRANT, None, 0, None, id="a session not yet heard of is kept"),
        pytest.param(usage(kst(1, 10, 30)), GRANT, 8, 0, "usage_hour_not_aligned", id="half past"),
        pytest.param(usage(kst(1, 23)), GRANT, 8, 0, None, id="the hour that has just ended"),
        pytest.param(usage(kst(2, 0)), GRANT, 8, 0, "usage_hour_not_over", id="the running hour"),
        pytest.param(usage(), None, 8, 0, "usage_grant_unknown", id="a grant never placed here"),
        pytest.param(usage(kst(30, 23, month=9)), GRANT, 8, 0, "usage_not_placed", id="the hour before the start"),
        pytest.param(
            usage(), Entitlement(kst(1, 10, 59), kst(31), 8), 8, 0, None, id="placed in the hour's last minute"
        ),
        pytest.param(
            usage(), Entitlement(kst(1), kst(1, 10), 8), 8, 0, "usage_not_placed", id="ended when the hour began"
        ),
        pytest.param(usage(units=3), GRANT, 2, 0, "usage_units_over", id="more units than the session has"),
        pytest.param(usage(units=9), GRANT, None, 0, "usage_units_over", id="more units than the grant has"),
        pytest.param(usage(held_s=1800), GRANT, 8, 1800, None, id="two halves of one hour"),
        pytest.param(usage(held_s=1800), GRANT, 8, 1801, "usage_seconds_over", id="a second more than the hour"),
    ],
)
def test_rejections(
    event: Usage, grant: Entitlement | None, session_units: int | None, before: int, code: str | None
) -> None:
    """Each impossible event is rejected by its own code."""
    refusal = judge_usage(event, grant, session_units, before, NOW)
    assert (refusal.code if refusal else None) == code
    assert refusal is None or refusal.rule_id == "MT-4"


@pytest.mark.rule("MT-1")
@pytest.mark.parametrize(
    ("pct", "exact"),
    [(0.145, 15), (1.005, 101), (87.5, 8750), (0, 0), (100, 10_000), (33.335, 3334), (0.1449999, 14), (99.995, 10_000)],
)
def test_F_31_a_utilisation_is_rounded_half_up_exactly(pct, exact):  # noqa: N802 - the fault's id
    """0.145 per cent is 15 hundredths, although the nearest float lies below it."""
    assert hundredths(pct) == exact


@pytest.mark.rule("MT-1")
@given(st.integers(0, 10_000_000))
def test_every_decimal_of_five_places_is_rounded_as_written(ten_thousandths_of_a_hundredth):
    """What people write with up to five places is rounded by its digits, never by its float."""
    written = Decimal(ten_thousandths_of_a_hundredth) / 100_000
    assert hundredths(float(written)) == int((written * 100).quantize(Decimal(1), ROUND_HALF_UP))


def test_the_mean_of_an_hour():
    """8 units for an hour at 87.50 and 8 at 12.51 are 50.01 on the mean, half up; none held, no mean."""
    unit_s = 8 * 3600
    mean = mean_hundredths(unit_s * 8750 + unit_s * 1251, 2 * unit_s)
    assert (mean, per_cent(mean or 0)) == (5001, "50.01")
    assert mean_hundredths(0, 0) is None


@pytest.mark.rule("MT-3")
def test_corrections_that_lead_back() -> None:
    """e3 corrects e2, which corrects e1: e1 correcting e3 closes the ring, e4 correcting e3 does not."""
    known = {"e3": "e2", "e2": "e1"}
    assert [leads_back("e1", "e3", known), leads_back("e4", "e3", known), leads_back("e1", None, known)] == [
        True, False, False,
    ]  # fmt: skip


@pytest.mark.rule("MT-3")
def test_an_event_comes_under_the_correction_of_its_own_grant() -> None:
    """A correction that came first and is of another grant keeps its event out."""
    assert [judge_corrected(usage(), None), judge_corrected(usage(), "A-000001")] == [None, None]
    refusal = judge_corrected(usage(), "A-000002")
    assert refusal is not None
    assert refusal.code == "correction_of_other_grant"


@pytest.mark.rule("MT-4")
def test_seconds_held_before_a_correction() -> None:
    """What is replaced in the same hour does not count; in another hour it was never counted there."""
    key = ("A-000001", "S-000001", TEN)
    assert [held_s_before(3_600, key, other) for other in (None, usage(held_s=1_800), usage(kst(1, 11)))] == [
        3_600, 1_800, 3_600,
    ]  # fmt: skip


def test_the_earliest_end_and_the_larger_count_entitle() -> None:
    """Of placement, early end and lowering the earliest; a grant priced by the card may state its cards."""
    assert Entitlement.of(kst(1), (kst(31), None, kst(20)), 1, 8) == Entitlement(kst(1), kst(20), 8)


@pytest.mark.parametrize("hours", [pytest.param((10, 11), id="an hour each"), pytest.param((10, 10), id="one hour")])
def test_the_hours_of_a_batch_by_either_way(hours: tuple[int, int]) -> None:
    """The columns of single hours, and the sums of shared ones, are what adding event by event gives."""
    events = [usage(kst(1, hour), held_s=1_800) for hour in hours]
    totals = hour_totals(ReadBatch(usage_columns(events), [0, 1], [], str))
    assert (sum(totals.held_s), sum(totals.held_unit_s), sum(totals.events)) == (3_600, 28_800, 2)
    assert sum(totals.utilisation_weight) == 2 * 8 * 1_800 * 5_000
    assert len(totals.hours) == len(set(hours))
