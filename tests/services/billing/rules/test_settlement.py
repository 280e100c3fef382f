"""Settlements from statements (BL-11)."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.model.lines import Missing, Stated
from services.billing.model.past import Past
from services.billing.model.prices import Book
from services.billing.model.settlements import Parked, Share
from services.billing.policy import DeductionPolicy
from services.billing.rules.lines import joined_versions, versions_of
from services.billing.rules.settlement import (
    adjusted_periods,
    canonical_settlement,
    check_split,
    settle,
    split_of,
)
from services.billing.rules.sums import fees_by_grant, totals_of
from tests.services.billing.rules.uses import discount, hourly, monthly, monthly_price, price, statement

POLICY = DeductionPolicy(720, 30)
BOOK = Book((price(5_500), price(2_000, "fixed"), monthly_price(3_000_000)), (discount("30"),))


@pytest.mark.rule("BL-11")
def test_a_statement_becomes_lines_in_a_fixed_order():
    """Grants in order of id whatever order the statement lists them in."""
    uses = [hourly("A-000002", billable=1), hourly("A-000001", billable=100, discounted=6)]
    for order in (uses, uses[::-1]):
        draft = settle(statement(*order), BOOK, POLICY)
        assert [(li.grant_id, li.kind, li.amount_krw) for li in draft.lines] == [
            ("A-000001", "charge", 550_000),
            ("A-000001", "discount", -9_900),
            ("A-000002", "charge", 5_500),
        ]
        assert draft.state == "draft"


@pytest.mark.rule("BL-11")
def test_dynamic_and_fixed_hours_have_their_own_price():
    """After a switch the fixed hours cost the fixed price."""
    draft = settle(statement(hourly(billable=10), hourly(billable=10, mode="fixed")), BOOK, POLICY)
    assert [li.amount_krw for li in draft.lines] == [55_000, 20_000]


@pytest.mark.rule("BL-11")
def test_an_adjustment_is_priced_in_its_month_of_use():
    """A late hour of October costs October's price in November's settlement."""
    book = Book((price(5_500), price(9_000, valid_from="2025-11")))
    uses = [hourly(billable=1, period="2025-10", adjustment=True), hourly(billable=1, period="2025-11")]
    assert [li.amount_krw for li in settle(statement(*uses, month="2025-11"), book, POLICY).lines] == [5_500, 9_000]


@pytest.mark.rule("BL-11")
@pytest.mark.parametrize(
    ("use", "book", "policy", "missing"),
    [
        pytest.param(
            hourly(billable=1),
            Book(),
            POLICY,
            ("price", "hpc-2025-gpu/alpha/H100x1/dynamic/2025-10", "H100x1", "dynamic", "2025-10"),
            id="no price",
        ),
        pytest.param(
            hourly(billable=1, discounted=1),
            Book((price(5_500),)),
            POLICY,
            ("wait_discount", "hpc-2025-gpu/alpha/wait-discount/2025-10", "", "", "2025-10"),
            id="no wait discount rate",
        ),
        pytest.param(
            monthly(outage=6),
            Book((monthly_price(1),)),
            Missing("policy", "billing.outage_hours_per_month"),
            ("policy", "billing.outage_hours_per_month"),
            id="an unset divisor",
        ),
    ],
)
def test_what_is_missing_parks_its_grant_and_is_named(use, book, policy, missing):
    """Nothing is guessed: the grant waits, the rest goes on, and the path says for what."""
    draft = settle(statement(use, hourly("A-000009", payable=False, billable=5)), book, policy)
    assert (draft.state, draft.missing) == ("draft", (Missing(*missing),))
    assert draft.parked == (Parked("A-000001", (Missing(*missing),)),)
    assert [li.grant_id for li in draft.lines] == ["A-000009"]
    assert settle(statement(use), book, policy).state == "parked"


@pytest.mark.rule("BL-11")
@pytest.mark.parametrize(
    "use",
    [
        pytest.param(hourly(), id="no hours"),
        pytest.param(hourly(unmatched=3), id="only unmatched hours"),
        pytest.param(hourly(billable=3, payable=False), id="not payable"),
    ],
)
def test_what_costs_nothing_needs_no_price(use):
    """A price that no won depends on is not asked for."""
    draft = settle(statement(use), Book(), POLICY)
    assert draft.missing == ()
    assert totals_of(draft.lines).fee_krw == 0


@pytest.mark.rule("BL-11")
@given(
    st.lists(
        st.tuples(st.sampled_from("ABC"), st.integers(-500, 500), st.integers(-50, 50), st.booleans()), max_size=12
    )
)
def test_the_fee_is_charge_less_discount_less_deduction_and_the_sum_of_the_grants(rows):
    """fee = charge − discount − deduction = Σ lines = Σ grants' fees, to the won."""
    uses = [hourly(g, billable=b, discounted=d, payable=p, adjustment=True) for g, b, d, p in rows]
    lines = settle(statement(*uses, monthly(outage=100)), BOOK, POLICY).lines
    totals = totals_of(lines)
    assert totals.fee_krw == totals.charge_krw - totals.discount_krw - totals.deduction_krw
    assert totals.fee_krw == sum(li.amount_krw for li in lines) == sum(fees_by_grant(lines).values())


