"""Money adds up (CV-1, F-11, F-12): chains of settle, void, correct, dispute and reprice against a recomputation.

The recomputation keeps sets of single won and knows nothing of the rules: each won of a month of use counts if it is
within what is known now, unless a decision struck it out, or if a decision lets it stand whatever is taken back.
"""

import os
from collections import Counter
from dataclasses import dataclass, field, replace
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.billing.model.disputes import Upheld
from services.billing.model.lines import Line, Stated
from services.billing.model.past import Past
from services.billing.model.prices import Book, PriceVersion, WaitDiscount
from services.billing.model.settlements import Drawn
from services.billing.model.statements import Use
from services.billing.policy import DeductionPolicy
from services.billing.rules.burn_down import burn_down
from services.billing.rules.settlement import settle
from services.billing.rules.sums import fees_by_grant, totals_of
from tests.services.billing.rules.uses import day, discount, hourly, monthly, monthly_price, price, statement

CHAINS = max(1_000, int(os.environ.get("DURE_LONG", "0")))
MONTHS = tuple(f"2025-{number:02}" for number in range(1, 13))
HOURS_PER_MONTH, DAYS_PER_MONTH = 7, 5
DIVISORS = DeductionPolicy(HOURS_PER_MONTH, DAYS_PER_MONTH)
KINDS = ("charge", "discount", "outage_deduction", "delay_deduction")
SEEN: Counter[str] = Counter()
Rounds = dict[str, list[tuple[int, int]]]


# ── what is true, in sets of won ────────────────────────────────────────────────────────────────────────────────


@dataclass
class Decision:
    """A line that was decided: which step of won it stated at which worth, and how many of them stand."""

    order: tuple[int, int]
    kind: str
    before: int
    after: int
    worth: Fraction
    decided: int


@dataclass
class Truth:
    """One month of use as it is known now."""

    hourly: bool = True
    hours: int = 0
    discounted: int = 0
    outage: int = 0
    late_days: int = 0
    steps: list[tuple[Fraction, Fraction]] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)


def floor(number: Fraction) -> int:
    return number.numerator // number.denominator


def counting(known: int, kind: str, truth: Truth, worth: Fraction) -> int:
    """How many won of a kind count: those up to `known` that no decision struck out, and those that stand for good."""
    struck: set[int] = set()
    standing: set[int] = set()
    for made in sorted(truth.decisions, key=lambda decision: decision.order):
        if made.kind != kind:
            continue
        ratio = worth / made.worth if made.worth else Fraction(0)
        before, after = floor(made.before * ratio), floor(made.after * ratio)
        open_ones = [won for won in range(min(before, after), max(before, after)) if won not in struck | standing]
        left = min(made.decided, len(open_ones))
        if before < after:
            struck |= set(open_ones[left:])
        else:
            standing |= set(open_ones[: len(open_ones) - left])
    return len(standing) + sum(1 for won in range(known) if won not in struck | standing)


def right(truth: Truth, krw: int, rate: int) -> dict[str, int]:
    """What a month of use comes to, kind by kind, as positive amounts."""
    if truth.hourly:
        charged = truth.hours * krw
    else:
        charged = sum(floor(krw * end) - floor(krw * begin) for begin, end in truth.steps)
    charge = counting(charged, "charge", truth, Fraction(krw))
    asked = floor(Fraction(truth.discounted * krw * rate, 100))
    taken = min(counting(min(asked, charge), "discount", truth, Fraction(krw * rate)), charge)
    room = charge - taken
    delay = 0 if truth.hourly else min(floor(Fraction(truth.late_days * krw, DAYS_PER_MONTH)), room)
    outage = 0 if truth.hourly else min(floor(Fraction(truth.outage * krw, HOURS_PER_MONTH)), room - delay)
    outage_right = min(counting(outage, "outage_deduction", truth, Fraction(krw)), room - delay)
    delay_right = min(counting(delay, "delay_deduction", truth, Fraction(krw)), room - outage_right)
    found = {"charge": charge, "discount": taken, "outage_deduction": outage_right, "delay_deduction": delay_right}
    assert all(amount >= 0 for amount in found.values())
    return found


# ── a chain: months of settling, with everything that can come in between ───────────────────────────────────────


