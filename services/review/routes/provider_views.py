"""What answers about selecting providers look like (RV-15)."""

import datetime as dt
from typing import Any, Literal

from libs.common.web import View
from services.review.model.providers import Negotiation, PlaceState, ProviderSelection, ProviderStepName
from services.review.model.sheets import points
from services.review.operations.providers import Turn
from services.review.routes.fields import answer
from services.review.rules.negotiation import last_prices, place_state

LINE: dict[str, Any] = {
    "provider_selection_id": "PSL-000001",
    "programme": "hpc-2025-gpu-providers",
    "programme_version": 1,
    "track": "1",
    "reason": "선정평가 완료",
    "made_by": "officer-1",
    "made_at": "2025-02-28T01:00:00Z",
}


class ShownView(View):
    """An item of the demonstration and whether it was shown well."""

    name: str
    passed: bool


class StepView(View):
    """How a step ended, by whom, when and why."""

    step: ProviderStepName
    passed: bool
    shown: list[ShownView]
    reason: str
    decided_by: str
    decided_at: dt.datetime


class LineView(View):
    """What was on the table for one product."""

    product: str
    unit_price_krw: int


class RoundView(View):
    """One round of the price negotiation."""

    round: int
    prices: list[LineView]
    reason: str
    recorded_by: str
    recorded_at: dt.datetime


class LastPriceView(LineView):
    """The last price of a product, and its round."""

    round: int


class PlaceView(View):
    """One provider of the order: where it stands, its steps, rounds and prices, the day of its agreement."""

    place: int
    application_id: str
    organisation_id: str
    organisation_name: str
    rank: int
    score: str
    offers_all: bool
    products: list[str]
    state: PlaceState
    steps: list[StepView]
    rounds: list[RoundView]
    prices: list[LastPriceView]
    check_id: str | None
    check_outcome: Literal["pass", "officer", "fail"] | None
    check_found: list[str]
    """What intake found of its members before the agreement."""
    agreed_on: dt.date | None
    agreed_at: dt.datetime | None


class ProviderSelectionLine(View):
    """An order of negotiation: of which call, made by whom, when and why."""

    model_config = answer(LINE)

    provider_selection_id: str
    programme: str
    programme_version: int
    track: str
    reason: str
    made_by: str
    made_at: dt.datetime

    @classmethod
    def of(cls, made: ProviderSelection) -> "ProviderSelectionLine":
        """Tell an order."""
        return cls(**_line(made))


class ProviderSelectionView(ProviderSelectionLine):
    """An order of negotiation with where every provider stands, what is shown, and the decision for several."""

    model_config = answer(
        {
            **LINE,
            "serves": ["hpc-2025-gpu"],
            "one_only": True,
            "several_reason": None,
            "demonstration": ["GPU (자동)동적할당"],
            "price_rounds_max": 3,
            "places": [],
        }
    )

    serves: list[str]
    one_only: bool
    several_reason: str | None
    demonstration: list[str]
    price_rounds_max: int | None
    places: list[PlaceView]

    @classmethod
    def whole(cls, turn: Turn) -> "ProviderSelectionView":
        """Tell it whole."""
        several = turn.all.several
        return cls(
            **_line(turn.all.selection),
            serves=list(turn.policy.serves),
            one_only=turn.one_only,
            several_reason=None if several is None else several.reason,
            demonstration=list(turn.policy.demonstration),
            price_rounds_max=turn.policy.price_rounds_max,
            places=[_place(turn, one) for one in turn.all.places],
        )


def _line(made: ProviderSelection) -> dict[str, Any]:
    return {
        "provider_selection_id": made.provider_selection_id,
        "programme": made.programme_code,
        "programme_version": made.programme_version,
        "track": made.track,
        "reason": made.reason,
        "made_by": made.made_by,
        "made_at": made.made_at,
    }


def _place(turn: Turn, one: Negotiation) -> PlaceView:
    place, agreed, check = one.place, one.agreement, one.check
    return PlaceView(
        place=place.place,
        application_id=place.application_id,
        organisation_id=one.application.organisation_id,
        organisation_name=one.application.organisation_name,
        rank=place.rank,
        score=points(place.score),
        offers_all=place.offers_all,
        products=list(place.products),
        state=place_state(turn.all.places, one, one_only=turn.one_only),
        steps=_steps(one),
        rounds=_rounds(one),
        prices=[
            LastPriceView(product=price.product, unit_price_krw=price.unit_price_krw, round=price.round_no)
            for price in last_prices(one.rounds)
        ],
        check_id=None if check is None else check.check_id,
        check_outcome=None if check is None else check.outcome,
        check_found=[] if check is None else list(check.found),
        agreed_on=None if agreed is None else agreed.agreed_on,
        agreed_at=None if agreed is None else agreed.agreed_at,
    )


def _steps(one: Negotiation) -> list[StepView]:
    return [
        StepView(
            step=step.step,
            passed=step.passed,
            shown=[ShownView(name=item.name, passed=item.passed) for item in step.shown],
            reason=step.reason,
            decided_by=step.decided_by,
            decided_at=step.decided_at,
        )
        for step in sorted(one.steps.values(), key=lambda step: step.decided_at)
    ]


def _rounds(one: Negotiation) -> list[RoundView]:
    return [
        RoundView(
            round=told.round_no,
            prices=[LineView(product=line.product, unit_price_krw=line.unit_price_krw) for line in told.prices],
            reason=told.reason,
            recorded_by=told.recorded_by,
            recorded_at=told.recorded_at,
        )
        for told in one.rounds
    ]