@pytest.mark.rule("BL-11")
def test_a_split_that_does_not_add_up_is_stopped():
    """The invariant fee = self-payment + subsidy + uncovered is checked, per grant and in sum."""
    totals = totals_of(settle(statement(hourly(billable=1)), BOOK, POLICY).lines)
    check_split(totals, [Share("A-000001", 5_500, 500, 4_000, 1_000)])
    with pytest.raises(ValueError, match="does not add up"):
        check_split(totals, [Share("A-000001", 5_500, 500, 4_000, 999)])
    with pytest.raises(ValueError, match="the fee is"):
        check_split(totals, [])


@pytest.mark.rule("BL-11")
def test_the_same_use_gives_the_same_bytes_whenever_it_is_settled():
    """No time of ours is in the canonical form: a statement closed later hashes the same."""
    heard = statement(hourly(billable=100, discounted=6))
    lines = settle(heard, BOOK, POLICY).lines
    shares = [Share("A-000001", 540_100, 400_000, 140_100, 0)]
    first = canonical_settlement(heard, lines, totals_of(lines), shares)
    later = replace(heard, closed_at=heard.closed_at.replace(year=2030))
    assert first == canonical_settlement(later, lines, totals_of(lines), shares)
    assert json.loads(first[0])["fee_krw"] == "540100"


@pytest.mark.rule("BL-11")
def test_every_line_says_how_it_came_about():
    """Formula in both languages, rules, price version, evidence."""
    for line in settle(
        statement(hourly(billable=100, discounted=6, unmatched=1), monthly(outage=6)), BOOK, POLICY
    ).lines:
        assert line.formula.ko
        assert line.formula.en
        assert line.rule_ids
        assert len(line.evidence_sha256) == 64


def test_a_line_leads_back_to_the_versions_it_rests_on():
    """A discount line keeps the price's and the rate's version in one text; a line without a price keeps none."""
    draft = settle(
        statement(hourly(billable=6, discounted=6), hourly("A-000002", billable=1, payable=False)),
        Book((price(5500),), (discount("30"),)),
        DeductionPolicy(720, 30),
    )
    by_kind = {(line.grant_id, line.kind): line for line in draft.lines}
    assert versions_of(by_kind["A-000001", "discount"]) == (price(5500).version, discount("30").version)
    assert versions_of(by_kind["A-000002", "charge"]) == ()
    assert joined_versions("a") == "a"


def test_the_split_of_a_settlement_and_the_months_it_adjusts():
    """Sums over the grants; of the months of use those before its own, each once."""
    split = split_of([Share("A", 10, 5, 3, 2), Share("B", 7, 7, 0, 0)])
    assert (split.self_payment_krw, split.subsidy_krw, split.uncovered_krw) == (12, 3, 2)
    uses = [hourly(billable=1, period=month, adjustment=month < "2025-11") for month in ("2025-11", "2025-10")]
    draft = settle(statement(*uses, month="2025-11"), Book((price(5500),)), DeductionPolicy(720, 30))
    assert adjusted_periods(draft.lines, "2025-11") == ("2025-10",)


@pytest.mark.rule("CV-1")
def test_another_price_of_a_settled_month_takes_the_old_lines_back_and_states_new_ones():
    """Ten hours at 5,500, then at 6,000: −55,000 at the old version, 60,000 at the new; again, nothing more."""
    dearer = Book((price(5_500), price(6_000, round_no=2)))
    october = statement(hourly(billable=10))
    first = settle(october, Book((price(5_500),)), POLICY)
    stated = tuple(Stated(october.statement_id, at, line) for at, line in enumerate(first.lines, 1))
    november = settle(statement(month="2025-11"), dearer, POLICY, Past(october.uses, stated))
    assert [(li.price_version[-2:], li.amount_krw) for li in november.lines] == [("r2", 60_000), ("r1", -55_000)]
    stated += tuple(Stated("november", at, line) for at, line in enumerate(november.lines, 1))
    assert settle(statement(month="2025-12"), dearer, POLICY, Past(october.uses, stated)).lines == ()


@pytest.mark.rule("BL-11")
def test_more_taken_back_than_reported_parks_the_grant():
    """Ten hours, then −11: the grant waits, the other one is settled."""
    known = Past((hourly(billable=10),))
    taken = [hourly(billable=-11, adjustment=True), hourly("A-000002", billable=1, period="2025-11")]
    draft = settle(statement(*taken, month="2025-11"), BOOK, POLICY, known)
    assert [(each.grant_id, each.missing[0].kind) for each in draft.parked] == [("A-000001", "back")]
    assert [line.grant_id for line in draft.lines] == ["A-000002"]
