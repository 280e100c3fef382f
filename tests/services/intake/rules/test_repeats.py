"""Support that was already given."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.model.organisations import Award
from services.intake.policy.repeats import RepeatPolicy
from services.intake.rules.repeats import award_of_agreement, repeated_support

S0 = RepeatPolicy(2025, ("hpc-2025-gpu", "hpc-*", "ai-research"), "fail", "officer", None)
S2 = RepeatPolicy(2025, ("hpc-2025-gpu", "ai-research", "ai-data-centre"), "pass", "pass", 2)
S3 = RepeatPolicy(2025, ("ai-voucher-semiconductor",), "officer", "pass", None)


def award(code: str, year: int, until: str | None = None, government: bool = True) -> Award:
    return Award(code, government, year, dt.date.fromisoformat(until) if until else None)


@pytest.mark.rule("IN-7")
@pytest.mark.parametrize(
    ("policy", "awards", "outcomes"),
    [
        pytest.param(S0, [], ["pass"], id="S0: no award"),
        pytest.param(S0, [award("hpc-2025-gpu", 2025)], ["fail"], id="S0: a listed award of the year"),
        pytest.param(
            S0, [award("hpc-2024-npu", 2024, "2025-01-31")], ["fail"], id="S0: of 2024, still running in 2025"
        ),
        pytest.param(S0, [award("hpc-2024-npu", 2024, "2024-12-31")], ["pass"], id="S0: of 2024, over by its last day"),
        pytest.param(S0, [award("hpc-2024-npu", 2024)], ["fail"], id="S0: of 2024, nobody knows its end"),
        pytest.param(S0, [award("hpc-2024-npu", 2024, "2025-01-01")], ["fail"], id="S0: of 2024, over on 1 January"),
        pytest.param(S0, [award("hpc-2026-gpu", 2026, None)], ["pass"], id="S0: of a later year, without an end"),
        pytest.param(S0, [award("hpc-2026-gpu", 2026)], ["pass"], id="S0: of a later year"),
        pytest.param(S0, [award("tips", 2025)], ["officer"], id="S0: an unlisted government programme"),
        pytest.param(S0, [award("a-private-fund", 2025, government=False)], ["pass"], id="S0: nobody's government"),
        pytest.param(
            S0, [award("ai-research", 2025), award("tips", 2025)], ["fail", "officer"], id="S0: both are told"
        ),
        pytest.param(S2, [award("ai-research", 2025)], ["pass"], id="S2: the second award, this one included"),
        pytest.param(S2, [award("ai-research", 2025)] * 2, ["fail"], id="S2: the third award, this one included"),
        pytest.param(
            S2,
            [award("ai-research", 2025), award("hpc-2025-gpu", 2024, "2025-06-30"), award("ai-research", 2023)],
            ["pass"],
            id="S2: of an earlier year, though it runs into 2025",
        ),
        pytest.param(S2, [award("tips", 2025)] * 5, ["pass"], id="S2: only similar programmes count"),
        pytest.param(S3, [award("hpc-2025-gpu", 2025)], ["pass"], id="S3: the GPU programme may be held too"),
        pytest.param(S3, [award("ai-voucher-semiconductor", 2025)], ["officer"], id="S3: the AI voucher track"),
    ],
)
def test_repeated_support(policy: RepeatPolicy, awards: list[Award], outcomes: list[str]) -> None:
    """Awards of the year, or running into it, have the outcome that the call prints."""
    assert [finding.outcome for finding in repeated_support(awards, policy)] == outcomes


@pytest.mark.rule("IN-7")
@given(st.lists(st.builds(award, st.sampled_from(["hpc-2025-gpu", "tips"]), st.integers(2023, 2027)), max_size=5))
def test_an_award_less_never_makes_it_worse(awards: list[Award]) -> None:
    """Without its last award nobody has more findings."""
    told = [f for f in repeated_support(awards, S0) if f.outcome != "pass"]
    fewer = [f for f in repeated_support(awards[:-1], S0) if f.outcome != "pass"]
    assert len(fewer) <= len(told)


def test_an_agreement_is_an_award_of_its_year() -> None:
    """Signed in the last hour of 2025 in UTC it is one of 2026 in Seoul, and runs to the last day of its months."""
    signed_at = dt.datetime(2025, 12, 31, 23, tzinfo=dt.UTC)
    made = award_of_agreement("gpu-rental-2025s", signed_at, dt.date(2026, 1, 1), 6)
    assert (made.year, made.running_until, made.government) == (2026, dt.date(2026, 6, 30), True)


P2 = RepeatPolicy(2025, ("hpc-*",), "fail", "officer", None, lambda: {"hpc-2025-gpu": "pass", "ai-voucher": "officer"})


@pytest.mark.rule("IN-7")
@pytest.mark.parametrize(
    ("awards", "outcomes"),
    [
        ([award("hpc-2025-gpu", 2025)], ["pass"]),
        ([award("ai-voucher", 2025)], ["officer"]),
        ([award("hpc-2024-gpu", 2025)], ["fail"]),
        ([award("hpc-2025-gpu", 2025), award("tips", 2025)], ["officer"]),
    ],
    ids=["may overlap", "is for an officer", "listed by its beginning", "another beside it"],
)
def test_what_a_call_says_of_one_programme_wins(awards: list[Award], outcomes: list[str]) -> None:
    """S3: who has the GPU programme may apply too; the AI voucher is for an officer; the rest stays as it is."""
    assert [found.outcome for found in repeated_support(awards, P2)] == outcomes


def test_overlaps_are_asked_for_only_where_there_is_an_award() -> None:
    """A call that leaves them unset stops nobody who has no award."""

    def unset() -> dict[str, str]:
        raise AssertionError("not asked for")

    policy = RepeatPolicy(2025, (), "pass", "pass", None, unset)
    assert [found.outcome for found in repeated_support([award("tips", 2020, "2020-12-31")], policy)] == ["pass"]
