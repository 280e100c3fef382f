"""What requests about selecting providers look like (RV-15)."""

from typing import Annotated, Any, Literal

from pydantic import Field

from libs.common.bounds import Day, Krw, Positive, Text
from libs.common.web import Body
from services.review.model.providers import DecideStep, PriceLine, RecordRound, ShownItem
from services.review.routes.fields import Code, Id, Reason, request

Flag = Annotated[bool, Field(strict=True)]
ItemName = Annotated[Text, Field(min_length=1, max_length=200)]
STEP: dict[str, Any] = {
    "application_id": "A-000001",
    "step": "technical",
    "passed": True,
    "shown": [True, True, True, True],
    "added": [],
    "reason": "시연 결과 이상 없음",
}
ROUND: dict[str, Any] = {
    "application_id": "A-000001",
    "round": 1,
    "prices": [{"product": "H100x1", "unit_price_krw": 5500}],
    "reason": "1차 협상",
}


class MakeOrder(Body):
    """Of which call the order of negotiation is made."""

    model_config = request({"programme": "hpc-2025-gpu-providers", "track": "1", "reason": "선정평가 완료"})

    programme: Code
    track: Code
    reason: Reason


class Shown(Body):
    """An item of the demonstration beyond the notice's, and whether it was shown well."""

    model_config = request({"name": "데이터 이관", "passed": True})

    name: ItemName
    passed: Flag


class EndStep(Body):
    """How a step of a provider ends. `shown` says of each item of the notice, in its order, whether it was shown well.

    The agreement ends here only where it fails; it is made by two people.
    """

    model_config = request(STEP)

    application_id: Id
    step: Literal["technical", "price", "agreement"]
    passed: Flag
    shown: Annotated[list[Flag], Field(max_length=50, default_factory=list)]
    added: Annotated[list[Shown], Field(max_length=50, default_factory=list)]
    reason: Reason

    def told(self) -> DecideStep:
        """The command."""
        added = tuple(ShownItem(one.name, one.passed) for one in self.added)
        return DecideStep(self.application_id, self.step, self.passed, tuple(self.shown), added, self.reason)


class Line(Body):
    """What was on the table for one product, in won per unit and hour, VAT included."""

    model_config = request(ROUND["prices"][0])

    product: Code
    unit_price_krw: Krw


class KeepRound(Body):
    """One round of the price negotiation, product by product."""

    model_config = request(ROUND)

    application_id: Id
    round: Positive
    prices: Annotated[list[Line], Field(min_length=1, max_length=200)]
    reason: Reason

    def told(self) -> RecordRound:
        """The command."""
        lines = tuple(PriceLine(one.product, one.unit_price_krw) for one in self.prices)
        return RecordRound(self.application_id, self.round, lines, self.reason)


class AgreeWith(Body):
    """With whom the agreement was made, and on which day."""

    model_config = request({"application_id": "A-000001", "agreed_on": "2025-03-10", "reason": "협약서 날인"})

    application_id: Id
    agreed_on: Day
    reason: Reason