@dataclass
class Chain:
    """A provider's settlements of one programme, drafted by the rules, and the truth beside them."""

    draw: st.DrawFn
    prices: dict[str, list[int]] = field(default_factory=dict)
    rates: list[int] = field(default_factory=lambda: [30])
    """Of one month, one after the other: each but the last was taken back."""
    rounds: Rounds = field(default_factory=lambda: {"hourly": [(1, 1)], "monthly": [(1, 1)]})
    """Of each of `prices` its round, and how often that round was recorded by it."""
    uses: list[Use] = field(default_factory=list)
    lines: list[Stated] = field(default_factory=list)
    upheld: list[Upheld] = field(default_factory=list)
    truths: dict[tuple[str, str], Truth] = field(default_factory=dict)
    drawn: dict[str, Drawn] = field(default_factory=dict)

    def pick(self, *options: object) -> object:
        return self.draw(st.sampled_from(options))

    def number(self, least: int, most: int) -> int:
        return self.draw(st.integers(least, most))

    def versions(self, kind: str) -> list[PriceVersion]:
        """All prices ever recorded, in order; of one round all but the last were taken back."""
        at = price(0, valid_from=MONTHS[0]) if kind == "hourly" else monthly_price(0, MONTHS[0])
        told = zip(self.prices[kind], self.rounds[kind], strict=True)
        return [replace(at, unit_price_krw=krw, round_no=number, nth=nth) for krw, (number, nth) in told]

    def recorded_rates(self) -> list[WaitDiscount]:
        return [replace(discount(str(pct), MONTHS[0]), nth=nth) for nth, pct in enumerate(self.rates, 1)]

    def book(self) -> Book:
        known = self.versions("hourly") if self.prices["known"][-1] else []
        found = (*known, *self.versions("monthly"))
        key = {each: (each.product, each.round_no) for each in found}
        last = {key[each]: each for each in found}
        *taken_back, rate = self.recorded_rates()
        return Book(tuple(last.values()), (rate,), tuple({*found} - {*last.values()}), tuple(taken_back))

    def report(self, number: int) -> list[Use]:
        """A month's statement: new use, and differences of months before."""
        found = []
        for grant in ("A", "B"):
            for back in range(self.number(0, min(2, number)) + 1):
                truth = self.truths.setdefault((grant, MONTHS[number - back]), Truth(hourly=grant == "A"))
                found.append(self._use(grant, number - back, truth, adjustment=back > 0))
        return found

    def _use(self, grant: str, number: int, truth: Truth, *, adjustment: bool) -> Use:
        period = MONTHS[number]
        if truth.hourly:
            hours = self.number(-truth.hours, 9)
            discounted = self.number(-truth.discounted, truth.hours + hours - truth.discounted)
            truth.hours += hours
            truth.discounted += discounted
            return hourly(grant, billable=hours, discounted=discounted, period=period, adjustment=adjustment)
        used = sum((end - begin for begin, end in truth.steps), Fraction(0))
        end = Fraction(number) + Fraction(self.number(0, 30), 30)
        begin = Fraction(number) + used
        outage = self.number(-truth.outage, 6)
        truth.steps.append((begin, end))
        truth.outage += outage
        truth.late_days = self.number(0, 3)
        started = day(f"{period}-01")
        told = monthly(grant, before=str(begin), after=str(end), outage=outage, period=period, adjustment=adjustment)
        delivered = day(f"{period}-{1 + truth.late_days:02}")
        return replace(told, starts_at=started, delivered_at=delivered, ends_at=day("2027-01-01"))

    def settle_month(self, number: int, *, used: bool = True) -> None:
        """Close a month, draft it from all that is known, issue it, approve it; after the last month without use."""
        heard = self.report(number) if used else []
        told = statement(*heard, month=MONTHS[number])
        draft = settle(told, self.book(), DIVISORS, Past(tuple(self.uses), tuple(self.lines), tuple(self.upheld)))
        self.uses += heard
        self.lines += [Stated(told.statement_id, at, line) for at, line in enumerate(draft.lines, 1)]
        self.upheld = [replace(one, carried_by=one.carried_by or told.statement_id) for one in self.upheld]
        parked = {each.grant_id for each in draft.parked}
        assert parked == (set() if self.prices["known"][-1] else parked & {"A"})
        assert {line.grant_id for line in draft.lines}.isdisjoint(parked)
        SEEN["parked"] += bool(parked)
        totals = totals_of(draft.lines)
        assert totals.fee_krw == sum(fees_by_grant(draft.lines).values())
        self._check({"A", "B"} - parked)
        self._approve(fees_by_grant(draft.lines))

    def _check(self, written: set[str]) -> None:
        """Σ of a month of use, kind by kind, over all settlements = what is true now, cut once."""
        for (grant, period), truth in self.truths.items():
            if grant not in written:
                continue
            krw = self.prices["hourly" if truth.hourly else "monthly"][-1]
            expected = right(truth, krw, self.rates[-1])
            for kind in KINDS:
                stated = sum(
                    each.line.amount_krw
                    for each in self.lines
                    if (each.line.grant_id, each.line.period, each.line.kind) == (grant, period, kind)
                )
                assert stated == (expected[kind] if kind == "charge" else -expected[kind]), (grant, period, kind)

    def _approve(self, fees: dict[str, int]) -> None:
        """Every settlement can be approved, whatever came before: nothing gives back more than was ever paid."""
        for grant, fee in fees.items():
            drawn = self.drawn.get(grant, Drawn())
            burnt = burn_down(grant, fee, 40 - drawn.self_payment_krw, drawn)
            share = burnt.share
            self.drawn[grant] = Drawn(
                drawn.self_payment_krw + share.self_payment_krw,
                drawn.subsidy_krw + share.subsidy_krw + burnt.to_draw_krw // 2,
                drawn.uncovered_krw + share.uncovered_krw + burnt.to_draw_krw - burnt.to_draw_krw // 2,
            )

    def dispute(self) -> None:
        """Contest a line of any settlement that states a month by its use, and decide it between 0 and the line."""
        by_use = [each for each in self.lines if not each.line.cause and each.line.kind in KINDS]
        if not by_use:
            return
        contested = self.draw(st.sampled_from(by_use))
        line, place = contested.line, (contested.settlement_id, contested.line_no)
        decided = self.draw(st.integers(min(0, line.amount_krw), max(0, line.amount_krw)))
        number = f"DP-{len(self.upheld) + 1:06}"
        at = day("2026-01-01").replace(minute=len(self.upheld) % 60, hour=len(self.upheld) // 60)
        self.upheld.append(Upheld(number, *place, decided, at, None, line))
        truth = self.truths[line.grant_id, line.period]
        order = next(n for n, each in enumerate(self.lines) if (each.settlement_id, each.line_no) == place)
        sign = 1 if line.kind == "charge" else -1
        before = sign * sum(each.line.amount_krw for each in self.lines[:order] if self._of_its_step(each.line, line))
        made = Decision((order, 0), line.kind, before, before + sign * line.amount_krw, self._worth(line), abs(decided))
        truth.decisions = [each for each in truth.decisions if each.order != made.order] + [made]
        SEEN["disputed"] += 1
        SEEN["take-back disputed"] += sign * line.amount_krw < 0

    @staticmethod
    def _of_its_step(other: Line, line: Line) -> bool:
        same = ("grant_id", "period", "kind", "price_version")
        return not other.cause and all(getattr(other, name) == getattr(line, name) for name in same)

    def _worth(self, line: Line) -> Fraction:
        """What the line's amounts were priced at, read from the version that it names."""
        if line.price_version is None:
            return Fraction(0)
        at_price, *at_rate = line.price_version.split(" + ")
        recorded = {one.version: one.unit_price_krw for kind in self.rounds for one in self.versions(kind)}
        rates = {one.version: pct for one, pct in zip(self.recorded_rates(), self.rates, strict=True)}
        return Fraction(recorded[at_price] * (rates[at_rate[0]] if at_rate else 1))

    def reprice(self) -> None:
        """Another price or rate for months that are settled already, by a new round or in place of one taken back."""
        how = str(self.pick("round", "round", "price taken back", "rate taken back"))
        if how == "rate taken back":
            self.rates.append(int(str(self.pick(7, 30, 33, 100))))
        else:
            kind = str(self.pick("hourly", "monthly"))
            number, nth = self.rounds[kind][-1]
            self.rounds[kind].append((number + 1, 1) if how == "round" else (number, nth + 1))
            self.prices[kind].append(self.number(0, 9) * self.number(1, 13))
        SEEN[how] += 1
        SEEN["repriced"] += 1

    def run(self) -> None:
        """Up to six months, and up to three things between one and the next."""
        months = self.number(2, 6)
        for number in range(months):
            self.prices["known"].append(number == months - 1 or self.number(0, 5) > 0)
            self.settle_month(number)
            for _ in range(self.number(0, 3)):
                self.dispute() if self.number(0, 2) else self.reprice()
        self.prices["known"].append(True)
        self.settle_month(months)
        for _ in range(self.number(0, 2)):
            self.dispute() if self.number(0, 1) else self.reprice()
        self.settle_month(months + 1, used=False)
        SEEN["chains"] += 1


@pytest.mark.rule("CV-1")
def test_f_11_f_12_every_chain_adds_up_and_can_always_be_approved(tell):
    """Σ of a month of use = the cut of what is true now, after every settlement of thousands of chains."""
    SEEN.clear()

    @settings(max_examples=CHAINS, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def drive(data):
        known = {"hourly": [data.draw(st.integers(1, 41))], "monthly": [data.draw(st.integers(1, 91))], "known": []}
        rates = [data.draw(st.sampled_from([7, 30, 33, 100]))]
        Chain(data.draw, known, rates).run()

    drive()
    assert SEEN["chains"] >= CHAINS
    often = ("disputed", "repriced", "take-back disputed", "parked", "rate taken back", "price taken back")
    assert min(SEEN[what] for what in often) >= CHAINS // 10
    tell(f"money adds up over {SEEN['chains']:,} chains: " + ", ".join(f"{n:,} {what}" for what, n in SEEN.items()))
